"""``armband rounds``: rounds of testing side by side, or one with who is missing."""

from __future__ import annotations

import argparse

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import state_label
from armband.shared.kinds import CATALOGUE
from armband.shared.round_report import RoundReport, UnitCount


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print a line for each round; of one round its units and its missing people, too."""
    answer = ask(arguments.data, "rounds", {"round": arguments.round})
    if output.as_json:
        output.json(answer)
        return ExitCode.DONE
    rounds = msgspec.convert(answer["rounds"], list[RoundReport])
    for found in rounds:
        state = state_label(CATALOGUE["round"], found.state)
        output.line(f"{found.day}  {found.name}  {state}  {count_words(found.total)}")
        if arguments.round:
            for unit in found.units:
                output.line(count_words(unit))
            for line in found.missing:
                people = "" if line.people == 1 else str(line.people)
                parts = (_("missing"), line.building, line.door, line.name, people)
                output.line("  ".join(part for part in parts if part))
    return ExitCode.DONE


def count_words(count: UnitCount) -> str:
    """The figures of one unit in a line."""
    words = _(
        "{unit}: {people} people, {sampled} sampled ({percent} %), {refused} refused, "
        "{exempt} exempt, {absent} absent, {missing} missing"
    )
    return words.format(
        unit=count.unit,
        people=count.people,
        sampled=count.sampled,
        percent=count.coverage_pct,
        refused=count.refused,
        exempt=count.exempt,
        absent=count.absent,
        missing=count.missing,
    )
