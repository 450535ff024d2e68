"""A database whose disk can be told to refuse, or to hold its breath."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from armband.server.errors import StoreError, StoreFull
from armband.server.store.database import Database

T = TypeVar("T")


class FailingDisk:
    """Passes everything on to a real database while it is well."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.failure: StoreError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.commits = 0
        self.refused = 0

    def fill(self) -> None:
        """The disk is full from now on."""
        self.failure = StoreFull("the disk is full")

    def clear(self) -> None:
        """There is room again."""
        self.failure = None

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        await self.gate.wait()
        if self.failure is not None:
            failure = self.failure

            def full(conn: sqlite3.Connection) -> T:
                work(conn)
                raise failure

            self.refused += 1
            return await self._database.write(full)
        self.commits += 1
        return await self._database.write(work)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._database.read(work)

    async def close(self) -> None:
        await self._database.close()
