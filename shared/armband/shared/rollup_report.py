"""Roll-ups as scripts and tables get them: the JSON contract of the README.

Keys may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import RAW
from armband.shared.rollup import NOW, CellKey, Coverage, Metrics
from armband.shared.units import depth_below, is_within, unit_order


class AsOf(msgspec.Struct, frozen=True):
    """The moment at which figures are true: the office's sequence, and UTC milliseconds."""

    seq: int
    at: int


class CoverageReport(msgspec.Struct, frozen=True):
    """How many grids have reported on the last day, and which are missing."""

    reported: int
    expected: int
    missing: list[str]


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One unit on one day.

    ``small``: metrics that the office leaves out for this reader because they count too few people,
    or would tell such a one; not 0, but unknown.
    """

    day: str
    unit: str
    name: str
    level: str
    metrics: dict[str, int]
    small: list[str] = []


class RollupReport(msgspec.Struct, frozen=True):
    """Roll-ups of a unit."""

    office: str
    unit: str
    as_of: AsOf
    coverage: CoverageReport
    rows: list[Row]


def build_report(
    office: str,
    unit: str,
    as_of: AsOf,
    days: Iterable[str],
    depth: int,
    names: Mapping[str, tuple[str, str]],
    cells: Mapping[CellKey, Metrics],
    covered: Coverage,
) -> RollupReport:
    """Rows by day, then `unit_order`; each unit of ``names`` down to ``depth`` has one a day.

    Counts of what exists now stand in the newest day's row.

    Args:
        names: unit code to (name, level).
        cells: the days' cells, and those of day ``""``.
    """
    ordered_days = sorted(days)
    below = [code for code in names if is_within(code, unit) and depth_below(code, unit) <= depth]
    codes = sorted(below, key=unit_order)
    rows = []
    for day in ordered_days:
        newest = day == ordered_days[-1]
        for code in codes:
            metrics = {
                **cells.get((day, code), {}),
                **(cells.get((NOW, code), {}) if newest else {}),
            }
            name, level = names[code]
            rows.append(Row(day, code, name, level, finished(metrics, day)))
    report = CoverageReport(covered.reported, covered.expected, list(covered.missing))
    return RollupReport(office, unit, as_of, report, rows)


def without_what_is_small(
    report: RollupReport, small: Mapping[CellKey, Iterable[str]]
) -> RollupReport:
    """The report with each row naming what the office has left out of its cells."""
    newest = max((row.day for row in report.rows), default="")
    rows = []
    for row in report.rows:
        days = (row.day, NOW) if row.day == newest else (row.day,)
        gone = sorted({name for day in days for name in small.get((day, row.unit), ())})
        metrics = {name: count for name, count in row.metrics.items() if name not in gone}
        rows.append(msgspec.structs.replace(row, metrics=metrics, small=gone) if gone else row)
    return msgspec.structs.replace(report, rows=rows)


def finished(metrics: Mapping[str, int], day: str) -> Metrics:
    """A row's metrics as people read them: with what is derived, without raw material and zeros."""
    whole = dict(metrics)
    for kind in CATALOGUE.values():
        if kind.derive is not None:
            whole.update(kind.derive(metrics, day))
    return {name: count for name, count in sorted(whole.items()) if count and RAW not in name}
