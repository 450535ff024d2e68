"""Where a terminal's records stand, also while another process holds its store."""

from __future__ import annotations

from pathlib import Path

import msgspec

from armband.client.errors import StoreHeld
from armband.client.handover import STATUS, ask_holder
from armband.client.keys import store_key
from armband.client.model import SyncStatus
from armband.client.store.peek import peek_status
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.client.world import real_environment


async def status_of(data_dir: Path) -> SyncStatus:
    """The status of the terminal in ``data_dir``.

    Raises:
        NotEnrolled: there is none.
        StoreUnusable: its store is damaged or locked.
    """
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
