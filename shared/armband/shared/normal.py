"""Text as people type it and as registers carry it, brought into one form.

Full-width digits and letters become ordinary ones, blanks inside a Chinese name vanish (registers
space two-character names to three), a telephone becomes its digits, a door its bare numbers.
"""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Zero-width characters, and those that turn the direction of the text around them."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Control characters that are no blank and no line break: they would steer a terminal."""
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u00b7"
_CJK_GAP = re.compile(f"(?<=[{_HAN}])\\s+(?=[{_HAN}])")
_NAME_DOTS = re.compile("[\u2022\u2027\u30fb\u22c5]")
"""What is typed for the dot inside a minority or foreign name; the standard one is U+00B7."""
_PHONE_FILL = re.compile(r"[\s\-()./]")
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_NONE_MARKS = frozenset({"", "/", "-", "—", "无", "n/a", "none"})
_LONGEST_MARK = max(map(len, _NONE_MARKS))
_DASHES = re.compile("[\u2010-\u2015\u2212\u2014~\uff5e_#/\\\\]+")
_CHINESE_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_CHINESE_NUMBER = re.compile(
    "([一二三四五六七八九])?十([一二三四五六七八九])?|[零一二三四五六七八九]"
)
_BUILDING = re.compile("(?<=.)(?:号?楼栋?|号?栋|号?幢|座)(?!\\w)")
_STAIR = re.compile("(?<=.)单元(?!\\w)")
_ROOM = re.compile("(?<=.)(?:号|室|房|户)$")
_NUMERAL = "[0-9a-zA-Z一二三四五六七八九十]"
_DOOR_WORDS = re.compile(f"(?<={_NUMERAL})(?:号?楼栋?|号?栋|号?幢|座|单元)-?(?={_NUMERAL})")


def clean(text: str) -> str:
    """NFKC, no invisible characters, trimmed, runs of blanks and line breaks as one blank."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(without_controls(text).split())


def without_controls(text: str) -> str:
    """A text without control characters; blanks, tabs and line breaks stay."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def is_unicode(text: str) -> bool:
    """Whether a text can be stored: bytes of a command line that are no UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_name(text: str) -> str:
    """A name: as `clean`, one kind of dot, and without blanks between Chinese characters."""
    return _CJK_GAP.sub("", _NAME_DOTS.sub("·", clean(text)))


def clean_phone(text: str) -> str | None:
    """A telephone's digits (with a leading plus if given), or None when it is no number."""
    digits = _PHONE_FILL.sub("", clean(text))
    return digits if _PHONE.fullmatch(digits) else None


def is_none_mark(text: str) -> bool:
    """Whether a register's cell says "none": empty, ``/``, ``-`` or 无."""
    if not text:
        return True
    return len(text.strip()) <= _LONGEST_MARK and clean(text).lower() in _NONE_MARKS


def chinese_number(text: str) -> int | None:
    """一 to 九十九 (and 零) as a number, or None."""
    match = _CHINESE_NUMBER.fullmatch(text)
    if match is None:
        return None
    if "十" not in text:
        return _CHINESE_DIGITS[text]
    tens, ones = match.groups()
    return 10 * _CHINESE_DIGITS.get(tens or "一", 1) + _CHINESE_DIGITS.get(ones or "零", 0)


def clean_building(text: str) -> str:
    """A building's bare number: 3号楼, 三号楼 and 3栋 are ``3``, A座 is ``A``."""
    return _bare_number(_BUILDING.sub("", _tight(text)))


def clean_stair(text: str) -> str:
    """A stairwell unit's bare number: 1单元 and 一单元 are ``1``."""
    return _bare_number(_STAIR.sub("", _tight(text)))


def clean_room(text: str) -> str:
    """A room's bare number: 502室 is ``502``; words such as 东户 stay."""
    bare = _tight(text)
    return _ROOM.sub("", bare) if any(char.isdigit() for char in bare) else bare


def door_text(building: str, stair: str, room: str) -> str:
    """The door as one text, ``3-1-101``, from the parts that there are."""
    parts = (clean_building(building), clean_stair(stair), clean_room(room))
    return "-".join(part for part in parts if part)


def clean_door(text: str) -> str:
    """A whole door as typed: 3号楼2单元502室 and 3—2—502 are ``3-2-502``."""
    tight = _DASHES.sub("-", _tight(text)).strip("-")
    parts = _DOOR_WORDS.sub("-", tight).split("-")
    return "-".join(_bare_number(part) for part in [*parts[:-1], clean_room(parts[-1])])


def _tight(text: str) -> str:
    return _BLANKS.sub("", clean(text))


def _bare_number(text: str) -> str:
    number = chinese_number(text)
    return text if number is None else str(number)
