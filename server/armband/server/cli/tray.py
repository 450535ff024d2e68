"""``armband-server tray``: what terminals handed in and the office keeps aside, with the reason."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common, positive
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode

_COLUMNS = ("id", "terminal", "received", "reason", "detail")
_DEFAULT_LIMIT = 100


def add_parser(subparsers: Any) -> None:
    """Add ``tray``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "tray",
        help="list what was refused",
        description="List the newest operations that are kept aside. A terminal lists its own too, "
        "and mends them there.",
    )
    add_common(parser)
    parser.add_argument(
        "--limit",
        type=positive,
        default=_DEFAULT_LIMIT,
        metavar="N",
        help="how many (default: 100)",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """List them, the newest first."""
    async with open_desk(args.data, real_environment()) as desk:
        kept = await desk.call("quarantine", {"limit": args.limit})
    if out.as_json:
        out.json({"refused": kept})
    elif kept:
        rows = [
            (op["id"], op["terminal"], moment(op["received_ms"]), op["reason"], op["detail"])
            for op in kept
        ]
        out.table(_COLUMNS, rows)
    else:
        out.note("nothing is kept aside")
    return ExitCode.DONE
