"""``armband told``: which households have been told a notice, and which are left."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.tables import table
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import field_label, kind_plural
from armband.shared.notice_report import ToldReport


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print the coverage of each unit, then the doors that are left."""
    report = ask(arguments.data, "told", {"notice": arguments.notice})
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    for line in _lines(msgspec.convert(report, ToldReport), report["unit_names"]):
        output.line(line)
    return ExitCode.DONE


def _lines(found: ToldReport, names: Mapping[str, str]) -> Iterator[str]:
    words = _("{title}: {told} of {households} households have been told")
    yield words.format(title=found.title, told=found.told, households=found.households)
    unit = field_label("household", "unit")
    if found.units:
        counts = [
            (names[of.unit], str(of.households), str(of.told), str(of.coverage_pct))
            for of in found.units
        ]
        yield from table([(unit, kind_plural("household"), _("told"), "%"), *counts], (1, 2, 3))
    if found.missing:
        yield ""
        yield _("still to tell")
        heads = (unit, field_label("household", "door"), field_label("household", "head"))
        yield from table([heads, *((names[of.unit], of.door, of.head) for of in found.missing)])
