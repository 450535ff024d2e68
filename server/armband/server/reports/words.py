"""The report's own words, and its days as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from armband.server.reports.layout import Language

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("日报", "Daily report"),
    "as_of": ("截至", "As of"),
    "seq": ("序号", "sequence"),
    "coverage": ("已报网格", "Grids reported"),
    "missing": ("未报", "Missing"),
    "parts": ("分片情况", "By part"),
    "part": ("辖区", "Unit"),
    "not_of_the_day": ("非当日数", "not of that day"),
    "frozen": ("已定稿", "Frozen"),
    "edition": ("第 {0} 版", "edition {0}"),
    "by": ("定稿人", "by"),
    "checksum": ("校验码", "checksum"),
    "unproved": (
        "历史记录与定稿时不符，请核查",
        "The history is not the one that the figures were frozen at",
    ),
    "draft": ("未定稿，数字可能再变", "Not frozen: the figures may still change"),
    "restated": ("定稿后的更正", "Restated since it was frozen"),
    "was": ("定稿", "frozen"),
    "is": ("现为", "now"),
    "records": ("涉及记录", "Records that made the difference"),
    "more": ("另有 {0} 条", "and {0} more"),
    "filled_by": ("填报人", "Filled in by"),
    "phone": ("联系电话", "Telephone"),
    "signed_by": ("签发人", "Signed by"),
    "time": ("签发时间", "Time"),
}
"""(Chinese, English)."""
_WEEKDAYS = (
    ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
)


def word(name: str, language: Language) -> str:
    """One of `WORDS`."""
    return WORDS[name][0 if language == "zh" else 1]


def day_words(day: str, language: Language) -> str:
    """``2022 年 3 月 31 日 星期四``, ``Thursday 2022-03-31``."""
    parsed = date.fromisoformat(day)
    weekday = _WEEKDAYS[0 if language == "zh" else 1][parsed.weekday()]
    if language == "zh":
        return f"{parsed.year} 年 {parsed.month} 月 {parsed.day} 日 {weekday}"
    return f"{weekday} {day}"
