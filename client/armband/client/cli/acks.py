"""``armband acks``: who has acknowledged a notice, and who has not, by name."""

from __future__ import annotations

import argparse

import msgspec

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import join_words, option_label
from armband.shared.kinds import CATALOGUE
from armband.shared.notice_report import AckReport, Person


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print those who are missing, then those who have answered."""
    report = ask(arguments.data, "acks", {"notice": arguments.notice})
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    found = msgspec.convert(report, AckReport)
    output.line(
        _("{title}: {answered} of {expected} have answered").format(
            title=found.title, answered=len(found.answered), expected=found.expected
        )
    )
    for person in (*found.missing, *found.answered, *found.others):
        output.line(person_words(person))
    return ExitCode.DONE


def person_words(person: Person) -> str:
    """Answer, name, unit, posts and telephone in one line."""
    said = CATALOGUE["ack"].fields["answer"]
    answer = option_label(said, person.answer) if person.answer else _("no answer")
    roles = CATALOGUE["staff"].fields["posts"]
    posts = join_words([option_label(roles, post) for post in person.posts])
    parts = (answer, person.name or "-", person.unit, posts, person.phone, person.note)
    return "  ".join(part for part in parts if part)
