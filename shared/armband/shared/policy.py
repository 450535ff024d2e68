"""What an office decides and every terminal follows: thresholds and the shape of its day."""

from __future__ import annotations

import msgspec


class Policy(msgspec.Struct, frozen=True, array_like=True):
    """An office's settings, sent to terminals in `wire.Welcome`. New fields go at the end.

    Attributes:
        fever_tenths: fever from here on, in tenths of a degree Celsius. China: 37.3
            (Zhengzhou and other cities' notices of 2020-2022).
        utc_offset_min: the office's time zone, minutes east of UTC (Asia/Shanghai: 480).
        day_starts_at_min: minute of the local day at which the office's day begins.
        keep_days: for so many days of the office a terminal keeps an operation that the office
            holds; then it may drop it, if it is inside a verified backup.
    """

    fever_tenths: int = 373
    utc_offset_min: int = 480
    day_starts_at_min: int = 0
    keep_days: int = 30
