"""The write path: what a group of submissions needs, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from armband.server.commit.rows import (
    ChainRange,
    Changes,
    KnownOp,
    Loaded,
    LoadRequest,
    StoredRecord,
    Totals,
    TotalsRequest,
    UnitDigest,
)
from armband.server.model import Head
from armband.server.store import dbapi
from armband.server.store.sqlite_office import read_office
from armband.server.store.values import (
    decode_metrics,
    decode_places,
    encode_metrics,
    encode_places,
    nonce_bytes,
)
from armband.shared.wire import STATUS_QUARANTINED, Receipt

KNOWN_OPS = """
    SELECT id, counter, branch, eff, status, seq FROM ops
    WHERE office = ? AND key_id = ? AND counter BETWEEN ? AND ?"""
KNOWN_QUARANTINED = """
    SELECT id, counter, branch, floor, reason, detail FROM quarantine
    WHERE office = ? AND key_id = ? AND counter BETWEEN ? AND ?"""
HEADS = "SELECT branch, op, counter, eff FROM heads WHERE office = ? AND key_id = ?"
REVOKED = "SELECT revoked_ms IS NOT NULL FROM terminals WHERE office = ? AND key_id = ?"
RECORD = "SELECT seq, kind, unit, state FROM records WHERE office = ? AND id = ?"
MEMBER = "SELECT places FROM members WHERE office = ? AND day = ? AND metric = ? AND member = ?"
CELL = "SELECT metrics FROM cells WHERE office = ? AND day = ? AND unit = ?"
DIGEST = "SELECT count, digest FROM digests WHERE office = ? AND kind = ? AND unit = ?"

MOVE_ON = "UPDATE offices SET seq = ?, hist = ?, top_eff = ? WHERE office = ?"
ADD_OP = """
    INSERT INTO ops (office, seq, id, prev, key_id, counter, branch, eff, hlc, suspect, status,
        record, kind, unit, author, payload_hash, nonce, payload, hist, received_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_QUARANTINED = """
    INSERT INTO quarantine (office, key_id, counter, id, prev, branch, floor, hlc, nonce, payload,
        reason, detail, received_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
SET_HEAD = """
    INSERT INTO heads (office, key_id, branch, op, counter, eff) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (office, key_id, branch) DO UPDATE
    SET op = excluded.op, counter = excluded.counter, eff = excluded.eff"""
ADD_FORK = """
    INSERT INTO forks (office, key_id, branch, prev, counter, orphan, received_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
ADD_MOVE = "INSERT INTO moves (office, seq, record, old_unit) VALUES (?, ?, ?, ?)"
SET_RECORD = """
    INSERT INTO records (office, id, seq, kind, unit, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (office, id) DO UPDATE
    SET seq = excluded.seq, unit = excluded.unit, state = excluded.state"""
SET_CELL = """
    INSERT INTO cells (office, day, unit, metrics) VALUES (?, ?, ?, ?)
    ON CONFLICT (office, day, unit) DO UPDATE SET metrics = excluded.metrics"""
SET_MEMBER = """
    INSERT INTO members (office, day, metric, member, places) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (office, day, metric, member) DO UPDATE SET places = excluded.places"""
DROP_MEMBER = "DELETE FROM members WHERE office = ? AND day = ? AND metric = ? AND member = ?"
SET_DIGEST = """
    INSERT INTO digests (office, kind, unit, count, digest) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (office, kind, unit) DO UPDATE
    SET count = excluded.count, digest = excluded.digest"""
DROP_DIGEST = "DELETE FROM digests WHERE office = ? AND kind = ? AND unit = ?"


def load(conn: dbapi.Connection, office: str, request: LoadRequest) -> Loaded:
    """What a group has to know. A look-up by key costs 3 µs here, no hop and no round trip."""
    heads = {}
    revoked = set()
    for key_id in request.keys:
        for branch, op, counter, eff in conn.execute(HEADS, (office, key_id)):
            heads[key_id, branch] = Head(op, counter, eff)
        listed = conn.execute(REVOKED, (office, key_id)).fetchone()
        if listed is not None and listed[0]:
            revoked.add(key_id)
    records = {}
    for record in request.records:
        row = conn.execute(RECORD, (office, record)).fetchone()
        if row is not None:
            records[record] = StoredRecord(*row)
    return Loaded(
        office=read_office(conn, office),
        known=tuple(op for chain in request.chains for op in _known(conn, office, chain)),
        heads=heads,
        revoked=frozenset(revoked),
        records=records,
    )


def _known(conn: dbapi.Connection, office: str, chain: ChainRange) -> Iterator[KnownOp]:
    bounds = (office, chain.key_id, chain.first, chain.last)
    for op, counter, branch, eff, status, seq in conn.execute(KNOWN_OPS, bounds):
        yield KnownOp(chain.key_id, op, branch, eff, Receipt(counter, status, seq, eff))
    for op, counter, branch, floor, reason, detail in conn.execute(KNOWN_QUARANTINED, bounds):
        receipt = Receipt(counter, STATUS_QUARANTINED, 0, 0, reason, detail)
        yield KnownOp(chain.key_id, op, branch, floor, receipt)


def load_totals(conn: dbapi.Connection, office: str, request: TotalsRequest) -> Totals:
    """The stored totals that the changes touch."""
    totals = Totals()
    for member in request.members:
        row = conn.execute(MEMBER, (office, *member)).fetchone()
        if row is not None:
            totals.members[member] = decode_places(row[0])
    for cell in request.cells:
        row = conn.execute(CELL, (office, *cell)).fetchone()
        if row is not None:
            totals.cells[cell] = decode_metrics(row[0])
    for key in request.digests:
        row = conn.execute(DIGEST, (office, *key)).fetchone()
        if row is not None:
            totals.digests[key] = UnitDigest(*row)
    return totals


def save(conn: dbapi.Connection, office: str, changes: Changes) -> None:
    """Write everything; the office's own row first, because it is the write lock."""
    row = changes.office
    conn.execute(MOVE_ON, (row.seq, row.hist, row.top, office))
    _save_ops(conn, office, changes)
    conn.executemany(
        SET_RECORD,
        ((office, r.record, r.seq, r.kind, r.unit, r.state) for r in changes.records),
    )
    conn.executemany(ADD_MOVE, ((office, m.seq, m.record, m.old_unit) for m in changes.moves))
    _save_totals(conn, office, changes)


def _save_ops(conn: dbapi.Connection, office: str, changes: Changes) -> None:
    conn.executemany(ADD_OP, _op_rows(office, changes))
    conn.executemany(ADD_QUARANTINED, _quarantine_rows(office, changes))
    conn.executemany(
        SET_HEAD,
        ((office, *key, head.op, head.counter, head.eff) for key, head in changes.heads.items()),
    )
    conn.executemany(
        ADD_FORK,
        (
            (office, fork.key_id, fork.branch, fork.prev, fork.counter, fork.orphan, changes.now_ms)
            for fork in changes.forks
        ),
    )


def _op_rows(office: str, changes: Changes) -> Iterator[tuple[object, ...]]:
    for row in changes.stamped:
        op = row.op
        assert op.body is not None, "what was stamped has a body"
        yield (
            *(office, row.seq, op.id, op.prev, op.key_id, op.counter, row.branch, row.eff),
            *(op.wire.hlc, row.suspect, row.status, op.body.record, op.body.kind, op.body.unit),
            *(op.body.author, op.payload_hash, nonce_bytes(op.wire.nonce), op.wire.payload),
            *(row.hist, changes.now_ms),
        )


def _quarantine_rows(office: str, changes: Changes) -> Iterator[tuple[object, ...]]:
    for row in changes.kept_aside:
        op = row.op
        yield (
            *(office, op.key_id, op.counter, op.id, op.prev, row.branch, row.floor, op.wire.hlc),
            *(nonce_bytes(op.wire.nonce), op.wire.payload, row.reason, row.detail),
            changes.now_ms,
        )


def _save_totals(conn: dbapi.Connection, office: str, changes: Changes) -> None:
    conn.executemany(
        SET_CELL, ((office, *key, encode_metrics(cell)) for key, cell in changes.cells.items())
    )
    members = changes.members.items()
    conn.executemany(
        SET_MEMBER, ((office, *key, encode_places(places)) for key, places in members if places)
    )
    conn.executemany(DROP_MEMBER, ((office, *key) for key, places in members if not places))
    digests = changes.digests.items()
    conn.executemany(
        SET_DIGEST, ((office, *key, d.count, d.digest) for key, d in digests if d.count)
    )
    conn.executemany(DROP_DIGEST, ((office, *key) for key, d in digests if not d.count))
