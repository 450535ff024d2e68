"""The audit log's rows: added at the end, read in order, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from armband.server.audit_log import Details, Entry, LogHead, LogRow, next_row
from armband.server.store import dbapi

END = """
    SELECT number, hash FROM audit_log WHERE office = ? ORDER BY number DESC LIMIT 1"""
ADD = """
    INSERT INTO audit_log (office, number, at_ms, actor, action, object, details, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ROWS = """
    SELECT number, at_ms, actor, action, object, details, hash FROM audit_log
    WHERE office = ? AND number > ? ORDER BY number LIMIT ?"""
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Details)


def append(conn: dbapi.Connection, office: str, entry: Entry) -> None:
    """Put an entry at the end, inside the caller's transaction."""
    found = conn.execute(END, (office,)).fetchone()
    row = next_row(LogHead(*found) if found else LogHead(), entry)
    said = (entry.at_ms, entry.actor, entry.action, entry.object, _encoder.encode(entry.details))
    conn.execute(ADD, (office, row.number, *said, row.hash))


def rows(conn: dbapi.Connection, office: str, after: int = -1, limit: int = -1) -> Iterator[LogRow]:
    """Rows after the one of this number, the oldest first; all of them with ``limit`` = -1.

    Raises:
        msgspec.DecodeError: details are damaged.
    """
    found = conn.execute(ROWS, (office, after, limit))
    for number, at_ms, actor, action, subject, details, digest in found:
        entry = Entry(at_ms, actor, action, subject, _decoder.decode(details))
        yield LogRow(number, entry, digest)
