"""Telling the dispatcher that a case has arrived: an ordinary small operation, made by itself.

The dispatcher's screen says "undelivered" until a terminal of the addressee has the case. Whether
it has been told follows from the record, so that nothing is told twice, also after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from armband.client.errors import StoreUnusable
from armband.client.model import Event, IdentityChanged, RecordsChanged
from armband.shared.errors import ArmbandError
from armband.shared.fields import Patch

_CONCERNED = frozenset({"case", "staff"})
Undelivered = Callable[[], Awaitable[list[tuple[bytes, int]]]]


class Recorder(Protocol):
    """What is needed of `terminal.Terminal`."""

    async def change(self, record: bytes, patch: Patch) -> object:
        """Change a record."""


class Deliveries:
    """Looks for cases that have arrived whenever cases have changed.

    Args:
        terminal: records the arrival.
        undelivered: what has arrived and does not say so, with the moment of its dispatch.
        now_ms: the clock.
    """

    def __init__(
        self, terminal: Recorder, undelivered: Undelivered, now_ms: Callable[[], int]
    ) -> None:
        self._terminal = terminal
        self._undelivered = undelivered
        self._now_ms = now_ms
        self._told: set[tuple[bytes, int]] = set()
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def hear(self, event: Event) -> None:
        """Look again when this may change what has arrived, or for whom."""
        changed = isinstance(event, RecordsChanged) and not event.kinds.isdisjoint(_CONCERNED)
        if changed or isinstance(event, IdentityChanged):
            self.look()

    def look(self) -> None:
        """Tell what has arrived, in the background; one look at a time."""
        self._again = True
        if self._task is None:
            self._task = asyncio.ensure_future(self._look())
            self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        error = task.exception()
        # A disk that refuses is told by whatever somebody does next; the next change looks again.
        if error is not None and not isinstance(error, StoreUnusable):
            context = {"message": "arrivals are not told", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)

    async def _look(self) -> None:
        while self._again:
            self._again = False
            for record, dispatched_ms in await self._undelivered():
                if (record, dispatched_ms) not in self._told:
                    await self._tell(record, dispatched_ms)

    async def _tell(self, record: bytes, dispatched_ms: int) -> None:
        # Once in the life of a process, whatever becomes of it: the office may refuse it.
        self._told.add((record, dispatched_ms))
        # This clock may be behind the dispatcher's; nothing arrives before it is sent.
        arrived_ms = max(self._now_ms(), dispatched_ms)
        try:
            await self._terminal.change(
                record, {"delivered_at": arrived_ms, "delivered_of": dispatched_ms}
            )
        except StoreUnusable:
            self._told.discard((record, dispatched_ms))
            raise
        except ArmbandError:
            return

    async def settled(self) -> None:
        """Wait until what has arrived so far is told, or could not be."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop looking; a write that has begun is finished by the engine."""
        if self._task is not None:
            task = self._task
            task.cancel()
            await asyncio.wait([task])
