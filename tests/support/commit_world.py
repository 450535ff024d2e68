"""An office in dicts, and terminals that write chains of operations: the pipeline, no disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from armband.server.commit.decide import Answer, Decision, Submission, needs
from armband.server.commit.model import Batch, TerminalGrant
from armband.server.commit.rows import (
    BranchKey,
    Changes,
    DigestKey,
    Fork,
    KeptAside,
    KnownOp,
    Loaded,
    LoadRequest,
    Move,
    Stamped,
    StoredRecord,
    Totals,
    TotalsRequest,
    UnitDigest,
)
from armband.server.model import ChangedRow, Head, OfficeRow
from armband.shared import wire
from armband.shared.fields import Value
from armband.shared.hlc import stamp_at
from armband.shared.kinds import View
from armband.shared.merge import decode_state, view
from armband.shared.ops import CHAIN_START, Op, Payload, WireOp, encode_payload, link
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, MemberKey, Metrics, Places

NOW_MS = 1_655_000_000_000
"""2022-06-12 in Shanghai, in the morning."""
OFFICE = "lianhu"
OFFICE_KEY = b"office's own key"
STREET = TerminalGrant(Role.STREET, (OFFICE,))
DAY = "2022-06-12"


def record_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def office_row() -> OfficeRow:
    return OfficeRow(
        code=OFFICE,
        name="莲湖街道",
        policy=Policy(),
        epoch=b"e" * 16,
        seq=0,
        hist=CHAIN_START,
        top=0,
        stable_seq=0,
        key_id=OFFICE_KEY,
    )


@dataclass
class Author:
    """A terminal that writes its chain."""

    name: str
    prev: bytes = CHAIN_START
    counter: int = 0
    hlc: int = stamp_at(NOW_MS - 60_000)

    @property
    def key_id(self) -> bytes:
        return self.name.encode().ljust(16, b".")

    def op(
        self,
        record: int,
        patch: Mapping[str, Value],
        *,
        kind: str = "household",
        seen: int = 0,
        unit: str = OFFICE,
        hlc: int | None = None,
    ) -> Op:
        """The next operation of the chain; the clock ticks unless ``hlc`` says otherwise."""
        self.hlc = self.hlc + 1 if hlc is None else hlc
        payload = Payload(record_id(record), kind, unit, dict(patch), seen, self.name)
        return self.raw(encode_payload(payload))

    def raw(self, payload: bytes) -> Op:
        """The next operation, whatever its payload."""
        self.counter += 1
        op = link(self.prev, self.key_id, self.counter, WireOp(self.hlc, self.counter, payload))
        self.prev = op.id
        return op

    def clone(self) -> Author:
        """The same file, copied."""
        return dataclasses.replace(self)


def batch(
    *ops: Op,
    grant: TerminalGrant = STREET,
    offset_ms: int = 0,
    repushing: bool = False,
) -> Batch:
    return Batch(ops[0].key_id, grant, offset_ms, repushing, ops)


@dataclass
class World:
    """What a store would hold, and the pipeline over it."""

    office: OfficeRow = field(default_factory=office_row)
    ops: list[Stamped] = field(default_factory=list)
    kept_aside: list[KeptAside] = field(default_factory=list)
    heads: dict[BranchKey, Head] = field(default_factory=dict)
    forks: list[Fork] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    records: dict[bytes, ChangedRow] = field(default_factory=dict)
    cells: dict[CellKey, Metrics] = field(default_factory=dict)
    members: dict[MemberKey, Places] = field(default_factory=dict)
    digests: dict[DigestKey, UnitDigest] = field(default_factory=dict)
    revoked: set[bytes] = field(default_factory=set)
    changes: Changes | None = None
    """Of the newest group."""

    def submit(self, *submissions: Submission, now_ms: int = NOW_MS) -> list[Answer]:
        """Commit one group."""
        loaded = self.load(needs(submissions, self.office.key_id))
        decision = Decision(loaded, submissions, now_ms)
        self.save(decision.settle(self._totals(decision.totals)))
        return decision.answers

    def push(
        self, *ops: Op, grant: TerminalGrant = STREET, offset_ms: int = 0, now_ms: int = NOW_MS
    ) -> list[wire.Receipt]:
        """Commit one batch and return its receipts."""
        pushed = batch(*ops, grant=grant, offset_ms=offset_ms)
        (answer,) = self.submit(pushed, now_ms=now_ms)
        assert isinstance(answer, list), answer
        return [part for part in answer if isinstance(part, wire.Receipt)]

    def load(self, request: LoadRequest) -> Loaded:
        known = []
        for row in self.ops:
            receipt = wire.Receipt(row.op.counter, row.status, row.seq, row.eff)
            known.append(KnownOp(row.op.key_id, row.op.id, row.branch, row.eff, receipt))
        for kept in self.kept_aside:
            receipt = wire.Receipt(
                kept.op.counter, wire.STATUS_QUARANTINED, 0, 0, kept.reason, kept.detail
            )
            known.append(KnownOp(kept.op.key_id, kept.op.id, kept.branch, kept.floor, receipt))
        return Loaded(
            office=self.office,
            known=tuple(op for op in known if _in_ranges(op, request)),
            heads={key: head for key, head in self.heads.items() if key[0] in request.keys},
            revoked=frozenset(self.revoked),
            records={
                record: StoredRecord(row.seq, row.kind, row.unit, row.state)
                for record, row in self.records.items()
                if record in request.records
            },
        )

    def _totals(self, request: TotalsRequest) -> Totals:
        return Totals(
            {key: self.members[key] for key in request.members if key in self.members},
            {key: self.cells[key] for key in request.cells if key in self.cells},
            {key: self.digests[key] for key in request.digests if key in self.digests},
        )

    def save(self, changes: Changes) -> None:
        self.changes = changes
        self.office = changes.office
        self.ops += changes.stamped
        self.kept_aside += changes.kept_aside
        self.heads |= changes.heads
        self.forks += changes.forks
        self.moves += changes.moves
        self.records |= {row.record: row for row in changes.records}
        self.cells |= changes.cells
        self.members = {k: v for k, v in (self.members | changes.members).items() if v}
        self.digests = {k: v for k, v in (self.digests | changes.digests).items() if v.count}

    def view(self, record: int) -> View:
        return view(decode_state(self.records[record_id(record)].state))

    def stamp(self, record: int) -> int:
        """What a reader of the record has seen."""
        return decode_state(self.records[record_id(record)].state).stamp

    def cell(self, unit: str, day: str = "") -> Metrics:
        return self.cells.get((day, unit), {})


def _in_ranges(op: KnownOp, request: LoadRequest) -> bool:
    return any(
        chain.key_id == op.key_id and chain.first <= op.receipt.counter <= chain.last
        for chain in request.chains
    )


def statuses(receipts: Sequence[wire.Receipt]) -> list[int]:
    return [receipt.status for receipt in receipts]
