"""``armband-server retention``: how long each kind is kept, why, and what is past its term."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.server.retention import Kept


def add_parser(subparsers: Any) -> None:
    """Add ``retention``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "retention",
        help="how long each kind is kept, why, and what is past its term",
        description="For each kind of record: for how many days it is kept and what for, how many "
        "there are, and how many are past their term. Only shows: nothing is removed. Terms are "
        "set with: policy set.",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Show the table."""
    async with open_desk(args.data, real_environment()) as desk:
        rows = msgspec.convert(await desk.call("retention"), list[Kept])
    if out.as_json:
        out.json({"kinds": rows})
        return ExitCode.DONE
    heads = ("kind", "days", "records", "past", "oldest", "what for")
    out.table(
        heads,
        [
            (one.kind, _term(one.days), str(one.records), str(one.past), one.oldest, one.purpose)
            for one in rows
        ],
    )
    past = sum(one.past for one in rows)
    if past:
        out.note(f"{past} are past their term; this release shows them and removes nothing")
    return ExitCode.DONE


def _term(days: int) -> str:
    return str(days) if days else "-"
