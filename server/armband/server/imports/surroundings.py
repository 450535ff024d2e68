"""Units that a register names outside its columns: the sheet's name, the line above the head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from armband.shared.normal import clean

_FILLED_BY = re.compile(r"填(?:表|报)单位(?:\(.*?\))?:\s*(\S+)")
_COMMUNITY = re.compile(
    "(?:.*(?:街道|办事处))?(?P<name>.+(?:社区|村|居委会|村委会|居民委员会|村民委员会))"
)
_SHEET_UNITS = (
    ("microgrid", re.compile(r"(?:第?[\d一二三四五六七八九十]+)?微网格[\d]*(?:号)?")),
    ("grid", re.compile(r"第?[\d一二三四五六七八九十]+(?:号)?网格|网格[\d]+")),
    ("area", re.compile(r"第?[\d一二三四五六七八九十]+(?:号)?片区|片区[\d]+")),
)


def units_around(sheet_name: str, above: Sequence[str]) -> dict[str, str]:
    """Unit level to name. The line 填表单位 says the community, a sheet named 第3网格 the grid."""
    found: dict[str, str] = {}
    for cell in above:
        match = _FILLED_BY.search(clean(cell))
        name = community_in(match[1]) if match else ""
        if name:
            found.setdefault("community", name)
    tight = "".join(clean(sheet_name).split())
    for level, pattern in _SHEET_UNITS:
        if pattern.fullmatch(tight):
            found[level] = tight
    if "community" not in found and (name := community_in(tight)):
        found["community"] = name
    return found


def community_in(text: str) -> str:
    """The community that a text names, without the sub-district before it; ``""`` if none."""
    match = _COMMUNITY.fullmatch(text)
    return match["name"] if match else ""
