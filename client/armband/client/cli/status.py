"""``armband status``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import msgspec

from armband.client.cli.output import Output
from armband.client.cli.status_words import print_status
from armband.client.errors import StoreHeld
from armband.client.exit_codes import ExitCode
from armband.client.handover import STATUS, ask_holder
from armband.client.keys import store_key
from armband.client.model import SyncStatus
from armband.client.store.peek import peek_status
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Say where this terminal's records stand; works while another process holds the store."""
    print_status(asyncio.run(_status(arguments.data)), output)
    return ExitCode.DONE


async def _status(data_dir: Path) -> SyncStatus:
    try:
        async with open_terminal(data_dir, real_environment()) as terminal:
            return terminal.status
    except StoreHeld:
        try:
            answer = await ask_holder(data_dir, STATUS, {})
        except OSError:
            # The holder answers nobody (a command that is about to end): read beside it.
            return peek_status(data_dir / STORE_FILE, store_key(data_dir))
        return msgspec.convert(answer, SyncStatus)
