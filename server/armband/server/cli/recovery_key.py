"""``armband-server recovery-key FILE``: a new key that opens the backups to come."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.server.recovery import make_recovery_key


def add_parser(subparsers: Any) -> None:
    """Add ``recovery-key``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "recovery-key",
        help="make a new key that opens the backups to come",
        description="Make a new recovery key, when the old one is lost or somebody has seen it. "
        "Backups made before still need the old one: make a new backup at once.",
    )
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write it: a new file")


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make it, and say what it is for."""
    environment = real_environment()
    async with open_desk(args.data, environment) as desk:
        about = await desk.call("office")
        make_recovery_key(args.data, args.file, about["office"], environment.random_bytes)
    if out.as_json:
        out.json({"office": about["office"], "recovery_key": str(args.file)})
        return ExitCode.DONE
    out.line(f"{args.file} opens the backups of {about['name']} from now on")
    out.note("keep it away from the backups, and make a new backup at once")
    return ExitCode.DONE
