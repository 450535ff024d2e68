"""What an office decides and every terminal follows: thresholds and the shape of its day."""

from __future__ import annotations

from typing import Annotated

import msgspec

from armband.shared.measures import Rule

Tenths = Annotated[int, msgspec.Meta(ge=0, le=1000)]
OffsetMinutes = Annotated[int, msgspec.Meta(ge=-1440, le=1440)]
MinuteOfDay = Annotated[int, msgspec.Meta(ge=0, le=1439)]
KeepDays = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
AcceptSeconds = Annotated[int, msgspec.Meta(ge=10, le=86_400)]
SuppressBelow = Annotated[int, msgspec.Meta(ge=0, le=100)]
OfflineDays = Annotated[int, msgspec.Meta(ge=1, le=365)]
LockMinutes = Annotated[int, msgspec.Meta(ge=1, le=1440)]
PolicyVersion = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]


class Policy(msgspec.Struct, frozen=True, array_like=True):
    """An office's settings, sent to terminals in `wire.Welcome`. New fields go at the end.

    Attributes:
        fever_tenths: fever from here on, in tenths of a degree Celsius. China: 37.3
            (Zhengzhou and other cities' notices of 2020-2022).
        utc_offset_min: the office's time zone, minutes east of UTC (Asia/Shanghai: 480).
        day_starts_at_min: minute of the local day at which the office's day begins.
        keep_days: for so many days of the office a terminal keeps an operation that the office
            holds; then it may drop it, if it is inside a verified backup.
        accept_within_s: from the dispatch of a case to its acceptance; each time that it runs out
            the next level is rung.
        version: how often the office has changed its settings.
        suppress_below: figures about people from 1 to this, itself not included, are left out of
            what script tokens read; 0 leaves everything. See `small_cells`.
        offline_days: for so many days after the last contact a terminal that people unlock shows
            what it holds; afterwards it only hands in and exports, until the next contact.
        lock_after_min: after so many minutes without a key such a terminal locks its screen.
        keep: of kinds that the office keeps for other than the usual time, in order: for how many
            days, 0 for ever. See `retention`.
        rules: what is ordered for returnees; see `measures.Rule`.
    """

    fever_tenths: Tenths = 373
    utc_offset_min: OffsetMinutes = 480
    day_starts_at_min: MinuteOfDay = 0
    keep_days: KeepDays = 30
    accept_within_s: AcceptSeconds = 300
    version: PolicyVersion = 0
    rules: tuple[Rule, ...] = ()
    suppress_below: SuppressBelow = 0
    offline_days: OfflineDays = 7
    lock_after_min: LockMinutes = 10
    keep: tuple[tuple[str, KeepDays], ...] = ()
