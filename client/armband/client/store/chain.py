"""This terminal's own chain of operations: append, hand out, answer, tray."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from armband.client.errors import UnknownOperation
from armband.client.overlay import seen_by_next, shown_view
from armband.client.store import dbapi
from armband.client.store.derive import refresh
from armband.client.store.tables import Unproved, load_bases, load_own, load_sync
from armband.client.sync_port import Batch
from armband.shared import hlc, ops
from armband.shared.kinds.declare import View
from armband.shared.ops import Payload, WireOp


@dataclass(frozen=True, slots=True)
class Known:
    """A record as the author of the next operation knows it. ``view`` is None for a new one."""

    view: View | None
    seen: int


@dataclass(frozen=True, slots=True)
class Appended:
    """An operation that is in the store now."""

    op: bytes
    record: bytes
    kind: str


Plan = Callable[[dict[bytes, Known]], Sequence[Payload]]
"""Works out the operations from what is known of their records; raises to save nothing."""


def append(
    conn: dbapi.Connection,
    records: Sequence[bytes],
    plan: Plan,
    now_ms: int,
    nonces: Sequence[int],
) -> tuple[list[Appended], frozenset[str]]:
    """Plan, link and store operations, and refresh what they change.

    ``nonces`` are at least as many as the plan has operations.
    """
    sync = load_sync(conn)
    own = load_own(conn, records)
    bases = load_bases(conn, records)
    known = {
        record: Known(
            shown_view(bases.get(record), record, own.get(record, ()), sync.key_id),
            seen_by_next(bases.get(record), own.get(record, ())),
        )
        for record in records
    }
    payloads = plan(known)
    assert len(payloads) <= len(nonces), "an operation without a nonce would be dropped"
    made = {record for record in records if known[record].view is None}
    counter, head, clock = sync.counter, sync.head, sync.hlc
    done: list[Appended] = []
    rows: list[tuple[object, ...]] = []
    for payload, nonce in zip(payloads, nonces, strict=False):
        counter += 1
        # What was seen may be of a history that the office has lost since, and the clock with it.
        clock = hlc.tick(hlc.observe(clock, payload.seen), now_ms)
        wire = WireOp(clock, nonce, ops.encode_payload(payload))
        op = ops.link(head, sync.key_id, counter, wire)
        is_new = payload.record in made
        rows.append(
            (counter, op.id, head, clock, nonce, wire.payload, payload.record, now_ms, is_new)
        )
        made.discard(payload.record)
        done.append(Appended(op.id, payload.record, payload.kind))
        head = op.id
    conn.executemany(
        "INSERT INTO ops VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, 0, 0, '', '')", rows
    )
    conn.execute("UPDATE sync SET counter = ?, head = ?, hlc = ?", (counter, head, clock))
    for payload in payloads:
        if payload.mends:
            _put_away(conn, payload.mends)
    kinds = refresh(conn, sync.key_id, [payload.record for payload in payloads], bases)
    return done, kinds


def _put_away(conn: dbapi.Connection, mended: bytes) -> None:
    """Take a mended operation out of the tray, once."""
    found = conn.execute(
        "UPDATE ops SET put_away = 1 WHERE id = ? AND state = 2 AND put_away = 0", (mended,)
    )
    if found.rowcount != 1:
        raise UnknownOperation(mended)


def waiting(conn: dbapi.Connection, after: int, max_ops: int, max_bytes: int) -> Batch | None:
    """The first run of consecutive waiting operations above ``after``; at least one if any.

    Raises:
        Unproved: one is not what was written; the office would take it for a copied file's.
    """
    rows = conn.execute(
        "SELECT counter, prev, id, hlc, nonce, payload FROM ops WHERE state = 0 AND counter > ? "
        "ORDER BY counter LIMIT ?",
        (after, max_ops),
    ).fetchall()
    if not rows:
        return None
    key_id = load_sync(conn).key_id
    first, prev = rows[0][0], rows[0][1]
    head = prev
    wires: list[WireOp] = []
    size = 0
    for place, (counter, before, op_id, stamp, nonce, payload) in enumerate(rows):
        size += len(payload) + 32
        if counter != first + place or (wires and size > max_bytes):
            break
        wire = WireOp(stamp, nonce, payload)
        proved = ops.op_id_of(head, key_id, counter, wire, ops.payload_hash_of(wire))
        if (before, op_id) != (head, proved):
            raise Unproved(f"operation {counter} is not what was written")
        head = op_id
        wires.append(wire)
    return Batch(prev, first, wires, prev_dropped=first > 1 and not _is_kept(conn, first - 1))


def _is_kept(conn: dbapi.Connection, counter: int) -> bool:
    """Whether an own operation is here: not dropped in good order, nor lost by a damaged disk."""
    found = conn.execute("SELECT 1 FROM ops WHERE counter = ?", (counter,)).fetchone()
    return found is not None
