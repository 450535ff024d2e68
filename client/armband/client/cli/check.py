"""``armband check``."""

from __future__ import annotations

import argparse
import asyncio
import sys

from armband.client.cli.lines import new_ids, print_outcome, run_here_or_there
from armband.client.cli.output import Output
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.handover import CHECK
from armband.client.headless.checking import check_lines
from armband.client.i18n import _


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Record each line as the lane would."""
    lines, checkpoint = _lines(arguments.lines), arguments.checkpoint or ""
    ids = new_ids(len(lines))
    work = run_here_or_there(
        arguments.data,
        CHECK,
        {"lines": lines, "checkpoint": checkpoint, "ids": ids},
        lambda terminal: check_lines(terminal, lines, checkpoint, ids),
    )
    return print_outcome(asyncio.run(work), output)


def _lines(words: list[str]) -> list[str]:
    """The lines, from standard input for ``-``: arguments of a process can be seen by others."""
    if words != ["-"]:
        return words
    if sys.stdin is None:
        raise Usage(_("standard input is closed"))
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Usage(_("standard input is not in UTF-8")) from None
    return [line for line in text.splitlines() if line.strip()]
