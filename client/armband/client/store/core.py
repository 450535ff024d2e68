"""What every part of the store's facade stands on: the database, and how stale is what was kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from armband.client.errors import StoreDamaged, StoreUnusable
from armband.client.store.connection import Work
from armband.client.store.driver import Database
from armband.client.store.noticing import NoticingDatabase
from armband.client.store.roster import Shifts, load_shifts
from armband.shared.kinds.shift import KIND as SHIFT_KIND
from armband.shared.kinds.unit import KIND as UNIT_KIND

T = TypeVar("T")
Kinds = frozenset[str]
"""Kinds whose records look different after a write."""


class StoreCore:
    """One database, and counters that rise with its writes."""

    def __init__(self, database: Database) -> None:
        self._db = NoticingDatabase(database)
        self._changes = 0
        """Rises with every write."""
        self._others = 0
        """Rises with every write that is not the recording of somebody's work here."""
        self.shifts: Shifts = {}
        """Which shifts stand when; as new as the last write."""
        self._unit_changes = 0
        """Rises when units look different."""

    def on_damage(self, tell: Callable[[StoreDamaged], None]) -> None:
        """Call ``tell`` once, when a read or write meets damage."""
        self._db.on_damage = tell

    async def close(self) -> None:
        """Finish what runs and close the file."""
        await self._db.close()

    async def _write(
        self, work: Work[tuple[T, Kinds]], *, is_save: bool = False
    ) -> tuple[T, Kinds]:
        """A write that changes what reads see: what was kept of earlier reads is stale."""
        try:
            result, kinds = await self._db.write(work)
        finally:
            self._changes += 1
            self._others += not is_save
        self._unit_changes += UNIT_KIND.name in kinds
        if SHIFT_KIND.name in kinds:
            # What was written is on the disk: a read that fails now must not say otherwise.
            with suppress(StoreUnusable):
                await self.load_shifts()
        return result, kinds

    async def load_shifts(self) -> None:
        """Look at the shifts again."""
        self.shifts = await self._db.read(load_shifts)

    async def _change(self, work: Work[Kinds]) -> Kinds:
        """As `_write`, for work that gives nothing but the changed kinds."""
        _nothing, kinds = await self._write(lambda conn: (None, work(conn)))
        return kinds
