"""Looking for damage in an office's store, beside a running server or without one.

Operations prove themselves by their ids and the history chain, much else is derived from them and
can be counted again. The rest stands a second time in an index, which SQLite's own check compares.
Nothing is written, not even to the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from armband.server.audit import audit
from armband.server.audit_log import check_log
from armband.server.store import dbapi, sqlite_log
from armband.server.store.migrations import migrate
from armband.server.store.sqlite_audit import SqliteAuditSource
from armband.server.store.sqlite_office import find_office
from armband.shared.errors import ArmbandError
from armband.shared.ops import CHAIN_START, WireOp, decode_payload, key_id_of, link

INTEGRITY_LINES = 20
DECLARED = {
    "the tables are": "SELECT type, name, tbl_name, sql FROM sqlite_schema",
    "the marks of the file are": "PRAGMA application_id",
    "the numbers of the file are": "PRAGMA user_version",
}
_UNREADABLE: tuple[type[Exception], ...] = (
    *dbapi.Error, ArmbandError, ValueError, TypeError, OverflowError, AttributeError, KeyError,
    AssertionError, IndexError,
)  # fmt: skip
"""What damaged bytes come to while they are read: no statement, no number, no text, no Struct."""
SAYINGS = "SELECT seq, record, kind, unit, author, payload, status FROM ops WHERE office = ?"
KEPT_ASIDE = """
    SELECT id, key_id, counter, prev, hlc, nonce, payload FROM quarantine WHERE office = ?"""
HEADS = "SELECT key_id, branch, op, counter, eff FROM heads WHERE office = ?"
LINKS = """
    SELECT key_id, branch, counter, id, eff, prev FROM ops WHERE office = :office
    UNION ALL
    SELECT key_id, branch, counter, id, floor, prev FROM quarantine WHERE office = :office"""
ORPHANS = "SELECT prev FROM forks WHERE office = ? AND orphan = 1"
KEYS = "SELECT name, key_id, public_key FROM terminals WHERE office = ?"
STRAY_MOVES = """
    SELECT m.seq FROM moves m LEFT JOIN ops o ON o.office = m.office AND o.seq = m.seq
    WHERE m.office = ? AND (o.record IS NULL OR o.record != m.record)"""
COUNTS = {
    "operations": "SELECT count(*) FROM ops WHERE office = ?",
    "refused": "SELECT count(*) FROM quarantine WHERE office = ?",
    "forks": "SELECT count(*) FROM forks WHERE office = ?",
    "terminals": "SELECT count(*) FROM terminals WHERE office = ?",
}


@dataclass
class Examined:
    """What was found; each text says one thing that is wrong. Nothing: sound.

    Attributes:
        file: SQLite's own findings.
        records: where figures, records or history are not what the operations make.
        chains: where operations, heads or keys are not what they were.
        counts: of what is in it, by name; empty when it could not be read.
    """

    file: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.file or self.records or self.chains)


def examine(path: Path, key: dbapi.Key | None = None) -> Examined:
    """Look at the whole store.

    Raises:
        StoreFailed: it is encrypted, and there is no driver for it.
    """
    found = Examined()
    conn = dbapi.connect(path, key, "ro")
    with closing(conn):
        _collect(found.file, _check_file, conn)
        office = ""
        try:
            # One moment for everything that follows, whatever a running server commits meanwhile.
            conn.execute("BEGIN")
            office = find_office(conn)
        except _UNREADABLE as error:
            found.records.append(f"cannot be read: {error}")
            return found
        _collect(found.records, partial(_recount, office=office), conn)
        for check in CHECKS:
            _collect(found.chains, partial(check, office=office), conn)
        try:
            found.counts = {
                name: conn.execute(sql, (office,)).fetchone()[0] for name, sql in COUNTS.items()
            }
        except dbapi.Error as error:
            found.file.append(str(error))
    return found


def _collect(
    found: list[str], check: Callable[[dbapi.Connection], Iterator[str]], conn: dbapi.Connection
) -> None:
    try:
        found.extend(check(conn))
    except _UNREADABLE as error:
        found.append(f"cannot be read: {error}")


def _check_file(conn: dbapi.Connection) -> Iterator[str]:
    for (line,) in conn.execute(f"PRAGMA integrity_check({INTEGRITY_LINES:d})"):
        if line != "ok":
            yield str(line)
    with closing(dbapi.memory()) as fresh:
        migrate(fresh)
        for what, sql in DECLARED.items():
            if set(conn.execute(sql)) != set(fresh.execute(sql)):
                yield f"{what} not as this release declares them"


def _recount(conn: dbapi.Connection, office: str) -> Iterator[str]:
    for difference in audit(SqliteAuditSource(conn, office)).differences:
        yield "; ".join(f"{name} {value}" for name, value in difference.items())


def _check_sayings(conn: dbapi.Connection, office: str) -> Iterator[str]:
    """The columns of an operation repeat what its payload says; a purged one has none."""
    for seq, record, kind, unit, author, payload, status in conn.execute(SAYINGS, (office,)):
        if payload is None:
            continue
        body = decode_payload(payload)
        said = (body.record, body.kind, body.unit, body.author)
        if said != (record, kind, unit, author) or not 1 <= status <= 4:
            yield f"operation {seq} is not filed as what it says"


def _check_kept_aside(conn: dbapi.Connection, office: str) -> Iterator[str]:
    for op, key_id, counter, prev, hlc, nonce, payload in conn.execute(KEPT_ASIDE, (office,)):
        wire = WireOp(hlc, int.from_bytes(nonce, "big"), payload)
        if link(prev, key_id, counter, wire).id != op:
            yield f"operation {counter} of {key_id.hex()}, kept aside, is not what came in"


def _check_heads(conn: dbapi.Connection, office: str) -> Iterator[str]:
    """Every operation follows one that is here, and the newest of each branch is noted as such."""
    newest: dict[tuple[bytes, bytes], tuple[int, bytes, int]] = {}
    known = {CHAIN_START, *(prev for (prev,) in conn.execute(ORPHANS, (office,)))}
    followed: dict[bytes, tuple[bytes, int]] = {}
    for key_id, branch, counter, op, eff, prev in conn.execute(LINKS, {"office": office}):
        known.add(op)
        followed[prev] = (key_id, counter)
        key = (key_id, branch)
        newest[key] = max(newest.get(key, (0, b"", 0)), (counter, op, eff))
    for prev in sorted(followed.keys() - known):
        key_id, counter = followed[prev]
        yield f"operation {counter} of {key_id.hex()} follows one that is not here"
    stored = {
        (key_id, branch): (counter, op, eff)
        for key_id, branch, op, counter, eff in conn.execute(HEADS, (office,))
    }
    for key in sorted({*newest, *stored}):
        if newest.get(key) != stored.get(key):
            yield f"the newest operation of {key[0].hex()} is not the one that is noted"


def _check_keys(conn: dbapi.Connection, office: str) -> Iterator[str]:
    for name, key_id, public_key in conn.execute(KEYS, (office,)):
        if key_id_of(public_key) != key_id:
            yield f"the key of terminal {name} is not the one that was listed"


def _check_log(conn: dbapi.Connection, office: str) -> Iterator[str]:
    for row in check_log(sqlite_log.rows(conn, office)):
        if isinstance(row, str):
            yield f"the audit log: {row}"


def _check_moves(conn: dbapi.Connection, office: str) -> Iterator[str]:
    for (seq,) in conn.execute(STRAY_MOVES, (office,)):
        yield f"the move at {seq} is of another record"


CHECKS = (
    *(_check_sayings, _check_kept_aside, _check_heads),
    *(_check_keys, _check_moves, _check_log),
)
