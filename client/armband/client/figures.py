"""Roll-up frames of one subscription, added up into a report."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from armband.client.sync_port import RollupPart
from armband.shared.days import add_days
from armband.shared.rollup import CellKey, Coverage, Metrics
from armband.shared.rollup_report import AsOf, RollupReport, build_report, without_what_is_small


class Figures:
    """The newest figures of a unit and the units below it.

    Args:
        office: the office's code.
        unit: whose roll-ups they are.
        depth: levels below it.
        first, last: the days that were asked for; empty for the office's today.
    """

    def __init__(self, office: str, unit: str, depth: int, first: str = "", last: str = "") -> None:
        self._office = office
        self._unit = unit
        self._depth = depth
        self._first = first
        self._last = last
        self._cells: dict[CellKey, Metrics] = {}
        self._small: dict[CellKey, list[str]] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._as_of = AsOf(0, 0)
        self._day = ""
        self._covered = Coverage(0, 0, ())

    def add(self, parts: Iterable[RollupPart]) -> None:
        """Take in the frames of one moment: cells are absolute and replace what was there."""
        for part in parts:
            if part.frame.reset:
                self._cells.clear()
                self._names.clear()
                self._small.clear()
            for unit in part.body.units:
                self._names[unit.code] = (unit.name, unit.level)
            for row in part.body.rows:
                self._cells[row.day, row.unit] = row.metrics
                self._small[row.day, row.unit] = row.small
            self._as_of = AsOf(part.frame.seq, part.frame.at_ms)
            self._day = part.body.day
            known = part.body.coverage
            self._covered = Coverage(known.reported, known.expected, tuple(known.missing))

    def report(self) -> RollupReport:
        """The figures as they stand."""
        last = self._last or self._day
        days = [self._first or last]
        while days[-1] < last:
            days.append(add_days(days[-1], 1))
        report = build_report(
            self._office,
            self._unit,
            self._as_of,
            days,
            self._depth,
            self._names,
            self._cells,
            self._covered,
        )
        return without_what_is_small(report, self._small) if self._small else report


class Reading:
    """A subscription that somebody reads: the figures, and word of each change.

    Attributes:
        changed: set with each moment that arrived; the reader clears it.
    """

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.changed = asyncio.Event()

    def add(self, parts: Iterable[RollupPart]) -> None:
        """Take in the frames of one moment."""
        self.figures.add(parts)
        self.changed.set()
