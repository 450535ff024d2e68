"""The terminal's side of the protocol, without I/O: messages in, effects out.

Rules:
1. Everything that depends on what was said before lives here; nothing here waits, reads a clock or
   knows a socket or a store.
2. The table `ALLOWED` says which messages a state takes. Anything else is a `ProtocolViolation`:
   this connection is closed, and the next one starts again from what is on the disk.
3. Each method returns the effects to carry out, in order, before the next message is read.
4. What was pushed is kept by the store until its receipt; a new connection pushes it again.

    OPEN ── challenge ──> GREETING ── welcome ──> CATCHING_UP ── caught up ──> LIVE
                                             └──> REVOKED

The cursor of a session moves with the feed frames that it passes on: when one of them cannot be
stored, the connection ends, and the next session starts from the stored cursor.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from armband.client.effects import (
    AdoptWelcome,
    ApplyFeed,
    ApplyReceipts,
    ApplyRollup,
    CheckBase,
    Effect,
    LoadWaiting,
    OfficeWrites,
    Refused,
    Send,
    TellHistory,
)
from armband.client.errors import ProtocolViolation
from armband.client.hello import Opening, Signer, signed_hello
from armband.client.sync_port import Batch, RollupPart
from armband.shared import limits, wire
from armband.shared.errors import BadFrame

MAX_ROLLUP_PARTS = 256
"""Frames of one moment of one subscription: far above what a city's office needs."""
BATCH_BYTES = 128 * 1024
"""Bytes of operations in one push: half a frame, so that nothing has to be measured twice."""


class State(enum.Enum):
    """Where a conversation stands."""

    OPEN = "open"
    """Connected; the office speaks first."""
    GREETING = "greeting"
    """The hello is out."""
    CATCHING_UP = "catching up"
    """The feed has not reached the head."""
    LIVE = "live"
    REVOKED = "revoked"
    """May hand in what it still holds, and gets nothing."""
    DONE = "done"


_ANSWERS = frozenset(
    {
        wire.Receipts,
        wire.Feed,
        wire.CaughtUp,
        wire.RollupFrame,
        wire.HistoryReply,
        wire.OfficeState,
        wire.Refusal,
    }
)
ALLOWED: Mapping[State, frozenset[type]] = {
    State.OPEN: frozenset({wire.Challenge, wire.Refusal}),
    State.GREETING: frozenset({wire.Welcome, wire.Refusal}),
    State.CATCHING_UP: _ANSWERS,
    State.LIVE: _ANSWERS,
    State.REVOKED: frozenset({wire.Receipts, wire.OfficeState, wire.Refusal, wire.CaughtUp}),
    State.DONE: frozenset({wire.Refusal}),
}
_WELCOMED = frozenset({State.CATCHING_UP, State.LIVE, State.REVOKED})


