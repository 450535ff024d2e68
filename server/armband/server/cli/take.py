"""``armband-server take FILE``: what a terminal without network sends by hand."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.shared.carried import MAX_FILE


def add_parser(subparsers: Any) -> None:
    """Add ``take``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "take",
        help="take in a file of unsent work",
        description="Take in what 'armband export-unsent' wrote, as if the terminal had sent it. "
        "Taking a file twice changes nothing. Exit code 1 when some of it was kept aside.",
    )
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Take it in and say what became of it."""
    content = _read(args.file)
    async with open_desk(args.data, real_environment()) as desk:
        taken = await desk.call("take", {"content": content})
    if out.as_json:
        out.json(taken)
    else:
        outcomes = ", ".join(f"{count:,} {name}" for name, count in taken["outcomes"].items())
        out.line(
            f"{taken['terminal']} ({taken['person']}), written {moment(taken['written_ms'])}: "
            f"{taken['operations']:,} operations, {taken['known']:,} held before; {outcomes}"
        )
        for counter, reason in taken["refused"]:
            out.line(f"operation {counter} is kept aside: {reason}")
    return ExitCode.REFUSED if taken["refused"] else ExitCode.DONE


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadRequest(f"{path} is too large to be such a file: at most {MAX_FILE:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}") from None
