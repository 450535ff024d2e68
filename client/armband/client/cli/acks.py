"""``armband acks``: who has acknowledged a notice, and who has not, by name."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.tables import table
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import field_label, join_words, moment_text, option_label
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import masked_phone
from armband.shared.notice_report import AckReport, Person
from armband.shared.policy import Policy


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print those who are missing, then those who have answered."""
    report = ask(arguments.data, "acks", {"notice": arguments.notice})
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    found = msgspec.convert(report, AckReport)
    policy = Policy(utc_offset_min=report["utc_offset_min"])
    output.line(
        _("{title}: {answered} of {expected} have answered").format(
            title=found.title, answered=len(found.answered), expected=found.expected
        )
    )
    people = (*found.missing, *found.answered, *found.others)
    rows = [_cells(person, report["unit_names"], policy) for person in people]
    for line in table([_heads(), *rows]) if rows else ():
        output.line(line)
    return ExitCode.DONE


def _heads() -> tuple[str, ...]:
    return (
        field_label("ack", "answer"),
        field_label("staff", "name"),
        field_label("staff", "unit"),
        field_label("staff", "posts"),
        field_label("staff", "phone"),
        field_label("ack", "at"),
        field_label("ack", "note"),
    )


def _cells(person: Person, names: Mapping[str, str], policy: Policy) -> tuple[str, ...]:
    said = CATALOGUE["ack"].fields["answer"]
    answer = option_label(said, person.answer) if person.answer else _("no answer")
    roles = CATALOGUE["staff"].fields["posts"]
    posts = join_words([option_label(roles, post) for post in person.posts])
    at = moment_text(person.at, policy, "") if person.at else ""
    return (
        answer,
        person.name or "-",
        names[person.unit],
        posts,
        masked_phone(person.phone),
        at,
        person.note,
    )
