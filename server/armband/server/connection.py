"""One admitted peer: one task reads and commits, exactly one task sends.

The sender drains, in this order: answers (receipts, histories), the feed, roll-ups, the office's
state and what a backup holds. All that waits is bounded; when answers pile up, the reader stops
reading. A peer that does not take a frame within `limits.SEND_TIMEOUT_S` is cut.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from armband.server import bounds
from armband.server.admission import Admitted
from armband.server.answers import history_frame, receipt_frames
from armband.server.commit.model import Batch, BatchResult
from armband.server.delivery import MAX_REASON, put, say_goodbye
from armband.server.errors import OfficeCannotWrite, UnknownPredecessor
from armband.server.feeder import Feeder
from armband.server.follower import Reader
from armband.server.gate import Pace
from armband.server.hub import Hub
from armband.server.model import Touch
from armband.server.office import Office
from armband.server.rollup_feeder import RollupFeeder, TooManyCells
from armband.server.session import (
    Close,
    Commit,
    Demand,
    Follow,
    Note,
    Session,
    State,
    TellHistory,
    Unfollow,
)
from armband.shared import limits, wire
from armband.shared.environment import Environment
from armband.shared.errors import BadFrame
from armband.shared.ops import link_all
from armband.shared.transport import Transport, TransportClosed

MAX_ANSWERS = limits.PUSH_WINDOW
"""Answers under way to one peer; beyond, nothing more is read from it."""

Answer = asyncio.Task[list[bytes]]


class Connection:
    """Drives one session over its transport until either side ends it."""

    def __init__(
        self,
        office: Office,
        hub: Hub,
        environment: Environment,
        transport: Transport,
        session: Session,
        admitted: Admitted,
    ) -> None:
        self._office = office
        self._environment = environment
        self._transport = transport
        self._session = session
        self._admitted = admitted
        self._woken = asyncio.Event()
        self._room = asyncio.Event()
        self._ending = asyncio.Event()
        self._pace = Pace(self._now_s())
        self._closing: Close | None = None
        self._gone = False
        self._fed_page = False
        self._answers: deque[Answer] = deque()
        self._turn = asyncio.Event()
        self._turn.set()
        self._state_due = not office.writable
        self._stable_due = False
        self._rollups = RollupFeeder(
            office, hub, self._wake, for_script=session.state is State.SCRIPT
        )
        self._hub = hub
        self._serial: int | None = None
        self._feeder: Feeder | None = None
        if session.state is State.TERMINAL:
            self._serial, follower = hub.follow(admitted.reader, self._wake)
            self._feeder = Feeder(office, hub, follower, admitted.cursor)

    # -- from outside ---------------------------------------------------------------------------

    @property
    def key_id(self) -> bytes:
        """The terminal's key; empty for a script."""
        return self._admitted.key_id

    @property
    def reader(self) -> Reader:
        """What the peer may read, as it was admitted."""
        return self._admitted.reader

    def end(self, code: int, reason: str) -> None:
        """Send nothing more but the reason, and close."""
        if self._closing is None:
            self._closing = Close(code, reason)
        self._wake()
        self._room.set()
        self._ending.set()

    def state_changed(self) -> None:
        """Tell the peer whether the office can take records."""
        self._state_due = True
        self._wake()

    def stable_changed(self) -> None:
        """Tell a terminal that a newer backup holds more."""
        self._stable_due = bool(self.key_id)
        self._wake()

    async def run(self, welcome: bytes) -> None:
        """Send the welcome, then serve the peer until it is over; leaves nothing behind."""
        sender = asyncio.create_task(self._send_all(welcome), name=f"send {self._transport.peer}")
        try:
            await self._read_all()
            await sender
        finally:
            sender.cancel()
            self._rollups.close()
            if self._serial is not None:
                self._hub.unfollow(self._serial)
            for answer in self._answers:
                # A commit under way goes on: the office has taken the operations in hand.
                answer.cancel()
            await asyncio.wait([sender, *self._answers])

    # -- reading --------------------------------------------------------------------------------

    async def _read_all(self) -> None:
        try:
            while self._closing is None:
                message = wire.decode_from_terminal(await self._transport.receive())
                if self._closing is None:
                    demand = self._session.receive(message)
                    await self._fulfil(demand)
                    await self._keep_pace(demand)
        except BadFrame as error:
            self.end(wire.CLOSE_BAD_FRAME, error.problem)
        except TransportClosed:
            self._gone = True
            self._wake()

    async def _fulfil(self, demand: Demand) -> None:
        match demand:
            case Commit():
                await self._make_room()
                self._commit(demand)
            case TellHistory():
                await self._make_room()
                self._answer(self._history(demand))
            case Follow():
                self._rollups.subscribe(demand.subscribe)
            case Unfollow():
                self._rollups.unsubscribe(demand.sub)
            case Note():
                touch = Touch(self._environment.now_ms(), report=demand.report)
                self._office.touch(self.key_id, touch)
            case Close():
                self.end(demand.code, demand.reason)
            case _:
                pass

    async def _keep_pace(self, demand: Demand) -> None:
        """A peer that asks too fast is read later: its frames pile up on its own side."""
        asks = isinstance(demand, Follow | TellHistory)
        wait_s = self._pace.wait_s(
            self._now_s(),
            frames=bounds.COST_OF_ASKING if asks else 1,
            ops=len(demand.wires) if isinstance(demand, Commit) else 0,
        )
        if wait_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._ending.wait()

    async def _make_room(self) -> None:
        while len(self._answers) >= MAX_ANSWERS and self._closing is None:
            self._room.clear()
            await self._room.wait()

    def _answer(self, work: Coroutine[Any, Any, list[bytes]]) -> None:
        answer = asyncio.create_task(work)
        answer.add_done_callback(lambda _done: self._wake())
        self._answers.append(answer)

    def _commit(self, demand: Commit) -> None:
        batch = Batch(
            key_id=self.key_id,
            terminal=self._admitted.grant,
            clock_offset_ms=self._admitted.clock_offset_ms,
            repushing=self._admitted.repushing or demand.prev_dropped,
            ops=tuple(link_all(demand.prev, self.key_id, demand.counter, demand.wires)),
            source=self._transport.peer,
        )
        # Whatever order the loop starts tasks in, batches are submitted in the order they came.
        before, self._turn = self._turn, asyncio.Event()
        self._answer(self._receipts(batch, before, self._turn))

    async def _receipts(
        self, batch: Batch, before: asyncio.Event, mine: asyncio.Event
    ) -> list[bytes]:
        await before.wait()
        mine.set()
        try:
            return receipt_frames(await self._office.submit(batch))
        except UnknownPredecessor as error:
            epoch = await self._office.new_epoch(str(error), self._admitted.epoch, self.key_id)
            if epoch == self._admitted.epoch:
                # It has claimed this too often: a branch of its own, and no new epoch.
                again = dataclasses.replace(batch, repushing=True)
                return receipt_frames(await self._office.submit(again))
            self.end(wire.CLOSE_EPOCH, "the office has a new epoch")
        except OfficeCannotWrite as error:
            self.end(wire.CLOSE_OFFICE_STOPS, str(error))
        return []

    async def _history(self, demand: TellHistory) -> list[bytes]:
        found = await self._office.history(demand.record) if demand.allowed else None
        return [history_frame(demand.request, found, self._admitted.reader)]

    # -- sending --------------------------------------------------------------------------------

    def _wake(self) -> None:
        self._woken.set()

    async def _send_all(self, welcome: bytes) -> None:
        try:
            await put(self._transport, welcome)
            while self._closing is None and not self._gone:
                self._woken.clear()
                if not await self._send_next():
                    await self._sleep()
            if self._closing is not None and not self._gone:
                await say_goodbye(self._transport, self._closing)
        except TransportClosed:
            self._gone = True
        except Exception:
            # The reader must not wait for a peer that nobody answers any more.
            self._transport.abort()
            raise
        finally:
            self._room.set()
            self._ending.set()

    async def _send_next(self) -> bool:
        """Send what is due first; False when nothing is."""
        feed_then_rollups = (self._feed_frames, self._rollup_frames)
        if self._fed_page:
            # A long catch-up must not starve the board.
            feed_then_rollups = (self._rollup_frames, self._feed_frames)
        for source in (self._answer_frames, *feed_then_rollups, self._state_frames):
            frames = await source()
            for frame in frames:
                if self._closing is not None:
                    return True
                await put(self._transport, frame)
            if frames:
                self._fed_page = source == self._feed_frames
                return True
        return False

    async def _answer_frames(self) -> list[bytes]:
        while self._answers and self._answers[0].done():
            frames = self._answers.popleft().result()
            self._room.set()
            if frames:
                return frames
        return []

    async def _feed_frames(self) -> list[bytes]:
        return await self._feeder.frames(self._now_s()) if self._feeder is not None else []

    async def _rollup_frames(self) -> list[bytes]:
        if self._expired():
            self.end(wire.CLOSE_NOT_ALLOWED, "the token has expired")
            return []
        try:
            return await self._rollups.frames(self._now_s())
        except TooManyCells as error:
            self.end(wire.CLOSE_LIMIT, str(error))
            return []

    async def _state_frames(self) -> list[bytes]:
        frames: list[bytes] = []
        office = self._office
        if self._state_due:
            self._state_due = False
            state = wire.OfficeState(office.writable, office.reason[:MAX_REASON], office.cause)
            frames.append(wire.encode(state))
        if self._stable_due:
            self._stable_due = False
            frames += receipt_frames(BatchResult([], office.seq, office.hist, office.stable_seq))
        return frames

    async def _sleep(self) -> None:
        dues = [self._rollups.due_s(), self._feeder.due_s() if self._feeder is not None else None]
        due_s = min((due for due in dues if due is not None), default=None)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due_s):
                await self._woken.wait()

    def _expired(self) -> bool:
        expires_ms = self._admitted.expires_ms
        return expires_ms is not None and self._environment.now_ms() >= expires_ms

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()
