"""Names of units as registers write them: which mean the same unit, short codes for new ones.

第3网格 becomes ``g3``, 第1片区 ``a1``, 微网格07 ``m07``; a community or a compound its name in
pinyin: 平安街社区居委会 is ``pinganjie``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from armband.shared.normal import chinese_number, clean

_LETTERS = {"area": "a", "grid": "g", "microgrid": "m", "group": "z", "building": "b"}
_LEVEL_WORDS = {
    "area": "片区",
    "grid": "网格",
    "microgrid": "微网格",
    "group": "组",
    "building": "号楼",
}
_NUMBERED = re.compile(
    r"第?(?P<before>\d+|[一二三四五六七八九十]+)?(?:号)?"
    r"(?P<word>微网格|子网格|网格|片区|片|村民小组|村民组|居民组|组|号?楼栋?|号?栋|号?幢)?"
    r"(?:第)?(?P<after>\d+|[一二三四五六七八九十]+)?(?:号)?"
)
_COMMITTEE = re.compile("(?:居委会|居民委员会|村委会|村民委员会|委员会)$")
_OFFICE_END = re.compile("(?:街道办事处|办事处|街道办|街道|镇人民政府|乡人民政府|镇|乡)$")
_PLACE_END = re.compile("(?:社区|行政村|村|号楼院|楼院|家属院|小区|号院|号楼|院)$")
_MICROGRID_IN = re.compile("微网格(?=\\d)")
_NOT_CODE = re.compile("[^a-z0-9]+")
_ORDINAL = re.compile("第(?=\\d)")
MAX_SLUG = 24


def clean_unit_name(name: str, level: str) -> str:
    """The name as it is shown: without blanks; a bare number gets its level's word (第3网格)."""
    text = "".join(clean(name).split())
    if text.isdigit() and level in _LEVEL_WORDS:
        word = _LEVEL_WORDS[level]
        return f"{int(text)}{word}" if level == "building" else f"第{int(text)}{word}"
    return text


def unit_key(name: str, level: str) -> str:
    """Two names with the same key are the same unit: 第3网格 and 三网格, 平安街社区 and …居委会."""
    text = clean_unit_name(name, level)
    number = _number_of(text, level)
    if number is not None:
        return f"#{int(number)}"
    if level == "office":
        return _bare(_OFFICE_END, text)
    if level == "community":
        bare = _bare(_COMMITTEE, text)
        if bare != text and not bare.endswith(("社区", "村")):
            # 平安街居委会 is a community, 朱屯村委会 the village 朱屯村.
            bare += "村" if "村" in text[len(bare) :] else "社区"
        return bare
    return text


def new_code(name: str, level: str, taken: Collection[str]) -> str:
    """A short code that none of ``taken`` (codes of the siblings) is."""
    wanted = _wanted_code(clean_unit_name(name, level), level)
    code, count = wanted, 1
    while code in taken:
        count += 1
        code = f"{wanted}-{count}"
    return code


def _wanted_code(text: str, level: str) -> str:
    number = _number_of(text, level)
    if number is not None:
        return f"{_LETTERS[level]}{number}"
    bare = text
    if level == "office":
        bare = _bare(_OFFICE_END, text)
    elif level == "community":
        bare = _bare(_PLACE_END, _bare(_COMMITTEE, text))
    elif level == "compound":
        bare = _MICROGRID_IN.sub("m", _bare(_PLACE_END, text))
    return slug(bare) or slug(text) or level


def _number_of(text: str, level: str) -> str | None:
    """The digits of a numbered unit, leading zeros kept; None when it is not one."""
    if level not in _LETTERS:
        return None
    match = _NUMBERED.fullmatch(text)
    if match is None or (match["before"] is None) == (match["after"] is None):
        return None
    digits = match["before"] or match["after"]
    if digits.isascii() and digits.isdigit():
        return digits[:9]
    number = chinese_number(digits)
    return None if number is None else str(number)


def _bare(ending: re.Pattern[str], text: str) -> str:
    """The text without an ending, unless nothing would remain."""
    return ending.sub("", text) or text


def slug(text: str) -> str:
    """Pinyin of Chinese characters, letters and digits as they are, the rest dropped."""
    # Imported here: 180 ms and 50 MB that only an import of new units pays.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(_ORDINAL.sub("", text).lower())
    plain = unicodedata.normalize("NFKD", "".join(syllables)).encode("ascii", "ignore").decode()
    return _NOT_CODE.sub("", plain)[:MAX_SLUG]
