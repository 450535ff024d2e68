"""``armband status``."""

from __future__ import annotations

import argparse
import asyncio

from armband.client.cli.output import Output
from armband.client.cli.status_words import print_status
from armband.client.exit_codes import ExitCode
from armband.client.standing import status_of


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Say where this terminal's records stand; works while another process holds the store."""
    print_status(asyncio.run(status_of(arguments.data)), output)
    return ExitCode.DONE
