"""One peer's side of the protocol at the office, without I/O: a message in, a demand out.

Rules:
1. Everything that depends on what was said before lives here; nothing here waits, reads a clock or
   knows a socket or a store.
2. The table `ALLOWED` says which messages a state takes. Anything else ends the connection.
3. `receive` turns each message into one `Demand`, which the gateway fulfils; while a hello is being
   checked the gateway reads no further message.

    GREETED ── hello, enrol or token ──> CHECKING ──> TERMINAL | REVOKED | SCRIPT | DONE
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from armband.shared import limits, wire
from armband.shared.days import is_day
from armband.shared.errors import BadFrame
from armband.shared.hlc import MAX_STAMP
from armband.shared.ops import WireOp
from armband.shared.permissions import totals_scope
from armband.shared.units import in_scope

MAX_NUMBER = (1 << 63) - 1
"""The largest number that a store holds."""


MAX_DAYS = 366
"""Days of one roll-up subscription."""


class State(enum.Enum):
    """Where a conversation stands."""

    GREETED = "greeted"
    """The challenge is out."""
    CHECKING = "checking"
    """Who it is, is being looked up."""
    TERMINAL = "terminal"
    REVOKED = "revoked"
    """A terminal that may hand in what it still holds, and gets nothing."""
    SCRIPT = "script"
    DONE = "done"
    """Enrolled, or being closed."""


_FIRST = frozenset({wire.Hello, wire.Enrol, wire.TokenHello})
_TERMINAL = frozenset(
    {wire.Push, wire.Subscribe, wire.Unsubscribe, wire.HistoryRequest, wire.Report}
)
ALLOWED: Mapping[State, frozenset[type]] = {
    State.GREETED: _FIRST,
    State.CHECKING: frozenset(),
    State.TERMINAL: _TERMINAL,
    State.REVOKED: _TERMINAL,
    State.SCRIPT: frozenset({wire.Subscribe, wire.Unsubscribe}),
    State.DONE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Admit:
    """Look up who this is and answer with `Session.enter` or a close."""

    message: wire.Hello | wire.Enrol | wire.TokenHello


@dataclass(frozen=True, slots=True)
class Commit:
    """Commit these consecutive operations and answer with receipts."""

    prev: bytes
    counter: int
    wires: list[WireOp]
    prev_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Follow:
    """Send roll-ups of this subscription from now on."""

    subscribe: wire.Subscribe


@dataclass(frozen=True, slots=True)
class Unfollow:
    """Send no more roll-ups of this subscription."""

    sub: int


@dataclass(frozen=True, slots=True)
class TellHistory:
    """Answer with the operations on a record; ``allowed`` is False when nothing may be sent."""

    request: int
    record: bytes
    allowed: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Keep what the terminal says of itself."""

    report: wire.Report


@dataclass(frozen=True, slots=True)
class Close:
    """Say why, and close; ``cause`` as in `wire.Refusal`."""

    code: int
    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The message changes nothing."""


Demand = Admit | Commit | Follow | Unfollow | TellHistory | Note | Close | Nothing


class Session:
    """The state of one conversation."""

    def __init__(self) -> None:
        self.state = State.GREETED
        self.totals_scope: tuple[str, ...] = ()
        self.subscriptions: set[int] = set()

    def enter(self, state: State, scope: tuple[str, ...] = ()) -> None:
        """The hello was checked: go on as a terminal, a script, or not at all."""
        assert self.state is State.CHECKING, "only a hello under check can be answered"
        self.state = state
        self.totals_scope = totals_scope(scope, is_script=state is State.SCRIPT)

    def receive(self, message: wire.FromTerminal) -> Demand:
        """What the gateway has to do about a message."""
        if type(message) not in ALLOWED[self.state]:
            name = type(message).__name__
            return self._close(
                wire.CLOSE_PROTOCOL, f"{name} is out of place in state '{self.state.value}'"
            )
        try:
            return self._demand(message)
        except BadFrame as error:
            return self._close(wire.CLOSE_BAD_FRAME, error.problem)

    def _demand(self, message: wire.FromTerminal) -> Demand:
        match message:
            case wire.Push():
                return _commit(message)
            case wire.Subscribe():
                return self._follow(message)
            case wire.Unsubscribe():
                self.subscriptions.discard(message.sub)
                return Unfollow(message.sub)
            case wire.HistoryRequest():
                allowed = self.state is State.TERMINAL
                return TellHistory(message.request, message.record, allowed)
            case wire.Report():
                return Note(message)
            case wire.Hello() | wire.Enrol() | wire.TokenHello():
                return self._admit(message)

    def _admit(self, message: wire.Hello | wire.Enrol | wire.TokenHello) -> Demand:
        if not wire.OLDEST_PROTOCOL <= message.protocol <= wire.PROTOCOL:
            return self._close(
                wire.CLOSE_PROTOCOL,
                f"protocol {message.protocol} is not spoken here, "
                f"only {wire.OLDEST_PROTOCOL} to {wire.PROTOCOL}",
            )
        if isinstance(message, wire.Hello):
            for name in ("cursor", "witness_seq"):
                if getattr(message, name) > MAX_NUMBER:
                    raise BadFrame(f"{name} is beyond any sequence")
        self.state = State.CHECKING
        return Admit(message)

    def _follow(self, message: wire.Subscribe) -> Demand:
        if self.state is State.REVOKED:
            return Nothing()
        if not in_scope(message.unit, self.totals_scope):
            scope = ", ".join(self.totals_scope)
            return self._close(
                wire.CLOSE_NOT_ALLOWED, f"{message.unit!r} is outside of this scope: {scope}"
            )
        _check_days(message)
        if message.sub not in self.subscriptions:
            if len(self.subscriptions) >= limits.MAX_SUBSCRIPTIONS:
                return self._close(
                    wire.CLOSE_LIMIT, f"at most {limits.MAX_SUBSCRIPTIONS} subscriptions"
                )
            self.subscriptions.add(message.sub)
        return Follow(message)

    def _close(self, code: int, reason: str) -> Close:
        self.state = State.DONE
        return Close(code, reason)


def _check_days(subscribe: wire.Subscribe) -> None:
    first, last = subscribe.day_from, subscribe.day_to
    if not first and not last:
        return
    if not (is_day(first) and is_day(last)):
        raise BadFrame("a subscription names both days as YYYY-MM-DD, or neither")
    days = date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal() + 1
    if not 1 <= days <= MAX_DAYS:
        raise BadFrame(f"a subscription of {days} days, 1 to {MAX_DAYS} are possible")


def _commit(push: wire.Push) -> Commit:
    wires = wire.unpack_ops(push.body)
    if not wires:
        raise BadFrame("a push without operations")
    if push.counter + len(wires) > MAX_NUMBER:
        raise BadFrame("a counter beyond any chain")
    for op in wires:
        if not 0 <= op.hlc <= MAX_STAMP:
            raise BadFrame(f"stamp {op.hlc} is not between 0 and {MAX_STAMP}")
        if op.nonce < 0:
            raise BadFrame("a nonce below 0")
    return Commit(push.prev, push.counter, wires, push.prev_dropped)
