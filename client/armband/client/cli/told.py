"""``armband told``: which households have been told a notice, and which are left."""

from __future__ import annotations

import argparse

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.shared.notice_report import ToldReport


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print the coverage of each unit, then the doors that are left."""
    report = ask(arguments.data, "told", {"notice": arguments.notice})
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    found = msgspec.convert(report, ToldReport)
    words = _("{title}: {told} of {households} households have been told")
    output.line(words.format(title=found.title, told=found.told, households=found.households))
    for unit in found.units:
        output.line(f"{unit.coverage_pct:3} %  {unit.told}/{unit.households}  {unit.unit}")
    for door in found.missing:
        output.line(f"{_('still to tell')}  {door.unit}  {door.door}  {door.head}".rstrip())
    return ExitCode.DONE
