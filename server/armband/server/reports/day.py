"""A day's report out of an open office, and the freezing of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from armband.server.errors import AlreadyFrozen, BadRequest
from armband.server.model import RollupCells
from armband.server.reports.layout import PARTS, SECTIONS, Line
from armband.server.reports.model import ChangedRecord, DayReport, FrozenDay, Restatement
from armband.shared.days import is_day
from armband.shared.rollup import NOW
from armband.shared.rollup_report import AsOf, RollupReport, Row, build_report
from armband.shared.wire import UnitName

DEPTH = 1
"""The unit and its direct parts."""
_OF_THE_DAY = tuple(line for section in SECTIONS for line in section.lines if not line.now)
_OF_PARTS = tuple(line for line in PARTS if not line.now)


class Office(Protocol):
    """What a report needs of an office."""

    @property
    def code(self) -> str:
        """Its unit code."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def today(self) -> str:
        """Its day now."""

    @property
    def units(self) -> Mapping[str, UnitName]:
        """Every unit that has a name, by code."""

    async def hist_at(self, seq: int) -> bytes | None:
        """The history chain at ``seq``."""
        ...

    async def rollup_cells(self, unit: str, depth: int, day_from: str, day_to: str) -> RollupCells:
        """Cells of a unit and the levels below."""
        ...

    async def freeze(self, unit: str, day: str, author: str, figures: RollupReport) -> FrozenDay:
        """Keep a day's figures as its next edition."""
        ...

    async def frozen(self, unit: str, day: str) -> FrozenDay | None:
        """The newest edition of a day."""
        ...

    async def changed_since(self, seq: int, unit: str, day: str) -> tuple[list[ChangedRecord], int]:
        """Who counts otherwise on the day than at ``seq``, and how many more there are."""
        ...


async def day_report(office: Office, unit: str, day: str) -> DayReport:
    """The report of ``unit`` on ``day``: frozen figures where there are such, with what has become
    of them.

    Raises:
        BadRequest: no day, or one that has not come.
    """
    _check_day(day, office.today)
    frozen = await office.frozen(unit, day)
    if frozen is None:
        return _report(office, unit, day, await _figures(office, unit, day))
    now = await _figures(office, unit, day)
    restated = None
    if differ(frozen.figures, now):
        records, more = await office.changed_since(frozen.figures.as_of.seq, unit, day)
        restated = Restatement(now.as_of, now.rows, records, more)
    proved = await office.hist_at(frozen.figures.as_of.seq) == frozen.hist
    return _report(office, unit, day, frozen.figures, frozen, restated, proved=proved)


async def freeze_day(office: Office, unit: str, day: str, author: str, *, again: bool) -> DayReport:
    """Fix a day's figures; with ``again`` a new edition beside the ones that there are.

    Raises:
        BadRequest: no day, or one that has not come.
        AlreadyFrozen: it is frozen already, and ``again`` was not asked for.
    """
    _check_day(day, office.today)
    before = await office.frozen(unit, day)
    if before is not None and not again:
        raise AlreadyFrozen(
            f"{day} is frozen already (edition {before.edition}, {before.checksum[:16]}); "
            "report shows it with what has changed since, --again makes a new edition"
        )
    figures = await _figures(office, unit, day)
    frozen = await office.freeze(unit, day, author, figures)
    return _report(office, unit, day, frozen.figures, frozen)


def differ(frozen: RollupReport, now: RollupReport) -> bool:
    """Whether any printed figure of the day is another one."""
    after = {row.unit: row for row in now.rows}
    for row in frozen.rows:
        lines = _OF_THE_DAY if row.unit == frozen.unit else _OF_PARTS
        if _values(row, lines) != _values(after.get(row.unit), lines):
            return True
    return any(any(_values(row, _OF_PARTS)) for row in now.rows if row.unit not in _units(frozen))


def _units(report: RollupReport) -> set[str]:
    return {row.unit for row in report.rows}


def _values(row: Row | None, lines: tuple[Line, ...]) -> list[int]:
    return [line.value(row.metrics if row is not None else {}) for line in lines]


def _check_day(day: str, today: str) -> None:
    if not is_day(day):
        raise BadRequest(f"{day!r} is no day; write it as {today}")
    if day > today:
        raise BadRequest(f"{day} has not come: today is {today}")


async def _figures(office: Office, unit: str, day: str) -> RollupReport:
    """The day's figures; what exists now belongs to today's report only."""
    cells = await office.rollup_cells(unit, DEPTH, day, day)
    is_today = day == office.today
    return build_report(
        office.code,
        unit,
        AsOf(cells.seq, cells.at_ms),
        [day],
        DEPTH,
        {name.code: (name.name, name.level) for name in cells.units},
        {key: metrics for key, metrics in cells.cells.items() if is_today or key[0] != NOW},
        cells.coverage,
    )


def _name(office: Office, code: str) -> str:
    named = office.units.get(code)
    return named.name if named is not None else code


def _report(
    office: Office,
    unit: str,
    day: str,
    figures: RollupReport,
    frozen: FrozenDay | None = None,
    restated: Restatement | None = None,
    *,
    proved: bool = True,
) -> DayReport:
    return DayReport(
        office=office.code,
        office_name=office.name,
        unit=unit,
        unit_name=_name(office, unit),
        day=day,
        missing=[_name(office, code) for code in figures.coverage.missing],
        figures=figures,
        edition=frozen.edition if frozen else 0,
        frozen_ms=frozen.frozen_ms if frozen else 0,
        author=frozen.author if frozen else "",
        hist=frozen.hist.hex() if frozen else "",
        checksum=frozen.checksum if frozen else "",
        proved=proved,
        restated=restated,
    )
