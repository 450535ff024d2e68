"""What every kind of fault is made of."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world import World

PATIENCE_S = 8.0
"""How long a fault waits for its moment."""
Trouble = Callable[["World", random.Random], Awaitable[None]]


async def a_turn(rng: random.Random) -> None:
    """Let a few turns of the loop go by, so that the moment falls between any two awaits."""
    for _ in range(rng.randrange(12)):
        await asyncio.sleep(0)


async def within(event: asyncio.Event) -> bool:
    """Whether it happens while a fault is patient."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await event.wait()
            return True
    return False
