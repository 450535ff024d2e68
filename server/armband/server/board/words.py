"""The board's own words, and lengths of time as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from armband.shared.fields import Option
from armband.shared.kinds.case_flow import CATEGORY_OPTIONS, PRIORITY_OPTIONS, STATE_OPTIONS
from armband.shared.words import option_word

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    "board": ("实时看板", "Live board"),
    "coverage": ("网格已报 {0}/{1}", "{0} of {1} grids reported"),
    "missing": ("未报：{0}", "missing {0}"),
    "all_here": ("全部已报", "none is missing"),
    "more": ("另有 {0} 个", "and {0} more"),
    "checks": ("核验人次", "Checks"),
    "fever": ("发热", "Fever"),
    "fever_note": ("卡点 {0} 走访 {1} 随访 {2}", "gate {0}, visit {1}, follow-up {2}"),
    "yellow": ("见黄码", "Yellow seen"),
    "red": ("见红码", "Red seen"),
    "visits": ("走访次数", "Visits"),
    "doors": ("走访户数", "Households"),
    "doors_note": ("在册 {0} 户的 {1}%", "{1}% of {0} registered"),
    "opened": ("上报事件", "New cases"),
    "opened_note": ("五分钟内接单 {0}/{1}", "{0} of {1} accepted in time"),
    "closed": ("办结事件", "Closed"),
    "persons_note": ("{0} 人", "{0} persons"),
    "before": ("昨 {0}", "prev {0}"),
    "highest": ("最高 {0}", "max {0}"),
    "parts": ("辖区", "Units"),
    "part": ("名称", "Unit"),
    "col_checks": ("核验", "Checks"),
    "col_fever": ("发热", "Fever"),
    "col_yellow": ("黄码", "Yellow"),
    "col_red": ("红码", "Red"),
    "col_visits": ("走访", "Visits"),
    "col_doors": ("户数", "Doors"),
    "col_open": ("在办", "Open"),
    "col_grids": ("已报网格", "Grids"),
    "no_parts": ("本单位下面没有辖区", "The unit has no parts"),
    "cases": ("在办事件", "Open cases"),
    "cases_note": ("共 {0} 件，最久等了 {1}，超时 {2} 件", "{0} open, oldest {1}, {2} overdue"),
    "no_cases": ("没有在办事件", "No case is open"),
    "category": ("类别", "Category"),
    "place": ("地点", "Unit"),
    "state": ("状态", "State"),
    "priority": ("缓急", "Priority"),
    "waits": ("已等", "Waits"),
    "clock": ("时限", "Clock"),
    "left": ("剩 {0}", "{0} left"),
    "over": ("超时 {0}", "{0} over"),
    "silent": ("久无音讯的终端", "Silent terminals"),
    "silent_note": ("{0} 台中 {1} 台超过 {2}", "{1} of {0} for over {2}"),
    "no_silent": ("所有终端都有音讯", "Every terminal has been heard of"),
    "terminal": ("终端", "Terminal"),
    "quiet": ("无音讯", "Silent for"),
    "never": ("未联系过 {0}", "never, {0}"),
    "unsent": ("待发", "Unsent"),
    "read_only": (
        "办公室现在不能写入，数字停在此刻",
        "The office cannot write: the figures stand still",
    ),
    "unreachable": (
        "连不上办公室服务，数字停在此刻",
        "The office's server does not answer: the figures stand still",
    ),
    "keys": (
        " ↑↓ 选择  回车 进入  退格 返回  F2 English  F10 退出",
        " Up/Down choose  Enter into  Backspace out  F2 中文  F10 quit",
    ),
    "waiting": ("正在连接办公室服务…", "Reaching the office's server…"),
}
"""(Chinese, English)."""
_OPTIONS: Mapping[str, Option] = {
    option.code: option
    for options in (CATEGORY_OPTIONS, PRIORITY_OPTIONS, STATE_OPTIONS)
    for option in options
}


def word(name: str, language: Language, *values: object) -> str:
    """One of `WORDS` with its blanks filled."""
    return WORDS[name][0 if language == "zh" else 1].format(*values)


def option_text(code: str, language: Language) -> str:
    """A case's category, priority or state; a code of a later release as it is."""
    option = _OPTIONS.get(code)
    if option is None:
        return code
    return option_word(option) if language == "zh" else option.label


def length(seconds: int, language: Language) -> str:
    """A length of time, its two largest parts: ``40秒``, ``3小时5分``, ``2天4小时``; ``3h 5m``."""
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    days, rest_h = divmod(hours, 24)
    parts = (
        (days, "天", "d"),
        (rest_h, "小时", "h"),
        (0 if days else rest_min, "分", " min" if not hours else "m"),
        (0 if minutes else rest_s, "秒", " s"),
    )
    if language == "zh":
        return "".join(f"{count}{zh}" for count, zh, _en in parts if count) or "0秒"
    return " ".join(f"{count}{en}" for count, _zh, en in parts if count) or "0 s"


def clock_text(ms: int, utc_offset_min: int) -> str:
    """``2022-03-31 18:02:11`` by the office's clock."""
    zone = timezone(timedelta(minutes=utc_offset_min))
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
