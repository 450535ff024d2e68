"""``armband-server completion``: what a shell needs to complete the commands and their options."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.output import Output
from armband.server.exit_codes import ExitCode

SHELLS = ("bash", "zsh")


def add_parser(subparsers: Any) -> None:
    """Add ``completion``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "completion",
        help="print what a shell needs to complete commands",
        description="Print the script that completes the commands and their options.",
    )
    parser.add_argument("shell", choices=SHELLS)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Print the script for a shell."""
    # Imported here: shells ask for it once.
    import shtab

    from armband.server.cli import whole_parser

    out.line(shtab.complete(whole_parser(), args.shell).rstrip("\n"))
    return ExitCode.DONE
