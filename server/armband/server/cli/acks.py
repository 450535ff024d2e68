"""``armband-server acks``: who has acknowledged a notice, and who has not, by name."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.desk_office import PAGE_RECORDS, DeskOffice
from armband.server.errors import NotFound
from armband.server.exit_codes import ExitCode
from armband.shared.days import day_of
from armband.shared.kinds import View, kind_named
from armband.shared.notice_report import AckReport, Person, ack_report

_COLUMNS = ("answer", "name", "unit", "posts", "phone", "at", "note")


def add_parser(subparsers: Any) -> None:
    """Add ``acks``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "acks",
        help="who has acknowledged a notice, and who has not",
        description="Everyone who is expected to acknowledge a notice, by name; first those who "
        "have not.",
    )
    parser.add_argument(
        "notice", nargs="?", default="", metavar="NOTICE", help="title or id (default: the newest)"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Print the list."""
    environment = real_environment()
    async with open_desk(args.data, environment) as desk:
        office = await DeskOffice.reach(desk)
        notice = _named(args.notice, await _views(office, "notice", office.code))
        report = ack_report(
            notice,
            await _views(office, "staff", office.code),
            await _views(office, "post", office.code),
            [
                ack
                for ack in await _views(office, "ack", notice.unit)
                if ack.text("notice") == notice.id.hex()
            ],
            day_of(environment.now_ms(), office.policy),
        )
    if out.as_json:
        out.json(report)
    else:
        _print(report, out)
    return ExitCode.DONE


async def _views(office: DeskOffice, kind: str, unit: str) -> list[View]:
    found: list[View] = []
    after: tuple[str, bytes] | None = None
    while True:
        page = await office.records(kind, unit, after, PAGE_RECORDS)
        found += page.views
        if page.after is None:
            return found
        after = page.after


def _named(text: str, notices: list[View]) -> View:
    there = [notice for notice in notices if not notice.void]
    fits = [n for n in there if not text or text in (n.id.hex(), n.text("title"))]
    if not fits:
        named = f" called {text!r}" if text else ""
        raise NotFound(f"there is no notice{named}; armband-server export notice lists them")
    return max(fits, key=lambda notice: (str(notice.fields.get("at", 0)).zfill(20), notice.id))


def _print(report: AckReport, out: Output) -> None:
    out.line(f"{report.title}: {len(report.answered)} of {report.expected} have answered")
    people = [*report.missing, *report.answered, *report.others]
    if people:
        out.table(_COLUMNS, [_row(person) for person in people])


def _row(person: Person) -> tuple[str, ...]:
    return (
        _label("ack", "answer", person.answer) if person.answer else "-",
        person.name,
        person.unit,
        ", ".join(_label("staff", "posts", post) for post in person.posts),
        person.phone,
        moment(person.at) if person.at else "",
        person.note,
    )


def _label(kind: str, field: str, code: str) -> str:
    options = kind_named(kind).fields[field].options
    return next((option.label for option in options if option.code == code), code)
