"""A store's database without threads, with a disk that takes its time and a process that can die.

It has the ``write``, ``read`` and ``close`` of both sides' ports. A transaction is one function,
run in one go; a seeded pause before and after it stands for the disk, so that other tasks come in
between and a crash can fall before the commit, or after it and before anybody knows.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class SimDatabase:
    """One connection in this thread."""

    def __init__(self, path: Path, rng: random.Random, delay_max_s: float = 0.02) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # A simulated crash closes the connection and keeps the page cache: fsync would only cost.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=MEMORY")
        self._rng = rng
        self._delay_max_s = delay_max_s
        self._lock = asyncio.Lock()
        self._under_way: dict[int, asyncio.Task[Any]] = {}
        self._count = 0
        self.dead = False

    def prepare(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run ``work`` on the bare connection, before anything else: the schema."""
        work(self._connection)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction; once begun it ends, whatever becomes of the caller."""
        task = asyncio.ensure_future(self._write(work))
        self._count += 1
        number = self._count
        self._under_way[number] = task
        task.add_done_callback(lambda done: self._done(number, done))
        return await asyncio.shield(task)

    def _done(self, number: int, task: asyncio.Task[Any]) -> None:
        del self._under_way[number]
        if not task.cancelled():
            task.exception()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._lock:
            await self._disk(self._delay_max_s)
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            await self._disk(self._delay_max_s / 2)
            return result

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on one moment."""
        await self._disk(self._delay_max_s / 4)
        self._connection.execute("BEGIN")
        try:
            return work(self._connection)
        finally:
            self._connection.execute("ROLLBACK")

    async def _disk(self, most_s: float) -> None:
        self._alive()
        await asyncio.sleep(self._rng.uniform(0, most_s))
        self._alive()

    def _alive(self) -> None:
        if self.dead:
            # To whoever asks, as if its own process had been killed: nothing returns, nothing runs.
            raise asyncio.CancelledError("the process is gone")

    def kill(self) -> None:
        """The process dies now: what is committed stays, nothing else happens any more."""
        self.dead = True

    async def close(self) -> None:
        """Let what has begun end, then close the file."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._connection.close()
