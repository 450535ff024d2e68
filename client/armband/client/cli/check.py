"""``armband check``."""

from __future__ import annotations

import argparse
import asyncio

from armband.client.cli.lines import new_ids, print_outcome, run_here_or_there
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.handover import CHECK
from armband.client.headless.checking import check_lines


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Record each line as the lane would."""
    lines, checkpoint = arguments.lines, arguments.checkpoint or ""
    ids = new_ids(len(lines))
    work = run_here_or_there(
        arguments.data,
        CHECK,
        {"lines": lines, "checkpoint": checkpoint, "ids": ids},
        lambda terminal: check_lines(terminal, lines, checkpoint, ids),
    )
    return print_outcome(asyncio.run(work), output)
