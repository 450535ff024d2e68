"""The feed of one terminal: from the store until it has caught up, then from the hub."""

from __future__ import annotations

from armband.server.follower import Follower
from armband.server.hub import Hub
from armband.server.model import FeedPage
from armband.server.office import Office
from armband.shared import limits, wire

IDLE_S = 30.0
"""A terminal whose scope is quiet is told this often how far the office has come."""


class Feeder:
    """Makes the feed frames of one connection, in order; nobody else moves its cursor.

    Attributes:
        reading_store: whether the next frame comes from the store.
    """

    def __init__(self, office: Office, hub: Hub, follower: Follower, cursor: int) -> None:
        self._office = office
        self._hub = hub
        self._follower = follower
        self._cursor = cursor
        self._fed_at_s = 0.0
        self.reading_store = True

    async def frames(self, now_s: float) -> list[bytes]:
        """The next frames of the feed; none when there is nothing to say."""
        if self.reading_store or self._follower.behind:
            self._fed_at_s = now_s
            return await self._from_store()
        if self._follower.waiting or self.due_s() <= now_s:
            self._fed_at_s = now_s
            return self._from_hub()
        return []

    def due_s(self) -> float:
        """Loop time at which to look how far the office has come, although nothing woke us."""
        return self._fed_at_s + IDLE_S

    async def _from_store(self) -> list[bytes]:
        # What is committed after the page was read is collected meanwhile; if that overflows, the
        # follower is behind again and the next page follows.
        self._follower.reset(behind=False)
        self.reading_store = True
        reader = self._follower.reader
        page = await self._office.feed_page(self._cursor, reader.role, reader.scope)
        frames = await self._page_frames(page)
        self._cursor = page.to_seq
        if page.digest is not None:
            self.reading_store = False
            digest = page.digest
            caught_up = wire.CaughtUp(digest.seq, digest.hist, digest.digest, digest.count)
            frames.append(wire.encode(caught_up))
        return frames

    async def _page_frames(self, page: FeedPage) -> list[bytes]:
        if page.to_seq == self._cursor and not page.rows and not page.left:
            return []
        return await self._fit(self._cursor, page.to_seq, page.hist, page.rows, page.left)

    async def _fit(
        self, from_seq: int, to_seq: int, hist: bytes, rows: list[wire.FeedRow], left: list[bytes]
    ) -> list[bytes]:
        """One frame, or as many as it takes for each to be within `limits.MAX_FRAME`."""
        feed = wire.Feed(from_seq, to_seq, hist, wire.pack_list(rows), left)
        frame = wire.encode(feed)
        if len(frame) <= limits.MAX_FRAME or len(rows) <= 1:
            return [frame]
        middle = len(rows) // 2
        between = rows[middle - 1].seq
        hist_between = await self._office.hist_at(between)
        assert hist_between is not None, "a seq of the store has its history"
        return [
            *await self._fit(from_seq, between, hist_between, rows[:middle], left),
            *await self._fit(between, to_seq, hist, rows[middle:], []),
        ]

    def _from_hub(self) -> list[bytes]:
        to_seq, hist = self._hub.seq, self._hub.hist
        changes, left = self._follower.take(self._cursor)
        if to_seq <= self._cursor:
            return []
        rows = [wire.FeedRow(change.seq, change.state) for change in changes]
        feed = wire.Feed(self._cursor, to_seq, hist, wire.pack_list(rows), left)
        self._cursor = to_seq
        return [wire.encode(feed)]
