"""Days as people type them into a filter."""

from __future__ import annotations

import re

from armband.client.i18n import _
from armband.shared.days import add_days, is_day

_BACK = re.compile(r"-\d{1,4}|0")
_BETWEEN = re.compile(r"\s*(?:\.\.|\s|,|~)\s*")


def read_days(text: str, today: str) -> tuple[str, str]:
    """First and last day: ``""`` twice for all, one day twice for one.

    Raises:
        ValueError: it is none of the forms that `day_problem` names.
    """
    text = text.strip()
    if not text:
        return "", ""
    if _BACK.fullmatch(text):
        back = int(text)
        return add_days(today, back + 1 if back else 0), today
    days = _BETWEEN.split(text)
    if len(days) > 2 or not all(is_day(day) for day in days):
        raise ValueError(text)
    return min(days), max(days)


def day_problem(text: str, today: str) -> str:
    """What is wrong with typed days and what would be right, ``""`` when they are good."""
    try:
        read_days(text, today)
    except ValueError:
        return _("Not a day. Right: 2022-03-31, 2022-03-01 2022-03-31, -7, 0")
    return ""
