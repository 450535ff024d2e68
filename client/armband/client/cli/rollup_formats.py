"""A roll-up report as a table, as JSON, as JSON lines and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec

from armband.client.cli.output import Output
from armband.client.cli.status_words import moment_words
from armband.client.cli.tables import table
from armband.client.i18n import _
from armband.client.i18n.words import join_words, metric_label
from armband.shared.harmless import spreadsheet_text
from armband.shared.rollup_report import RollupReport, Row

TABLE_METRICS = (
    "checks.total",
    "checks.persons",
    "checks.fever",
    "checks.code.yellow",
    "checks.code.red",
    "visits.total",
    "visits.households",
    "households.total",
)
"""What a table on a screen has room for; every metric is in the other formats."""


class Printer:
    """Prints reports of one run, one after the other."""

    def __init__(self, output: Output, form: str) -> None:
        self._output = output
        self._form = form
        self._columns: list[str] = []

    def print(self, report: RollupReport) -> None:
        """One report."""
        match self._form:
            case "json":
                self._output.json(report)
            case "jsonl":
                for row in report.rows:
                    self._output.json({"as_of": report.as_of, **msgspec.structs.asdict(row)})
            case "csv":
                self._print_csv(report)
            case _:
                for line in table_lines(report):
                    self._output.line(line)

    def _print_csv(self, report: RollupReport) -> None:
        """A head whenever the columns are new; values under their metric's name."""
        metrics = sorted({name for row in report.rows for name in (*row.metrics, *row.small)})
        if not self._columns or not set(metrics) <= set(self._columns):
            self._columns = metrics
            self._output.line(_csv_line([*_CSV_FIRST, *metrics]))
        for row in report.rows:
            values = [
                "" if name in row.small else str(row.metrics.get(name, 0)) for name in self._columns
            ]
            as_of = (str(report.as_of.seq), str(report.as_of.at))
            texts = map(spreadsheet_text, (row.day, row.unit, row.name, row.level))
            self._output.line(_csv_line([*as_of, *texts, *values]))


_CSV_FIRST = ("as_of.seq", "as_of.at", "day", "unit", "name", "level")


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def table_lines(report: RollupReport) -> list[str]:
    """The report for people: what it is of, the rows, what has not reported."""
    shown = [
        name for name in TABLE_METRICS if any(row.metrics.get(name) for row in report.rows)
    ] or list(TABLE_METRICS[:1])
    heads = [_("day"), _("unit"), *map(metric_label, shown)]
    cells = [heads, *(_cells(row, shown) for row in report.rows)]
    lines = table(cells, right=range(2, 2 + len(shown)))
    covered = report.coverage
    told = _("{reported} of {expected} grids have reported").format(
        reported=covered.reported, expected=covered.expected
    )
    if covered.missing:
        names = {row.unit: row.name for row in report.rows}
        told += _("; missing: ") + join_words([names.get(c) or c for c in covered.missing])
    moment = _("as of {at} (seq {seq})").format(
        at=moment_words(report.as_of.at), seq=report.as_of.seq
    )
    return [*lines, told, moment]


def _cells(row: Row, shown: Iterable[str]) -> list[str]:
    return [row.day, row.name or row.unit, *(_figure(row, name) for name in shown)]


def _figure(row: Row, name: str) -> str:
    """A figure, or that it is too small to be told."""
    return "*" if name in row.small else str(row.metrics.get(name, 0))
