"""Frozen days, and the operations that have changed records since one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from armband.server.reports.model import FrozenDay
from armband.server.store import dbapi
from armband.server.store.audit_rows import AuditOp

NEWEST = """
    SELECT body FROM frozen_days WHERE office = ? AND unit = ? AND day = ?
    ORDER BY edition DESC LIMIT 1"""
ADD = "INSERT INTO frozen_days (office, unit, day, edition, body) VALUES (?, ?, ?, ?, ?)"
CHANGED_SINCE = """
    SELECT o.seq, o.id, o.prev, o.key_id, o.counter, o.branch, o.eff, o.hlc, o.suspect, o.record,
           o.kind, o.payload_hash, o.nonce, o.payload, o.hist
    FROM (SELECT DISTINCT n.record FROM ops AS n WHERE n.office = ? AND n.seq > ?) AS changed
    CROSS JOIN ops AS o
    WHERE o.office = ? AND o.record = changed.record
    ORDER BY o.record, o.seq"""
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(FrozenDay)


def frozen(conn: dbapi.Connection, office: str, unit: str, day: str) -> FrozenDay | None:
    """The newest edition of a unit's day."""
    row = conn.execute(NEWEST, (office, unit, day)).fetchone()
    return None if row is None else _decoder.decode(row[0])


def freeze(conn: dbapi.Connection, office: str, wanted: FrozenDay) -> FrozenDay:
    """Keep a day as the edition after the newest one; what was kept."""
    before = frozen(conn, office, wanted.unit, wanted.day)
    edition = before.edition + 1 if before is not None else 1
    kept = msgspec.structs.replace(wanted, edition=edition)
    conn.execute(ADD, (office, kept.unit, kept.day, edition, _encoder.encode(kept)))
    return kept


def changed_since(conn: dbapi.Connection, office: str, seq: int) -> Iterator[AuditOp]:
    """All operations of every record that changed after ``seq``, by (record, seq)."""
    for row in conn.execute(CHANGED_SINCE, (office, seq, office)):
        yield AuditOp(*row)
