"""``armband completion``: what a shell needs to complete the commands and their options."""

from __future__ import annotations

import argparse

from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print the script for a shell."""
    # Imported here: shells ask for it once.
    import shtab

    from armband.client.cli.arguments import parser

    output.line(shtab.complete(parser(), arguments.shell).rstrip("\n"))
    return ExitCode.DONE
