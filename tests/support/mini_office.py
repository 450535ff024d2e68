"""An office in a hundred lines, for tests of the terminal's store: it takes operations in, stamps
them, answers, and feeds the newest state of each record. It reuses the shared core and nothing of
the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from armband.client.sync_port import Batch
from armband.shared import hlc, wire
from armband.shared.fields import Patch
from armband.shared.ids import NO_ID
from armband.shared.merge import State, Write, encode_state, merge, view
from armband.shared.ops import CHAIN_START, link_all, next_history, set_digest
from armband.shared.policy import Policy

EPOCH = b"e" * 16


@dataclass
class MiniOffice:
    """What one office holds, and who may see what (everything inside ``scope``)."""

    now_ms: int
    scope: tuple[str, ...] = ("lianhu",)
    epoch: bytes = EPOCH
    seq: int = 0
    top: int = 0
    hist: bytes = CHAIN_START
    hists: dict[int, bytes] = field(default_factory=dict)
    states: dict[bytes, tuple[int, State]] = field(default_factory=dict)
    receipts: dict[bytes, wire.Receipt] = field(default_factory=dict)
    heads: dict[bytes, tuple[int, bytes, int]] = field(default_factory=dict)
    refuse: Callable[[Patch], str] = lambda _patch: ""

    def take(self, batch: Batch, key_id: bytes) -> wire.Receipts:
        """Commit a push and answer it."""
        items = []
        for op in link_all(batch.prev, key_id, batch.counter, batch.wires):
            if op.id not in self.receipts:
                assert op.body is not None
                reason = self.refuse(op.body.patch)
                if reason:
                    receipt = wire.Receipt(op.counter, wire.STATUS_QUARANTINED, 0, 0, reason)
                else:
                    previous = self.heads.get(key_id, (0, NO_ID, 0))[2]
                    eff = hlc.effective_stamp(op.wire.hlc, self.now_ms, self.top, previous)
                    write = Write(
                        eff, op.id, key_id, op.counter, op.body.seen, op.body.author, False,
                        op.body.patch,
                    )  # fmt: skip
                    self._land(op.body.record, op.body.kind, write)
                    receipt = wire.Receipt(op.counter, wire.STATUS_ACCEPTED, self.seq, eff)
                self.receipts[op.id] = receipt
                previous = self.heads.get(key_id, (0, NO_ID, 0))[2]
                self.heads[key_id] = (op.counter, op.id, max(previous, receipt.eff))
            items.append(self.receipts[op.id])
        return wire.Receipts(items, self.seq, self.hist, 0)

    def write(
        self, record: bytes, kind: str, patch: Patch, *, seen: int | None = None, who: str = "other"
    ) -> None:
        """Somebody else changes a record; by default having seen all of it."""
        known = self.states.get(record)
        version = known[1].stamp if known else 0
        eff = max(hlc.stamp_at(self.now_ms), self.top + 1)
        op = self.seq.to_bytes(8, "big") + b"somebody"
        branch = who.encode().ljust(16, b"\0")
        seen = version if seen is None else seen
        self._land(record, kind, Write(eff, op, branch, self.seq + 1, seen, who, False, patch))

    def _land(self, record: bytes, kind: str, write: Write) -> None:
        self.seq += 1
        self.top = max(self.top, write.stamp)
        self.hist = next_history(
            self.hist, write.op, write.stamp, write.branch, suspect=write.suspect
        )
        self.hists[self.seq] = self.hist
        old = self.states[record][1] if record in self.states else None
        landed = max(write.stamp, (old.stamp if old else 0) + 1)
        landed_write = Write(
            write.stamp, write.op, write.branch, write.counter, write.seen, write.author,
            write.suspect, write.patch, landed,
        )  # fmt: skip
        self.states[record] = (self.seq, merge(old, record, kind, [landed_write]))

    def readable(self) -> dict[bytes, tuple[int, State]]:
        """What the terminal may hold."""
        return {
            record: (seq, state)
            for record, (seq, state) in self.states.items()
            if any(view(state).unit.startswith(unit) for unit in self.scope)
        }

    def feed(
        self, cursor: int, page: int = 1000, left: Iterable[bytes] = ()
    ) -> tuple[wire.Feed, list[wire.FeedRow]]:
        """The next frame after ``cursor``; its cursor moves at least to the last row."""
        rows = sorted(
            (seq, encode_state(state)) for seq, state in self.readable().values() if seq > cursor
        )
        chosen = [wire.FeedRow(seq, state) for seq, state in rows[:page]]
        to_seq = chosen[-1].seq if len(rows) > page else self.seq
        hist = self.hists.get(to_seq, CHAIN_START)
        return wire.Feed(cursor, to_seq, hist, b"", list(left)), chosen

    def caught_up(self) -> wire.CaughtUp:
        """What the base must hold now."""
        rows = [(record, seq) for record, (seq, _state) in self.readable().items()]
        return wire.CaughtUp(self.seq, self.hist, set_digest(rows), len(rows))

    def welcome(self, key_id: bytes, **changes: object) -> wire.Welcome:
        """The answer to a hello."""
        counter, head, _eff = self.heads.get(key_id, (0, b"", 0))
        fields: dict[str, object] = {
            "protocol": wire.PROTOCOL,
            "now_ms": self.now_ms,
            "epoch": self.epoch,
            "office": "lianhu",
            "office_name": "莲湖街道",
            "policy": Policy(),
            "scope": list(self.scope),
            "role": "grid",
            "person": "李雪婷",
            "head_counter": counter,
            "head": head,
            "seq": self.seq,
            "stable_seq": 0,
        }
        return wire.Welcome(**{**fields, **changes})  # type: ignore[arg-type]  # fields by name
