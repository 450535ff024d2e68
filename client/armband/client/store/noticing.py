"""A database that tells, once, that damage was met in it, whoever met it."""

from __future__ import annotations

from collections.abc import Callable

from armband.client.errors import StoreDamaged
from armband.client.store.connection import T, Work
from armband.client.store.driver import Database


class NoticingDatabase:
    """The database below, with ``on_damage`` called at the first `StoreDamaged`."""

    def __init__(self, below: Database) -> None:
        self._below = below
        self._told = False
        self.on_damage: Callable[[StoreDamaged], None] | None = None

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`."""
        try:
            return await self._below.write(work)
        except StoreDamaged as damage:
            self._tell(damage)
            raise

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        try:
            return await self._below.read(work)
        except StoreDamaged as damage:
            self._tell(damage)
            raise

    async def close(self) -> None:
        """See `Database.close`."""
        await self._below.close()

    def _tell(self, damage: StoreDamaged) -> None:
        if self.on_damage is not None and not self._told:
            self._told = True
            self.on_damage(damage)
