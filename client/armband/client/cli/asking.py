"""Asking the terminal in DIR for a report: here, or at the process that holds the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from armband.client.errors import StoreHeld
from armband.client.handover import ASK, ask_holder
from armband.client.headless.reports import answer
from armband.client.terminal import open_terminal
from armband.client.world import real_environment


def ask(data_dir: Path, what: str, args: Mapping[str, Any]) -> Any:
    """The answer as plain data.

    Raises:
        StoreHeld: somebody holds the store and does not answer.
        ClientError: with what is wrong.
    """
    return asyncio.run(_ask(data_dir, {"what": what, "args": dict(args)}))


async def _ask(data_dir: Path, asked: Mapping[str, Any]) -> Any:
    try:
        async with open_terminal(data_dir, real_environment()) as terminal:
            return await answer(terminal, asked)
    except StoreHeld as error:
        held = error
    try:
        return await ask_holder(data_dir, ASK, asked)
    except OSError:
        raise held from None
