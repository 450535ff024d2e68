"""``armband-server audit``: recount everything, or verify and show the audit log."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from armband.server.audit_log import LogHead, LogRow, check_log, parse_head
from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import Desk, open_desk
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.server.exports.render import moment_text
from armband.shared.days import day_of, is_day
from armband.shared.policy import Policy


def add_parser(subparsers: Any) -> None:
    """Add ``audit``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "audit",
        help="recount everything and compare; the audit log",
        description="Recount every figure from the records, check the history chain, and print "
        "each difference. Exit code 1 when there is one. With --log: verify the audit log and show "
        "it; exit code 1 when its chain is broken.",
    )
    parser.add_argument("--log", action="store_true", help="the audit log instead")
    parser.add_argument("--from", dest="day_from", default="", metavar="DAY", help="first day")
    parser.add_argument("--to", dest="day_to", default="", metavar="DAY", help="last day")
    parser.add_argument("--action", metavar="ACTION", help="rows of this action alone")
    parser.add_argument(
        "--expect", metavar="HEAD", help="a head that was kept elsewhere: nothing since is cut off"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Audit the office."""
    if args.log:
        return await _log(args, out)
    for option in ("day_from", "day_to", "action", "expect"):
        if getattr(args, option):
            raise BadRequest("--from, --to, --action and --expect go with --log")
    return await _recount(args, out)


async def _recount(args: argparse.Namespace, out: Output) -> int:
    async with open_desk(args.data, real_environment()) as desk:
        report = await desk.call("audit")
    differences = report["differences"]
    if out.as_json:
        out.json(report)
    else:
        for difference in differences:
            out.line("; ".join(f"{name} {value}" for name, value in difference.items()))
        out.line(
            f"{report['records']:,} records, {report['cells']:,} cells, "
            f"{report['operations']:,} operations: {len(differences)} differences"
        )
    return ExitCode.REFUSED if differences else ExitCode.DONE


async def _log(args: argparse.Namespace, out: Output) -> int:
    for day in (args.day_from, args.day_to):
        if day and not is_day(day):
            raise BadRequest(f"{day!r} is no day; write it as 2022-03-28")
    try:
        expect = parse_head(args.expect) if args.expect else None
    except ValueError as error:
        raise BadRequest(f"--expect: {error}") from None
    async with open_desk(args.data, real_environment()) as desk:
        policy = msgspec.convert((await desk.call("office"))["policy"], Policy)
        rows = await _rows(desk)
    head, problem, shown = LogHead(), "", []
    for found in check_log(rows, expect):
        if isinstance(found, str):
            problem = found
            continue
        head = LogHead(found.number, found.hash)
        day = day_of(found.entry.at_ms, policy)
        within = (args.day_from or day) <= day <= (args.day_to or day)
        if within and args.action in (None, found.entry.action):
            shown.append(found)
    if out.as_json:
        out.json({"rows": [_plain(row) for row in shown], "head": str(head), "problem": problem})
    else:
        for row in shown:
            out.line(_line(row, policy))
        out.line(f"head {head}")
        if problem:
            out.note(f"the log is broken: {problem}")
    return ExitCode.REFUSED if problem else ExitCode.DONE


async def _rows(desk: Desk) -> list[LogRow]:
    rows: list[LogRow] = []
    while True:
        args = {"after": rows[-1].number if rows else -1}
        page = msgspec.convert(await desk.call("log", args), list[LogRow])
        if not page:
            return rows
        rows += page


def _plain(row: LogRow) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(row.entry)
    return {"number": row.number, **said, "hash": row.hash.hex()}


def _line(row: LogRow, policy: Policy) -> str:
    entry = row.entry
    details = ", ".join(f"{name} {value}" for name, value in entry.details.items())
    parts = (
        str(row.number),
        moment_text(entry.at_ms, policy.utc_offset_min),
        entry.actor,
        entry.action,
        entry.object,
        details,
    )
    return "  ".join(part for part in parts if part)
