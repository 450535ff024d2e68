"""The store together with what the screens are told: every write ends in news."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import msgspec

from armband.client.announcer import Announcer
from armband.client.errors import StoreUnusable
from armband.client.model import Identity, SyncStatus
from armband.client.store.store import Kinds, Store
from armband.client.sync_port import Batch, LinkState, RollupPart, SyncPoint
from armband.shared import wire
from armband.shared.environment import Environment

T = TypeVar("T")


class Engine:
    """One opened store, its newest status and identity, and its listeners.

    It is the link's `sync_port.Replica`.
    """

    def __init__(
        self, store: Store, environment: Environment, identity: Identity, status: SyncStatus
    ) -> None:
        self.store = store
        self.environment = environment
        self.identity = identity
        self.announcer = Announcer()
        self._counts = status
        self._link = LinkState(revoked=status.revoked)
        self._welcomed: tuple[int, float] | None = None
        """The office's time at the newest welcome, and the loop's when it was taken up."""
        self._running: dict[asyncio.Task[Any], None] = {}
        store.on_damage(lambda damage: self.announcer.damage(str(damage)))

    @property
    def status(self) -> SyncStatus:
        """The counts of the newest write, with the state of the connection."""
        link = self._link
        stored = self._counts.last_contact
        heard = [moment for moment in (stored, link.last_contact) if moment is not None]
        return msgspec.structs.replace(
            self._counts,
            last_contact=max(heard, default=None),
            connected=link.connected,
            catching_up=link.catching_up,
            office_writable=link.office_writable,
            clock_offset_ms=link.clock_offset_ms,
            revoked=self._counts.revoked or link.revoked,
            problem=link.problem,
        )

    async def settled(self, write: Coroutine[Any, Any, tuple[T, Kinds]]) -> T:
        """Finish a write with its news, even when the caller is cancelled meanwhile."""
        task = asyncio.ensure_future(self._settle(write))
        self._running[task] = None
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.pop(task, None)
        if not task.cancelled():
            # Marks the error as seen, for a caller that was cancelled meanwhile.
            task.exception()

    async def _settle(self, write: Coroutine[Any, Any, tuple[T, Kinds]]) -> T:
        result, kinds = await write
        self.announcer.records(kinds)
        try:
            await self.refresh_status()
        except StoreUnusable:
            # The write is on the disk: failing now would make its author record it twice.
            return result
        return result

    async def close(self) -> None:
        """Finish what is being saved, news and all, and close the store."""
        while self._running:
            await asyncio.wait(list(self._running))
        await self.store.close()

    async def refresh_status(self) -> None:
        """Count anew what the sync line shows."""
        counts = await self.store.status()
        if counts != self._counts:
            self._counts = counts
            self.announcer.status(self.status)

    # -- sync_port.Replica ------------------------------------------------------------------

    async def sync_point(self) -> SyncPoint:
        """See `sync_port.Replica`, as for all below."""
        return await self.store.sync_point()

    async def adopt_welcome(
        self, welcome: wire.Welcome, *, new_epoch: bool, clear_base: bool, now_ms: int
    ) -> None:
        """Role, scope, policy, person and epoch; what waits again."""

        async def write() -> tuple[Identity, Kinds]:
            return await self.store.adopt_welcome(
                welcome, new_epoch=new_epoch, clear_base=clear_base, now_ms=now_ms
            )

        self._welcomed = (welcome.now_ms, asyncio.get_running_loop().time())
        identity = await self.settled(write())
        if identity != self.identity:
            self.identity = identity
            self.announcer.identity(identity)

    async def waiting(self, after: int, max_ops: int, max_bytes: int) -> Batch | None:
        """The next operations to push."""
        return await self.store.waiting(after, max_ops, max_bytes)

    async def apply_receipts(self, receipts: wire.Receipts, now_ms: int) -> None:
        """What the office answered."""
        office_now_ms = self._office_now_ms(now_ms)
        await self.settled(_plain(self.store.apply_receipts(receipts, now_ms, office_now_ms)))

    def _office_now_ms(self, now_ms: int) -> int:
        """The office's time, by a clock that nobody sets: the wall's may have jumped since."""
        if self._welcomed is None:
            return now_ms
        office_ms, at_s = self._welcomed
        return office_ms + round((asyncio.get_running_loop().time() - at_s) * 1000)

    async def apply_feed(self, feed: wire.Feed, rows: Sequence[wire.FeedRow], now_ms: int) -> None:
        """A frame of the office's records."""
        live = self._link.connected and not self._link.catching_up
        await self.settled(_plain(self.store.apply_feed(feed, rows, now_ms, live=live)))

    async def caught_up(self, caught: wire.CaughtUp, now_ms: int) -> bool:
        """Whether the base is what the office says it must be."""
        return await self.settled(self.store.caught_up(caught, now_ms))

    async def rebuild(self) -> None:
        """Empty the base."""
        await self.settled(_plain(self.store.rebuild()))

    async def apply_rollup(self, sub: wire.Subscribe, frames: Sequence[RollupPart]) -> None:
        """Figures of one moment."""
        await self.store.apply_rollup(sub, frames)
        self.announcer.rollups()

    async def report(self) -> wire.Report:
        """What the office's list of terminals shows of this one."""
        counts = await self.store.status()
        return wire.Report(counts.written, counts.waiting, counts.refused, counts.conflicts)

    async def all_answered(self) -> bool:
        """Whether no operation waits."""
        return (await self.store.status()).waiting == 0

    def link_changed(self, state: LinkState) -> None:
        """The connection has changed."""
        before = self.status
        self._link = state
        if self.status != before:
            self.announcer.status(self.status)


async def _plain(write: Coroutine[Any, Any, Kinds]) -> tuple[None, Kinds]:
    return None, await write
