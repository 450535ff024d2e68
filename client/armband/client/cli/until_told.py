"""Long commands end in an orderly way when they are told to: Ctrl-C and SIGTERM alike."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_told(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` on an event loop of its own.

    Raises:
        KeyboardInterrupt: SIGINT or SIGTERM came; ``work`` was cancelled and has cleaned up.
    """
    try:
        return asyncio.run(_listening(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _listening(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    assert task is not None, "runs inside of a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
