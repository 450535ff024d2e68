"""``armband`` without a command: the screens."""

from __future__ import annotations

import argparse
from pathlib import Path

from armband.client.cli.output import Output
from armband.client.cli.until_told import run_until_told
from armband.client.exit_codes import ExitCode
from armband.client.holding import hold_online
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, _output: Output) -> ExitCode:
    """Open the screens on the terminal in DIR."""
    run_until_told(_show(arguments.data))
    return ExitCode.DONE


async def _show(data_dir: Path) -> None:
    environment = real_environment()
    async with hold_online(data_dir, environment) as (terminal, _link):
        # Imported here, and nowhere else outside of tui: textual is not for headless commands.
        from armband.client.tui.app import ArmbandApp

        terminal.go_online()
        await ArmbandApp(terminal, environment).run_async()
