"""The office's day.

Times are UTC milliseconds; a day is the office's own, as ``YYYY-MM-DD``. The office's offset and
the minute at which its day begins come from its `Policy`, so that work after midnight can belong to
the evening before.
"""

from __future__ import annotations

from datetime import date

from armband.shared.policy import Policy

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_MINUTES_OF_DAY = 1440


def day_of(ms: int, policy: Policy) -> str:
    """The office's day of a moment."""
    local_ms = ms + (policy.utc_offset_min - policy.day_starts_at_min) * _MINUTE_MS
    return date.fromordinal(_EPOCH + local_ms // _DAY_MS).isoformat()


def day_begins_ms(day: str, policy: Policy) -> int:
    """The moment at which the office's day begins."""
    local_ms = (date.fromisoformat(day).toordinal() - _EPOCH) * _DAY_MS
    return local_ms - (policy.utc_offset_min - policy.day_starts_at_min) * _MINUTE_MS


def at_clock(day: str, minute: int, policy: Policy) -> int:
    """The moment of the office's day at which its clocks show ``minute`` minutes after midnight.

    Minutes before the day's beginning are those of the night that still belongs to the day.
    """
    into_day = (minute - policy.day_starts_at_min) % _MINUTES_OF_DAY
    return day_begins_ms(day, policy) + into_day * _MINUTE_MS


def ms_to_next_day(ms: int, policy: Policy) -> int:
    """Milliseconds from a moment to the beginning of the office's next day, at least 1."""
    local_ms = ms + (policy.utc_offset_min - policy.day_starts_at_min) * _MINUTE_MS
    return _DAY_MS - local_ms % _DAY_MS


def clock_of(ms: int, policy: Policy) -> str:
    """The office's wall-clock time of a moment, ``HH:MM:SS``."""
    seconds = (ms + policy.utc_offset_min * _MINUTE_MS) % _DAY_MS // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def add_days(day: str, count: int) -> str:
    """The day ``count`` days after ``day`` (before it when negative)."""
    return date.fromordinal(date.fromisoformat(day).toordinal() + count).isoformat()


def is_day(text: str) -> bool:
    """Whether ``text`` is a day of the calendar, as ``YYYY-MM-DD``."""
    if len(text) != 10:
        return False
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
