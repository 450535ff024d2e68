"""What really went over the wire, checked as it goes.

I1: a receipt is sent only for what is on the office's disk at that moment.
I10: the feed of one connection goes on where it ended, and its sender never overtakes itself.
I16: no record leaves the office that its reader may not have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from armband.shared import wire
from armband.shared.ops import Op, link_all
from sim import oracle
from sim.mixes import RESTORES
from sim.names import OFFICE
from sim.proxy import Mischief
from sim.release import is_known
from sim.trace import Trace

PROBLEMS_MAX = 20
_NEVER = (wire.REASON_INVALID, wire.REASON_KIND_CHANGED)
"""Reasons that nothing deserves which a terminal's own forms have let through."""
BASE_DIFFERS = (1000, "base differs")
_BLAMED = (wire.CLOSE_BAD_FRAME, wire.CLOSE_PROTOCOL)
_STATUS = {
    wire.STATUS_ACCEPTED: "accepted",
    wire.STATUS_MERGED: "merged",
    wire.STATUS_CONFLICT: "in conflict",
    wire.STATUS_DEFERRED: "deferred",
    wire.STATUS_QUARANTINED: "kept aside",
}
_AT_OFFICE = {
    True: "SELECT 1 FROM quarantine WHERE office = ? AND key_id = ? AND counter = ? AND id = ?",
    False: "SELECT 1 FROM ops WHERE office = ? AND key_id = ? AND counter = ? AND id = ?",
}


