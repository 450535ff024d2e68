"""What the board shows, built out of roll-up rows, open cases and terminals. Pure.

Nothing here is about a person: a case gives its category, unit, state and clock, a terminal its
name and unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from armband.shared.rollup import REPORTED, CellKey, Coverage, Metrics
from armband.shared.rollup_report import finished
from armband.shared.units import CLOSED, depth_below, is_within, lineage, unit_order
from armband.shared.wire import UnitName

TREND_DAYS = 14
NAMES_SHOWN = 2
"""Levels of a place that are named, the lowest ones."""
MAX_CASES = 50
"""Cases and terminals in one answer: the ones that wait longest. The counts are of all."""


class Place(msgspec.Struct, frozen=True):
    """A unit and what people call it."""

    unit: str
    name: str


class Part(msgspec.Struct, frozen=True):
    """A direct part of the unit, today.

    Attributes:
        reported: how many of the ``expected`` grids in it have reported.
        has_parts: whether it can be gone into.
    """

    unit: str
    name: str
    metrics: Metrics
    reported: int
    expected: int
    has_parts: bool


class OpenCase(msgspec.Struct, frozen=True):
    """A case that is not over.

    Attributes:
        at_ms: when it was reported, UTC.
        due_ms: when the clock of its next step runs out; None when none runs.
    """

    unit: str
    category: str
    state: str
    at_ms: int
    priority: str = ""
    due_ms: int | None = None


class CaseClock(msgspec.Struct, frozen=True):
    """An open case with its clocks in seconds: how long it waits, how much time is left (below
    zero: overdue)."""

    place: str
    category: str
    state: str
    priority: str
    waits_s: int
    left_s: int | None


class Seen(msgspec.Struct, frozen=True):
    """A trusted terminal as the office last heard of it."""

    name: str
    scope: tuple[str, ...]
    enrolled_ms: int
    seen_ms: int | None
    waiting: int = 0


class Silent(msgspec.Struct, frozen=True):
    """A terminal that the office has not heard of for too long.

    ``silent_s`` is since it was enrolled when it was ``never`` here."""

    name: str
    place: str
    silent_s: int
    never: bool
    waiting: int


class Board(msgspec.Struct, frozen=True):
    """One unit's board at one moment.

    Attributes:
        path: from the office down to the unit.
        days: the days of ``trend``, the last one is today.
        trend: the unit's metrics of each of the days.
        missing: what the grids that have not reported are called.
        cases_open: all open cases; ``cases`` are the most pressing.
        oldest_s: how long the oldest open case waits.
        overdue: open cases whose clock has run out.
        silent: the longest silent first; ``silent_count`` are all.
    """

    office: str
    path: list[Place]
    now_ms: int
    utc_offset_min: int
    seq: int
    writable: bool
    days: list[str]
    trend: list[Metrics]
    reported: int
    expected: int
    missing: list[str]
    parts: list[Part]
    cases: list[CaseClock]
    cases_open: int
    oldest_s: int
    overdue: int
    terminals: int
    silent: list[Silent]
    silent_count: int
    silent_after_s: int


class Source(msgspec.Struct, frozen=True):
    """What a board is built of; ``cells`` of ``days`` and of day ``""``."""

    office: str
    unit: str
    units: Mapping[str, UnitName]
    now_ms: int
    utc_offset_min: int
    seq: int
    writable: bool
    days: Sequence[str]
    cells: Mapping[CellKey, Metrics]
    coverage: Coverage
    cases: Sequence[OpenCase]
    terminals: Sequence[Seen]
    silent_after_ms: int


def build_board(source: Source) -> Board:
    """The board of ``source.unit``."""
    unit, names = source.unit, source.units
    clocks = _clocks(source)
    trusted = [seen for seen in source.terminals if _concerns(seen, unit)]
    silent = _silent(source, trusted)
    lefts = [clock.left_s for clock in clocks if clock.left_s is not None]
    return Board(
        office=source.office,
        path=[Place(code, _name(names, code)) for code in reversed(lineage(unit))],
        now_ms=source.now_ms,
        utc_offset_min=source.utc_offset_min,
        seq=source.seq,
        writable=source.writable,
        days=list(source.days),
        trend=[_metrics(source.cells, day, unit, source.days[-1]) for day in source.days],
        reported=source.coverage.reported,
        expected=source.coverage.expected,
        missing=[_place(names, code, unit) for code in source.coverage.missing],
        parts=_parts(source),
        cases=clocks[:MAX_CASES],
        cases_open=len(clocks),
        oldest_s=max((clock.waits_s for clock in clocks), default=0),
        overdue=sum(left < 0 for left in lefts),
        terminals=len(trusted),
        silent=silent[:MAX_CASES],
        silent_count=len(silent),
        silent_after_s=source.silent_after_ms // 1000,
    )


def _name(names: Mapping[str, UnitName], code: str) -> str:
    return names[code].name if code in names else code


def _place(names: Mapping[str, UnitName], code: str, unit: str) -> str:
    """A unit as it is told from others on ``unit``'s board: each community may have a 第1网格."""
    below = [above for above in lineage(code) if is_within(above, unit) and above != unit]
    return " ".join(_name(names, above) for above in reversed(below[:NAMES_SHOWN] or [code]))


