"""Tasks that belong to a simulated process: they die with it, and their failures are seen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Beside:
    """What runs beside the product's own tasks in one process."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` until it ends or the process does."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(_seen)
        self._tasks.append(task)

    async def end(self) -> None:
        """The process ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


def _seen(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        context = {"message": "beside a process", "exception": error}
        task.get_loop().call_exception_handler(context)
