"""The files of a settled district, as plain rows: what every checker looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from sim.names import OFFICE
from sim.oracle import Landed, Reader, Shown, fold, shown
from sim.terminal_machine import TerminalMachine
from sim.world import World

WAITING, HELD, REFUSED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the office's log."""

    seq: int
    id: bytes
    prev: bytes
    key_id: bytes
    branch: bytes
    counter: int
    eff: int
    suspect: int
    record: bytes
    kind: str
    payload: bytes
    hist: bytes
    hlc: int

    @property
    def seen(self) -> int:
        """The version of the record that its author had seen."""
        seen: int = msgspec.msgpack.decode(self.payload)[4]
        return seen


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record as the office stores it."""

    seq: int
    kind: str
    unit: str
    state: bytes


@dataclass(frozen=True, slots=True)
class AsideRow:
    """One operation in quarantine."""

    id: bytes
    prev: bytes
    key_id: bytes
    reason: str


@dataclass(slots=True)
class OfficeFile:
    """Everything that the office holds."""

    seq: int
    hist: bytes
    epoch: bytes
    log: list[LogRow]
    aside: list[AsideRow]
    records: dict[bytes, RecordRow]
    cells: dict[tuple[str, str], dict[str, int]]
    digests: dict[tuple[str, str], tuple[int, bytes]]
    forks: dict[bytes, int]
    readers: dict[bytes, Reader]
    revoked: set[bytes]
    folded: dict[bytes, list[list[Any]]] = field(default_factory=dict)
    views: dict[bytes, Shown] = field(default_factory=dict)

    def fold(self) -> None:
        """What the oracle makes of the log."""
        history: dict[bytes, list[Landed]] = {}
        for row in self.log:
            body = msgspec.msgpack.decode(row.payload)
            landed = Landed(
                *(row.eff, row.id, row.branch, row.counter, body[4], body[5], bool(row.suspect)),
                body[3],
            )
            history.setdefault(row.record, []).append(landed)
        self.folded = {record: fold(ops) for record, ops in history.items()}
        self.views = {record: shown(writes) for record, writes in self.folded.items()}


@dataclass(frozen=True, slots=True)
class OwnOp:
    """One operation in a terminal's file."""

    counter: int
    id: bytes
    record: bytes
    state: int
    seq: int
    eff: int
    shown: int


@dataclass(frozen=True, slots=True)
class TerminalFile:
    """Everything that a terminal holds."""

    name: str
    key_id: bytes
    epoch: bytes
    cursor: int
    witness: tuple[int, bytes]
    hlc: int
    fork: bool
    ops: list[OwnOp]
    dropped: int
    base: dict[bytes, tuple[int, bytes]]
    views: dict[bytes, tuple[str, str, str, str, bytes]]
    cells: dict[tuple[str, str], dict[str, int]]


def read_office(world: World) -> OfficeFile:
    """The office's file, folded."""
    with world.office.connection() as held:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return held.execute(query, (OFFICE,)).fetchall()

        (seq, hist, epoch) = rows("SELECT seq, hist, epoch FROM offices WHERE office = ?")[0]
        log = rows(
            "SELECT seq, id, prev, key_id, branch, counter, eff, suspect, record, kind, payload, "
            "hist, hlc FROM ops WHERE office = ? ORDER BY seq"
        )
        office = OfficeFile(
            seq=seq,
            hist=hist,
            epoch=epoch,
            log=[LogRow(*row) for row in log],
            aside=[
                AsideRow(*row)
                for row in rows("SELECT id, prev, key_id, reason FROM quarantine WHERE office = ?")
            ],
            records={
                row[0]: RecordRow(*row[1:])
                for row in rows("SELECT id, seq, kind, unit, state FROM records WHERE office = ?")
            },
            cells={
                (day, unit): cell
                for day, unit, raw in rows("SELECT day, unit, metrics FROM cells WHERE office = ?")
                if (cell := msgspec.msgpack.decode(raw))
            },
            digests={
                (kind, unit): (count, digest)
                for kind, unit, count, digest in rows(
                    "SELECT kind, unit, count, digest FROM digests WHERE office = ?"
                )
            },
            forks=dict(rows("SELECT branch, orphan FROM forks WHERE office = ?")),
            readers={
                key_id: Reader(role, tuple(msgspec.json.decode(scope)))
                for key_id, role, scope in rows(
                    "SELECT key_id, role, scope FROM terminals WHERE office = ?"
                )
            },
            revoked={
                key_id
                for (key_id,) in rows(
                    "SELECT key_id FROM terminals WHERE office = ? AND revoked_ms IS NOT NULL"
                )
            },
        )
    office.fold()
    return office


def read_terminal(machine: TerminalMachine) -> TerminalFile:
    """A terminal's file."""
    with machine.connection() as own:
        sync = own.execute(
            "SELECT key_id, epoch, cursor, witness_seq, witness_hist, fork, hlc FROM sync"
        ).fetchone()
        ops = own.execute(
            "SELECT counter, id, record, state, seq, eff, shown FROM ops ORDER BY counter"
        )
        base = own.execute("SELECT record, seq, state FROM base").fetchall()
        views = own.execute("SELECT record, kind, unit, void, conflicts, fields FROM view")
        (dropped,) = own.execute("SELECT total(last - first + 1) FROM dropped").fetchone()
        cells = own.execute("SELECT day, unit, metrics FROM cells").fetchall()
        return TerminalFile(
            name=machine.name,
            key_id=sync[0],
            epoch=sync[1],
            cursor=sync[2],
            witness=(sync[3], sync[4]),
            hlc=sync[6],
            fork=bool(sync[5]),
            ops=[OwnOp(*row) for row in ops],
            dropped=int(dropped),
            base={record: (seq, state) for record, seq, state in base},
            views={row[0]: row[1:] for row in views},
            cells={(day, unit): msgspec.msgpack.decode(raw) for day, unit, raw in cells},
        )