def _metrics(cells: Mapping[CellKey, Metrics], day: str, unit: str, today: str) -> Metrics:
    """A unit's finished figures of a day; those of now belong to today."""
    now = cells.get(("", unit), {}) if day == today else {}
    return finished({**cells.get((day, unit), {}), **now}, day)


def _parts(source: Source) -> list[Part]:
    today = source.days[-1]
    below = [
        code
        for code, name in source.units.items()
        if name.level != CLOSED and code != source.unit and is_within(code, source.unit)
    ]
    direct = [code for code in below if depth_below(code, source.unit) == 1]
    missing = source.coverage.missing
    return [
        _part(source, code, [other for other in below if is_within(other, code)], missing, today)
        for code in sorted(direct, key=unit_order)
    ]


def _part(source: Source, code: str, within: list[str], missing: Sequence[str], today: str) -> Part:
    metrics = _metrics(source.cells, today, code, today)
    grids = [other for other in within if source.units[other].level == "grid"]
    if grids:
        reported = len(grids) - sum(other in missing for other in grids)
    else:
        grids, reported = [code], int(bool(metrics.get(REPORTED)))
    return Part(
        unit=code,
        name=_name(source.units, code),
        metrics=metrics,
        reported=reported,
        expected=len(grids),
        has_parts=len(within) > 1,
    )


def _clocks(source: Source) -> list[CaseClock]:
    """The most pressing first: the clock that runs out first, then the longest waiting."""
    inside = [case for case in source.cases if is_within(case.unit, source.unit)]
    inside.sort(key=lambda case: (case.due_ms is None, case.due_ms or 0, case.at_ms, case.unit))
    now_ms = source.now_ms
    return [
        CaseClock(
            place=_place(source.units, case.unit, source.unit),
            category=case.category,
            state=case.state,
            priority=case.priority,
            waits_s=max(0, now_ms - case.at_ms) // 1000,
            left_s=None if case.due_ms is None else (case.due_ms - now_ms) // 1000,
        )
        for case in inside
    ]


def _concerns(seen: Seen, unit: str) -> bool:
    """Whether a terminal works in the unit or in a part of it."""
    return any(is_within(code, unit) for code in seen.scope)


def _silent(source: Source, trusted: Iterable[Seen]) -> list[Silent]:
    found = [
        Silent(
            name=seen.name,
            place="、".join(_place(source.units, code, source.unit) for code in seen.scope),
            silent_s=max(0, source.now_ms - _heard(seen)) // 1000,
            never=seen.seen_ms is None,
            waiting=seen.waiting,
        )
        for seen in trusted
        if source.now_ms - _heard(seen) > source.silent_after_ms
    ]
    return sorted(found, key=lambda silent: (-silent.silent_s, silent.name))


def _heard(seen: Seen) -> int:
    return seen.enrolled_ms if seen.seen_ms is None else seen.seen_ms