@dataclass(slots=True)
class Line:
    """One connection, as the tap understands it."""

    name: str
    key_id: bytes = b""
    role: str = ""
    scope: tuple[str, ...] = ()
    revoked: bool = False
    cursor: int | None = None
    pushed: dict[int, Op] = field(default_factory=dict)
    welcomed: bool = False
    protocol: int = 0


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push that reached the wire, to be sent again at the end."""

    key_id: bytes
    ops: tuple[Op, ...]


class Wiretap:
    """See `net.Tap`.

    Attributes:
        problems: broken invariants, as text.
        acked: operations that the office has receipted, and which it has not lost by a restore.
        forbidden: what a terminal may not get any more, since the office has said so.
        pushes: what terminals sent.
        fed: the states that went out, by record and seq; several after a restore.
    """

    def __init__(
        self,
        trace: Trace,
        peek: Callable[[], sqlite3.Connection | None],
        notice_damage: Callable[[str], bool],
    ) -> None:
        self._trace = trace
        self._peek = peek
        self._notice_damage = notice_damage
        self._lines: dict[int, Line] = {}
        self.problems: list[str] = []
        self.acked: dict[bytes, bytes] = {}
        self.allowed: dict[bytes, oracle.Reader] = {}
        self.pushes: list[Pushed] = []
        self.fed: dict[tuple[bytes, int], set[bytes]] = {}
        # Whose operations on which records were kept aside: a later step that leads on from such a
        # one does not lead on from what the office has, and lies beside it in the tray.
        self._aside: set[tuple[bytes, bytes]] = set()

    def opened(self, number: int, name: str) -> None:
        self._lines[number] = Line(name)

    def sends(self, number: int, side: str, frame: bytes) -> None:
        line = self._lines[number]
        if side == "terminal":
            self._from_terminal(line, wire.decode_from_terminal(frame))
        else:
            self._from_office(line, wire.decode_from_office(frame))

    def closes(self, number: int, side: str, code: int, reason: str) -> None:
        """I10: no base may differ that no disk has damaged; nor does a peer misbehave unless the
        proxy has made it look so.

        A restored office may have a record at an earlier seq than when pages were read: a base
        that was half read then differs, and is read anew.
        """
        name = self._lines[number].name
        provoked = any(self._trace.faults[mischief.value] for mischief in Mischief)
        if side == "terminal" and (code, reason) == BASE_DIFFERS:
            if self._notice_damage(name):
                self._trace.deeds["damaged base read anew"] += 1
                return
            if any(self._trace.faults[kind] for kind in RESTORES):
                self._trace.deeds["base read anew"] += 1
                return
            self._problem(f"I10 {name} finds that its base differs")
        elif code in _BLAMED and not provoked:
            self._problem(f"I10 the {side} blames the other on the line of {name}: {code} {reason}")

    def _problem(self, text: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(text)
            self._trace.tell("checker", text)

    def _from_terminal(self, line: Line, message: wire.FromTerminal) -> None:
        match message:
            case wire.Hello():
                line.key_id, line.protocol = message.key_id, message.protocol
                self._trace.tell(
                    line.name,
                    f"says hello in {message.protocol}: epoch {message.epoch.hex()[:6]}, "
                    f"cursor {message.cursor}, witness {message.witness_seq}, "
                    f"scope {' '.join(message.scope)}",
                )
            case wire.Push():
                ops = link_all(
                    message.prev, line.key_id, message.counter, wire.unpack_ops(message.body)
                )
                self.pushes.append(Pushed(line.key_id, tuple(ops)))
                for op in ops:
                    line.pushed[op.counter] = op
                    if op.body is not None:
                        self._trace.tell(
                            line.name,
                            f"pushes {op.counter}: {op.body.kind} {op.body.patch} "
                            f"seen {op.body.seen}",
                            op.id,
                            op.body.record,
                        )
            case _:
                pass

    def _from_office(self, line: Line, message: wire.FromOffice) -> None:
        if line.protocol and not is_known(message, line.protocol):
            self._problem(f"I22 {line.name} speaks {line.protocol} and is sent {message}")
        match message:
            case wire.Welcome():
                if message.protocol != line.protocol:
                    self._problem(f"I22 {line.name} is welcomed in {message.protocol}")
                line.role, line.scope = message.role, tuple(message.scope)
                line.revoked, line.welcomed = message.revoked, True
                self._trace.tell(
                    "office",
                    f"welcomes {line.name}: epoch {message.epoch.hex()[:6]}, seq {message.seq}, "
                    f"head {message.head_counter}, scope {' '.join(message.scope)}"
                    + (", revoked" if message.revoked else ""),
                )
            case wire.Receipts():
                self._receipts(line, message)
            case wire.Feed():
                self._feed(line, message)
            case wire.CaughtUp():
                if line.cursor is not None and message.seq != line.cursor:
                    self._problem(f"I10 {line.name} is told to be at {message.seq}, not there")
            case _:
                pass

    def _receipts(self, line: Line, message: wire.Receipts) -> None:
        held = self._peek()
        for item in message.items:
            op = line.pushed.get(item.counter)
            if op is None:
                self._problem(f"I1 a receipt for {line.name}'s {item.counter}, never pushed")
                continue
            aside = item.status == wire.STATUS_QUARANTINED
            self._trace.deeds[f"receipt {_STATUS[item.status]}"] += 1
            record = op.body.record if op.body is not None else b""
            self._trace.tell(
                "office",
                f"receipts {line.name}'s {item.counter}: {_STATUS[item.status]} "
                + (f"({item.reason}: {item.detail})" if aside else f"at seq {item.seq}"),
                op.id,
                record,
            )
            if aside and item.reason in _NEVER and (line.key_id, record) not in self._aside:
                self._problem(f"{op.id.hex()} is honest work and refused: {item.detail}")
            if aside:
                self._aside.add((line.key_id, record))
            where = (OFFICE, line.key_id, item.counter, op.id)
            if held is not None and held.execute(_AT_OFFICE[aside], where).fetchone() is None:
                self._problem(f"I1 a receipt for {op.id.hex()}, which is not on the office's disk")
            self.acked[op.id] = line.key_id

    def _feed(self, line: Line, message: wire.Feed) -> None:
        if line.cursor is not None and message.from_seq != line.cursor:
            self._problem(
                f"I10 {line.name} is fed ({message.from_seq}, {message.to_seq}] at {line.cursor}"
            )
        line.cursor = message.to_seq
        if line.revoked:
            self._problem(f"I17 {line.name} is revoked and fed")
        readers = [oracle.Reader(line.role, line.scope)]
        if line.key_id in self.allowed:
            readers.append(self.allowed[line.key_id])
        told = []
        for row in wire.unpack_rows(message.body):
            state = msgspec.msgpack.decode(row.state)
            seen = oracle.shown(state[2])
            told.append(state[0])
            self.fed.setdefault((state[0], row.seq), set()).add(row.state)
            if not (row.seq > message.from_seq and row.seq <= message.to_seq):
                self._problem(f"I10 {line.name} is fed seq {row.seq} outside of its frame")
            for reader in readers:
                if not reader.may_read(state[1], seen.unit):
                    self._problem(
                        f"I16 {line.name} is sent {state[0].hex()}, a {state[1]} of {seen.unit}, "
                        f"outside of {' '.join(reader.scope)}"
                    )
        self._trace.tell(
            "office",
            f"feeds {line.name} ({message.from_seq}, {message.to_seq}]: {len(told)} records, "
            f"{len(message.left)} left",
            *told,
            *message.left,
        )
