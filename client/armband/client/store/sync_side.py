"""The part of the store's facade that the link drives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from armband.client.model import Identity
from armband.client.store import answers, base, chain, figures, tables
from armband.client.store.core import Kinds, StoreCore
from armband.client.store.driver import Database
from armband.client.store.undelivered import load_undelivered
from armband.client.sync_port import Batch, RollupPart, SyncPoint
from armband.shared import wire


class SyncSide(StoreCore):
    """Where the terminal stands in its chain and in the office's feed, and what moves it on."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._proved = False

    async def sync_point(self) -> SyncPoint:
        """What the next hello says."""
        return await self._db.read(tables.load_sync_point)

    async def waiting(self, after: int, max_ops: int, max_bytes: int) -> Batch | None:
        """The first run of consecutive waiting operations above ``after``."""
        return await self._db.read(
            partial(chain.waiting, after=after, max_ops=max_ops, max_bytes=max_bytes)
        )

    async def adopt_welcome(
        self, welcome: wire.Welcome, *, new_epoch: bool, clear_base: bool, now_ms: int
    ) -> tuple[Identity, Kinds]:
        """See `sync_port.Replica.adopt_welcome`."""
        return await self._write(
            partial(
                answers.adopt_welcome,
                welcome=welcome,
                new_epoch=new_epoch,
                clear_base=clear_base,
                now_ms=now_ms,
            )
        )

    async def apply_receipts(
        self, receipts: wire.Receipts, now_ms: int, office_now_ms: int
    ) -> Kinds:
        """Answer waiting operations."""
        return await self._change(
            partial(
                answers.apply_receipts,
                receipts=receipts,
                now_ms=now_ms,
                office_now_ms=office_now_ms,
            )
        )

    async def apply_feed(
        self, feed: wire.Feed, rows: Sequence[wire.FeedRow], now_ms: int, *, live: bool = False
    ) -> Kinds:
        """Take a feed frame in; ``live`` when the base was complete before it.

        Raises:
            ProtocolViolation: it does not start at the cursor; nothing is changed.
        """
        return await self._change(
            partial(base.apply_feed, feed=feed, rows=rows, now_ms=now_ms, live=live)
        )

    async def caught_up(self, caught: wire.CaughtUp, now_ms: int) -> tuple[bool, Kinds]:
        """Compare the base with the office's; the first time from the rows themselves."""
        agree, kinds = await self._write(
            partial(base.caught_up, caught=caught, now_ms=now_ms, whole=not self._proved)
        )
        self._proved = agree
        return agree, kinds

    async def undelivered(self) -> list[tuple[bytes, int]]:
        """Cases that have arrived here and do not say so; see `undelivered.load_undelivered`."""
        return await self._db.read(load_undelivered)

    async def rebuild(self) -> Kinds:
        """Empty the base; the next hello asks for everything."""
        self._proved = False
        return await self._change(answers.rebuild)

    async def apply_rollup(self, sub: wire.Subscribe, parts: Sequence[RollupPart]) -> None:
        """Take in the roll-up frames of one moment."""
        await self._change(partial(figures.apply_rollup, sub=sub, parts=parts))