class Session:
    """The state of one conversation with the office."""

    def __init__(self, opening: Opening, signer: Signer) -> None:
        self.state = State.OPEN
        self._opening = opening
        self._signer = signer
        self._cursor = 0
        self._pushed = 0
        self._unanswered: list[set[int]] = []
        self._loading = False
        self._more_may_wait = False
        self._subscriptions: dict[int, wire.Subscribe] = {}
        self._parts: dict[int, list[RollupPart]] = {}
        self._requests = 0

    # -- from the office ----------------------------------------------------------------------

    def receive(self, frame: bytes) -> list[Effect]:
        """What a frame of the office asks for.

        Raises:
            ProtocolViolation: damaged, or out of its place; the connection must be closed.
        """
        try:
            message = wire.decode_from_office(frame)
            if type(message) not in ALLOWED[self.state]:
                raise ProtocolViolation(
                    wire.CLOSE_PROTOCOL,
                    f"{type(message).__name__} is out of place in state '{self.state.value}'",
                )
            return self._effects_of(message)
        except BadFrame as error:
            self.state = State.DONE
            raise ProtocolViolation(wire.CLOSE_BAD_FRAME, error.problem) from None
        except ProtocolViolation:
            self.state = State.DONE
            raise

    def _effects_of(self, message: wire.FromOffice) -> list[Effect]:  # noqa: PLR0911 one per message
        match message:
            case wire.Challenge():
                return self._greet(message)
            case wire.Welcome():
                return self._welcomed(message)
            case wire.Receipts():
                return self._answered(message)
            case wire.Feed():
                return self._fed(message)
            case wire.CaughtUp():
                return self._caught_up(message)
            case wire.RollupFrame():
                return self._rolled_up(message)
            case wire.HistoryReply():
                rows = wire.unpack_history(message.body) if message.found else None
                return [TellHistory(message.request, rows)]
            case wire.OfficeState():
                return [OfficeWrites(message.writable, message.reason, message.cause)]
            case wire.Refusal():
                self.state = State.DONE
                return [Refused(message.code, message.reason, message.cause)]
            case wire.Enrolled():
                raise AssertionError("no state of a session takes it")

    def _greet(self, challenge: wire.Challenge) -> list[Effect]:
        spoken = wire.common_protocol(challenge)
        if spoken is None:
            raise ProtocolViolation(
                wire.CLOSE_PROTOCOL,
                f"the office speaks protocol {challenge.oldest} to {challenge.newest}, "
                f"this terminal {wire.OLDEST_PROTOCOL} to {wire.PROTOCOL}",
            )
        opening = self._opening
        if challenge.office != opening.office:
            raise ProtocolViolation(
                wire.CLOSE_PROTOCOL,
                f"this is the office {challenge.office!r}, enrolled was {opening.office!r}",
            )
        self.state = State.GREETING
        return [Send(signed_hello(challenge.nonce, spoken, opening, self._signer))]

    def _welcomed(self, welcome: wire.Welcome) -> list[Effect]:
        point = self._opening.point
        new_epoch = welcome.epoch != point.epoch
        clear_base = new_epoch or tuple(welcome.scope) != point.scope
        self._cursor = 0 if clear_base else point.cursor
        self.state = State.REVOKED if welcome.revoked else State.CATCHING_UP
        return [AdoptWelcome(welcome, new_epoch, clear_base), *self.wake()]

    def _answered(self, receipts: wire.Receipts) -> list[Effect]:
        for receipt in receipts.items:
            for counters in self._unanswered:
                counters.discard(receipt.counter)
        self._unanswered = [counters for counters in self._unanswered if counters]
        return [ApplyReceipts(receipts), *self._load()]

    def _fed(self, feed: wire.Feed) -> list[Effect]:
        if feed.from_seq != self._cursor or feed.to_seq < feed.from_seq:
            raise ProtocolViolation(
                wire.CLOSE_PROTOCOL,
                f"a feed of ({feed.from_seq}, {feed.to_seq}] at cursor {self._cursor}",
            )
        rows = wire.unpack_rows(feed.body)
        self._cursor = feed.to_seq
        return [ApplyFeed(feed, rows)]

    def _caught_up(self, caught: wire.CaughtUp) -> list[Effect]:
        if self.state is State.REVOKED:
            return []
        if caught.seq != self._cursor:
            raise ProtocolViolation(
                wire.CLOSE_PROTOCOL, f"caught up at {caught.seq}, the cursor is {self._cursor}"
            )
        self.state = State.LIVE
        return [CheckBase(caught)]

    def _rolled_up(self, frame: wire.RollupFrame) -> list[Effect]:
        parts = self._parts.setdefault(frame.sub, [])
        parts.append(RollupPart(frame, wire.unpack_rollup(frame.body)))
        if frame.more and len(parts) >= MAX_ROLLUP_PARTS:
            raise ProtocolViolation(
                wire.CLOSE_LIMIT, f"a roll-up of more than {MAX_ROLLUP_PARTS} frames"
            )
        if frame.more:
            return []
        del self._parts[frame.sub]
        subscription = self._subscriptions.get(frame.sub)
        # None: it was given up while this frame was under way.
        return [] if subscription is None else [ApplyRollup(subscription, tuple(parts))]

    # -- from this side -----------------------------------------------------------------------

    def wake(self) -> list[Effect]:
        """New operations may be waiting."""
        self._more_may_wait = True
        return self._load()

    def offer(self, batch: Batch | None) -> list[Effect]:
        """The answer to `LoadWaiting`; None: nothing waits beyond what is pushed."""
        assert self._loading, "operations are only taken when they were asked for"
        self._loading = False
        if batch is None:
            return self._load()
        last = batch.counter + len(batch.wires) - 1
        self._unanswered.append(set(range(batch.counter, last + 1)))
        self._pushed = last
        self._more_may_wait = True
        body = wire.pack_list(batch.wires)
        push = wire.Push(batch.prev, batch.counter, body, batch.prev_dropped)
        return [Send(push), *self._load()]

    def _load(self) -> list[Effect]:
        if (
            self.state not in _WELCOMED
            or self._loading
            or not self._more_may_wait
            or len(self._unanswered) >= limits.PUSH_WINDOW
        ):
            return []
        self._loading = True
        self._more_may_wait = False
        return [LoadWaiting(self._pushed)]

    def follow(self, subscription: wire.Subscribe) -> list[Effect]:
        """Ask for roll-ups; a subscription of the same number is replaced."""
        self._subscriptions[subscription.sub] = subscription
        self._parts.pop(subscription.sub, None)
        return [Send(subscription)]

    def unfollow(self, sub: int) -> list[Effect]:
        """No more roll-ups of this subscription."""
        self._parts.pop(sub, None)
        if self._subscriptions.pop(sub, None) is None:
            return []
        return [Send(wire.Unsubscribe(sub))]

    def ask_history(self, record: bytes) -> tuple[int, list[Effect]]:
        """Ask for all operations on a record; the number comes back in `TellHistory`."""
        self._requests += 1
        return self._requests, [Send(wire.HistoryRequest(self._requests, record))]

    @property
    def all_answered(self) -> bool:
        """Whether every push of this conversation has its receipts and none is being loaded."""
        return not self._unanswered and not self._loading
