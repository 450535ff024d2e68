"""Who was turned away: counted, and told to the audit log, whatever the flood, in a few rows."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress

from armband.server import bounds
from armband.server.audit_log import acting
from armband.server.errors import ServerError
from armband.server.office import Office

PERIOD_S = 60.0
_OTHERS = "others"

log = logging.getLogger(__name__)


class Refusals:
    """Refusals by cause since the start, and those that the audit log has not been told yet.

    The log gets one row for each address and cause of a minute. Beyond
    `bounds.REFUSED_ROWS_PER_MINUTE` of them, the addresses that come later are put together.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._some = asyncio.Event()
        self.counts: Counter[str] = Counter()

    def add(self, address: str, cause: str) -> None:
        """Count one; ``cause`` is a word of this program, never of the peer."""
        self.counts[cause] += 1
        key = (address, cause)
        if key not in self._waiting and len(self._waiting) >= bounds.REFUSED_ROWS_PER_MINUTE:
            key = (_OTHERS, cause)
        self._waiting[key] += 1
        self._some.set()

    async def follow(self) -> None:
        """Tell the log once a minute, for as long as there is something to tell."""
        while True:
            await self._some.wait()
            await asyncio.sleep(PERIOD_S)
            await self.flush()

    async def flush(self) -> None:
        """Tell the log now; what the disk does not take is told later, put together."""
        self._some.clear()
        waiting, self._waiting = self._waiting, Counter()
        for (address, cause), times in waiting.items():
            acting.set(f"peer {address}")
            try:
                await self._office.log("refused", cause, {"times": times})
            except ServerError:
                log.warning("refusals could not be written into the audit log")
                self._waiting += waiting
                return
            waiting[address, cause] = 0


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait until it is over."""
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
