"""The office's own row."""

from __future__ import annotations

from armband.server.errors import StoreExists, StoreMissing
from armband.server.model import OfficeRow
from armband.server.store import dbapi
from armband.server.store.values import decode_policy, encode_policy

OFFICE = """
    SELECT office, name, policy, epoch, seq, hist, top_eff, stable_seq, key_id
    FROM offices WHERE office = ?"""
ADD_OFFICE = """
    INSERT INTO offices (office, name, policy, epoch, seq, hist, top_eff, stable_seq, key_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
SET_EPOCH = "UPDATE offices SET epoch = ? WHERE office = ? AND epoch = ?"
MARK_STABLE = "UPDATE offices SET stable_seq = max(stable_seq, ?) WHERE office = ?"
BEGIN_AGAIN = "UPDATE offices SET epoch = ?, stable_seq = seq WHERE office = ?"
PROBE = "UPDATE offices SET seq = seq WHERE office = ?"
FIND_OFFICE = "SELECT office FROM offices ORDER BY office LIMIT 1"


def read_office(conn: dbapi.Connection, office: str) -> OfficeRow:
    """The office's row.

    Raises:
        StoreMissing: there is none.
    """
    row = conn.execute(OFFICE, (office,)).fetchone()
    if row is None:
        raise StoreMissing(f"the store holds no office {office!r}")
    return OfficeRow(row[0], row[1], decode_policy(row[2]), *row[3:])


def find_office(conn: dbapi.Connection) -> str:
    """The code of the office that this file belongs to.

    Raises:
        StoreMissing: the file holds none.
    """
    row = conn.execute(FIND_OFFICE).fetchone()
    if row is None:
        raise StoreMissing("the store holds no office")
    return str(row[0])


def add_office(conn: dbapi.Connection, row: OfficeRow) -> None:
    """Enter a new office.

    Raises:
        StoreExists: it is there already.
    """
    policy = encode_policy(row.policy)
    values = (row.code, row.name, policy, row.epoch, row.seq, row.hist)
    try:
        conn.execute(ADD_OFFICE, (*values, row.top, row.stable_seq, row.key_id))
    except dbapi.IntegrityError:
        raise StoreExists(f"the office {row.code!r} is there already") from None


def replace_epoch(conn: dbapi.Connection, office: str, old: bytes, new: bytes) -> bytes:
    """Set the epoch to ``new`` if it is ``old``; the epoch afterwards."""
    conn.execute(SET_EPOCH, (new, office, old))
    return read_office(conn, office).epoch


def mark_stable(conn: dbapi.Connection, office: str, seq: int) -> int:
    """A verified backup holds the history up to ``seq``; the newest such seq afterwards."""
    conn.execute(MARK_STABLE, (seq, office))
    return read_office(conn, office).stable_seq


def begin_again(conn: dbapi.Connection, office: str, epoch: bytes) -> None:
    """This store is a verified backup, and goes on from here under a new epoch."""
    conn.execute(BEGIN_AGAIN, (epoch, office))


def probe(conn: dbapi.Connection, office: str) -> None:
    """Write the office's row as it is."""
    conn.execute(PROBE, (office,))
