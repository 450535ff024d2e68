"""A store's database without a thread: the same ``write`` and ``read`` as the drivers have.

A transaction is one function, run at once. A seeded pause before it stands for the disk's queue, so
that other tasks come in between, as they do in production.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class InlineDatabase:
    """One connection in this thread, writing in explicit transactions."""

    def __init__(self, path: Path | str, rng: random.Random, delay_max_s: float = 0.02) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A simulated crash closes the connection and keeps the page cache: fsync would only cost.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=MEMORY")
        self._rng = rng
        self._delay_max_s = delay_max_s
        self._lock = asyncio.Lock()
        self.commits = 0

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction and return its result once it is committed."""
        async with self._lock:
            await asyncio.sleep(self._rng.uniform(0, self._delay_max_s))
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            self.commits += 1
            return result

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work``, which only reads."""
        await asyncio.sleep(self._rng.uniform(0, self._delay_max_s / 4))
        return work(self._connection)

    async def close(self) -> None:
        """Close it, as a crash would: whatever is not committed is gone."""
        self._connection.close()
