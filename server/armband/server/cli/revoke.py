"""``armband-server revoke``: trust a terminal no more."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode


def add_parser(subparsers: Any) -> None:
    """Add ``revoke``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "revoke",
        help="trust a terminal no more",
        description="End a terminal's session and its rights at once. What it still hands in is "
        "kept aside (see tray).",
    )
    add_common(parser)
    parser.add_argument("id", metavar="ID", help="the terminal's name (T001) or its id")


async def run(args: argparse.Namespace, out: Output) -> int:
    """Revoke it; revoking twice is fine."""
    async with open_desk(args.data, real_environment()) as desk:
        terminal = await desk.call("revoke", {"id": args.id})
    if out.as_json:
        out.json(terminal)
    else:
        out.line(f"revoked {terminal['terminal']} ({terminal['person']})")
    return ExitCode.DONE
