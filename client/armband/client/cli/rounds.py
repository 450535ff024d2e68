"""``armband rounds``: rounds of testing side by side, or one with who is missing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.tables import table
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import field_label, state_label
from armband.shared.kinds import CATALOGUE
from armband.shared.round_report import RoundReport, UnitCount


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print a row for each round; of one round its units and its missing people, too."""
    answer = ask(arguments.data, "rounds", {"round": arguments.round})
    if output.as_json:
        output.json(answer)
        return ExitCode.DONE
    rounds = msgspec.convert(answer["rounds"], list[RoundReport])
    for line in _side_by_side(rounds):
        output.line(line)
    for one in rounds if arguments.round else ():
        for line in _in_full(one, answer["unit_names"]):
            output.line(line)
    return ExitCode.DONE


def _side_by_side(rounds: Sequence[RoundReport]) -> list[str]:
    if not rounds:
        return [_("No round of testing yet.")]
    heads = (_("Day"), _("Round"), _("State"), *_figure_heads())
    rows = [
        (one.day, one.name, state_label(CATALOGUE["round"], one.state), *_figures(one.total))
        for one in rounds
    ]
    return table([heads, *rows], right=range(3, len(heads)))


def _in_full(one: RoundReport, names: Mapping[str, str]) -> Iterator[str]:
    if one.units:
        yield ""
        heads = (_("Unit"), *_figure_heads())
        counts = [(names[count.unit], *_figures(count)) for count in one.units]
        yield from table([heads, *counts], right=range(1, len(heads)))
    if one.missing:
        yield ""
        yield _("Missing")
        heads = (
            _("Unit"),
            field_label("household", "door"),
            field_label("resident", "name"),
            _("People"),
        )
        people = [(names[of.unit], of.door, of.name, str(of.people)) for of in one.missing]
        yield from table([heads, *people], right=(3,))


def _figure_heads() -> tuple[str, ...]:
    return (
        _("People"),
        _("Sampled"),
        "%",
        _("Missing"),
        _("Declined"),
        _("Exempt"),
        _("Absent"),
    )


def _figures(count: UnitCount) -> tuple[str, ...]:
    figures = (
        count.people,
        count.sampled,
        count.coverage_pct,
        count.missing,
        count.refused,
        count.exempt,
        count.absent,
    )
    return tuple(str(figure) for figure in figures)
