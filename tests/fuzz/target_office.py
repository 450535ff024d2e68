"""The office's side of a conversation: frames of any quality into its session and its pipeline.

An input is frames, each after its length in three bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from armband.server.commit.model import Batch, TerminalGrant
from armband.server.errors import UnknownPredecessor
from armband.server.session import Admit, Close, Commit, Demand, Follow, Session, State, TellHistory
from armband.shared import limits, wire
from armband.shared.errors import BadFrame
from armband.shared.merge import decode_state, encode_state, view
from armband.shared.ops import link_all
from armband.shared.permissions import Role
from fuzz.engine import Target
from fuzz.mutate import Mutator
from fuzz.packed import (
    bomb,
    change_value,
    each_frame,
    join_frames,
    nest,
    rearrange,
    split_frames,
)
from fuzz.target_frames import terminal_messages
from support.commit_world import World

_SCOPE = ("lianhu/yg",)
_KEY = b"k" * 16
_ROLES = (Role.GRID, Role.STREET, Role.COMMUNITY, Role.CHECKPOINT)
_NUMBER_MAX = (1 << 63) - 1
"""What a database's column holds."""


@dataclass
class _Conversation:
    """One connection, with the pipeline behind it."""

    role: Role
    revoked: bool
    session: Session = field(default_factory=Session)
    world: World = field(default_factory=World)

    def hear(self, frame: bytes) -> bool:
        """One frame; False when the connection is over."""
        try:
            message = wire.decode_from_terminal(frame)
        except BadFrame:
            return False
        before = self.session.state
        demand = self.session.receive(message)
        assert self._is_well_formed(demand, before), demand
        if isinstance(demand, Admit):
            self._admit(demand)
        elif isinstance(demand, Commit):
            return self._commit(demand)
        return not isinstance(demand, Close)

    def _is_well_formed(self, demand: Demand, before: State) -> bool:
        state = self.session.state
        match demand:
            case Admit():
                return (before, state) == (State.GREETED, State.CHECKING)
            case Close(code, reason):
                return state is State.DONE and 4000 <= code <= 4999 and bool(reason)
            case Commit(_, counter, wires):
                return bool(wires) and counter + len(wires) <= _NUMBER_MAX
            case TellHistory(_, record, allowed):
                return len(record) == 16 and allowed == (state is State.TERMINAL)
            case Follow(subscribe):
                within = len(self.session.subscriptions) <= limits.MAX_SUBSCRIPTIONS
                return within and subscribe.sub in self.session.subscriptions
        return before in (State.TERMINAL, State.REVOKED, State.SCRIPT)

    def _admit(self, demand: Admit) -> None:
        match demand.message:
            case wire.Hello():
                state = State.REVOKED if self.revoked else State.TERMINAL
                self.session.enter(state, () if self.revoked else _SCOPE)
            case wire.TokenHello():
                self.session.enter(State.SCRIPT, _SCOPE)
            case wire.Enrol():
                self.session.enter(State.DONE)

    def _commit(self, demand: Commit) -> bool:
        """Receipts for all, or a reason to doubt the office's history; nothing else."""
        ops = tuple(link_all(demand.prev, _KEY, demand.counter, demand.wires))
        grant = TerminalGrant(self.role, () if self.revoked else _SCOPE, self.revoked)
        (answer,) = self.world.submit(Batch(_KEY, grant, 0, False, ops))
        if isinstance(answer, UnknownPredecessor):
            return False
        assert len(answer) == len(ops)
        receipts = [receipt for receipt in answer if isinstance(receipt, wire.Receipt)]
        assert [receipt.counter for receipt in receipts] == [op.counter for op in ops]
        frame = wire.encode(wire.Receipts(receipts, self.world.office.seq, bytes(16), 0))
        wire.decode_from_office(frame)
        self._check_rows()
        return True

    def _check_rows(self) -> None:
        """What would be written fits into a database, and is read again as it was."""
        changes = self.world.changes
        assert changes is not None
        for stamped in changes.stamped:
            numbers = (stamped.seq, stamped.eff, stamped.op.counter, stamped.op.wire.hlc)
            assert all(-_NUMBER_MAX <= number <= _NUMBER_MAX for number in numbers), numbers
        for row in changes.records:
            assert encode_state(decode_state(row.state)) == row.state
            view(decode_state(row.state))
            row.unit.encode(), row.kind.encode()
        for cells in changes.cells.values():
            assert all(0 <= value <= _NUMBER_MAX for value in cells.values()), cells


def run(raw: bytes) -> None:
    """A conversation; its first byte says as whom."""
    who = raw[0] if raw else 0
    conversation = _Conversation(_ROLES[who % len(_ROLES)], revoked=bool(who & 0x80))
    for frame in split_frames(raw[1:])[:24]:
        if not conversation.hear(frame):
            # The connection is over: whatever follows stays without an answer.
            break


def _seeds() -> list[bytes]:
    hello, push, *others, enrol, token = terminal_messages()
    orders: list[list[wire.FromTerminal]] = [
        [hello, push, *others, push],
        [hello, others[0], others[0], others[1]],
        [token, others[0], others[1]],
        [enrol, hello],
        [push],
        *([hello, other] for other in (push, *others)),
    ]
    frames = [join_frames([wire.encode(message) for message in order]) for order in orders]
    return [bytes([who]) + raw for who in (0, 1, 0x80) for raw in frames]


def _behind_the_first(change: Mutator) -> Mutator:
    return lambda raw, other, random: raw[:1] + change(raw[1:], other[1:], random)


TARGET = Target(
    run,
    _seeds,
    tuple(
        _behind_the_first(change)
        for change in (
            rearrange,
            each_frame(change_value),
            each_frame(change_value),
            each_frame(change_value),
            each_frame(nest),
            each_frame(bomb),
        )
    ),
    (b"lianhu", b"lianhu/yg", b"check", b"household", b"unit", b"void"),
    (
        "armband.server.session", "armband.server.commit", "armband.shared.wire",
        "armband.shared.ops", "armband.shared.kinds", "armband.shared.merge",
        "armband.shared.rollup", "armband.shared.hlc", "armband.shared.permissions",
        "armband.shared.units",
    ),
    max_bytes=64 * 1024,
)  # fmt: skip
