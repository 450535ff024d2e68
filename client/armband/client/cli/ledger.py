"""``armband list``: the ledger as a table and for scripts."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable
from typing import Any

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.tables import table
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import field_label
from armband.shared.days import is_day
from armband.shared.harmless import shown_line, spreadsheet_text
from armband.shared.kinds import CATALOGUE

_SHORT = 12


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """The records of a kind that fit, as on the screen of the ledger."""
    kind = CATALOGUE.get(arguments.kind)
    if kind is None:
        raise Usage(
            _("no kind of record is called {kind!r}; there are: {kinds}").format(
                kind=arguments.kind, kinds=", ".join(CATALOGUE)
            )
        )
    if arguments.limit < 0:
        raise Usage(_("--limit is a number of rows, 0 for all"))
    for day in (arguments.day_from, arguments.day_to):
        if day and not is_day(day):
            raise Usage(_("{day} is no day: YYYY-MM-DD").format(day=day))
    asked = {
        "kind": kind.name,
        "unit": arguments.unit,
        "from": arguments.day_from,
        "to": arguments.day_to,
        "search": arguments.search,
        "limit": arguments.limit,
    }
    report = ask(arguments.data, "ledger", asked)
    match arguments.format or ("json" if output.as_json else "table"):
        case "json":
            output.json(report)
        case "jsonl":
            for row in report["records"]:
                output.json(row)
        case "csv":
            output.line(_csv_line(["id", "unit", "unit_name", *kind.columns, "standing"]))
            for row in report["records"]:
                cells = [row["id"], row["unit"], row["unit_name"]]
                cells += [*(row["words"][name] for name in kind.columns), row["standing"]]
                output.line(_csv_line(map(spreadsheet_text, cells)))
        case _:
            _print_table(kind.name, report, output)
    return ExitCode.DONE


def _print_table(kind: str, report: dict[str, Any], output: Output) -> None:
    columns = CATALOGUE[kind].columns
    rows = [
        [row["id"][:_SHORT], row["unit_name"], *row["words"].values(), row["standing"]]
        for row in report["records"]
    ]
    if not rows:
        output.line(_("Nothing fits."))
        return
    titles = [
        _("Who") if (kind, name) == ("check", "resident") else field_label(kind, name)
        for name in columns
    ]
    heads = ["ID", _("unit"), *titles, _("Standing")]
    for line in table([heads, *(list(map(shown_line, row)) for row in rows)]):
        output.line(line)
    if report["is_cut"] or report["total"] > len(rows):
        total = f"{report['total']}+" if report["is_cut"] else str(report["total"])
        words = _("{shown} of {total}; --limit 0 shows all")
        output.note(words.format(shown=len(rows), total=total))


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
