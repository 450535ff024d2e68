"""Looking for damage in a terminal's store, without changing a byte of it.

Own operations prove themselves: each id is the hash of what the operation says and of the one
before. What screens read is derived and can be derived again. The base can be fetched again. All
else stands a second time in an index, which SQLite's own check compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from armband.client.store import dbapi, derive
from armband.client.store.journal import dropped_runs
from armband.client.store.migrations import applied, migrate, newest
from armband.client.store.tables import (
    SyncRow,
    decode_patch,
    is_enrolled,
    load_identity,
    load_sync,
)
from armband.shared.merge import decode_state
from armband.shared.ops import CHAIN_START, Op, WireOp, link, set_digest

INTEGRITY_LINES = 20
_DECLARED = {
    "the tables are": "SELECT type, name, tbl_name, sql FROM sqlite_schema",
    "the steps of the schema are": "SELECT number, name FROM migrations",
    "the marks of the file are": "PRAGMA application_id",
    "the numbers of the file are": "PRAGMA user_version",
}
_STATES = frozenset({0, 1, 2})
_UNREADABLE: tuple[type[Exception], ...] = (
    *dbapi.Error,
    ValueError,
    TypeError,
    OverflowError,
    AttributeError,
    KeyError,
)
"""What damaged bytes come to while they are read: no statement, no number, no text, no Struct."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, by part; each text says one thing that is wrong, in English. Nothing: sound.

    Attributes:
        file: SQLite's own findings.
        chain: own operations that are not what they were, or are missing.
        base: records of the office that are not what they were.
        view: what screens read, where it is not what base and own operations make.
    """

    file: tuple[str, ...]
    chain: tuple[str, ...]
    base: tuple[str, ...]
    view: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.file or self.chain or self.base or self.view)


def examine(path: Path, key_id: bytes, key: bytes | None = None) -> Examined:
    """Look at the whole store of the terminal with this key; the caller holds its lock.

    Raises:
        StoreTooNew: a newer release has written it.
    """
    with read_only(path, key) as conn, _of_this_release(conn, path, key) as current:
        return Examined(
            file=_found(_check_pages, conn) + _found(_check_declared, current),
            chain=_found(lambda c: _check_chain(c, key_id), current),
            base=_found(_check_base, current),
            view=_found(lambda c: _check_view(c, path, key), current),
        )


def examine_own(conn: dbapi.Connection) -> tuple[str, ...]:
    """What is wrong with the file and with the own operations in it, of this release's schema."""
    if not is_enrolled(conn):
        return _found(_check_pages, conn)
    return _found(_check_pages, conn) + _found(lambda c: _check_chain(c, load_sync(c).key_id), conn)


@contextmanager
def _of_this_release(
    conn: dbapi.Connection, path: Path, key: bytes | None
) -> Iterator[dbapi.Connection]:
    """The same store; one of an older release changed over in memory, as the next start does it."""
    copy: dbapi.Connection | None = None
    current = conn
    try:
        known = applied(conn) == newest() and derive.derived_by(conn) == derive.rules_version()
        if applied(conn) and not known:
            copy = dbapi.copy_into_memory(conn, path, key)
            migrate(copy)
            derive.refresh_if_old(copy)
            current = copy
    except _UNREADABLE:
        current = conn
    try:
        yield current
    finally:
        if copy is not None:
            copy.close()


@contextmanager
def read_only(path: Path, key: bytes | None = None) -> Iterator[dbapi.Connection]:
    """A connection under which no byte of the file or its journal changes, not even at its end.

    Changes can be tried in a transaction that is rolled back: they stay in memory.
    """
    conn = dbapi.connect(path, key, read_only=True)
    with closing(conn):
        yield conn


def _found(
    check: Callable[[dbapi.Connection], Iterator[str]], conn: dbapi.Connection
) -> tuple[str, ...]:
    found: list[str] = []
    try:
        found.extend(check(conn))
    except _UNREADABLE as error:
        found.append(f"cannot be read: {error}")
    return tuple(found)


def _check_pages(conn: dbapi.Connection) -> Iterator[str]:
    for (line,) in conn.execute(f"PRAGMA integrity_check({INTEGRITY_LINES})"):
        if line != "ok":
            yield str(line)


def _check_declared(conn: dbapi.Connection) -> Iterator[str]:
    with closing(dbapi.memory()) as fresh:
        migrate(fresh)
        for what, sql in _DECLARED.items():
            if set(conn.execute(sql)) != set(fresh.execute(sql)):
                yield f"{what} not as this release declares them"


def _check_chain(conn: dbapi.Connection, key_id: bytes) -> Iterator[str]:
    sync = load_sync(conn)
    load_identity(conn)
    if sync.key_id != key_id:
        yield "the store belongs to another key"
    lost = known_lost(conn)
    dropped = dropped_runs(conn)
    head, counter = CHAIN_START, 0
    for row in operations(conn):
        while dropped and dropped[0][1] < row.counter:
            first, last, dropped_head = dropped.pop(0)
            yield from _missing(range(counter + 1, first), lost)
            counter, head = last, dropped_head
        gap = range(counter + 1, row.counter)
        yield from _missing(gap, lost)
        if not gap and row.prev != head:
            yield f"operation {row.counter} does not follow the one before"
        if row.problem(key_id):
            yield f"operation {row.counter}: {row.problem(key_id)}"
        counter, head = row.counter, row.id
    for first, last, dropped_head in dropped:
        yield from _missing(range(counter + 1, first), lost)
        counter, head = last, dropped_head
    if (sync.counter, sync.head) != (counter, head):
        yield f"the chain ends at {counter}, and should at {sync.counter}"


def _missing(gap: range, lost: frozenset[int]) -> Iterator[str]:
    # A damaged counter may be any number: a gap is not walked further than it is known.
    if not all(missing in lost for missing in gap[: len(lost) + 1]):
        yield f"operations from {gap[0]} to {gap[-1]} are missing"


LOST = "lost operations"
"""The preference in which a repair notes, as counters, what it could not save."""


def known_lost(conn: dbapi.Connection) -> frozenset[int]:
    """Operations that an earlier repair has told its user of."""
    row = conn.execute("SELECT value FROM preferences WHERE name = ?", (LOST,)).fetchone()
    return frozenset(int(counter) for counter in row[0].split()) if row else frozenset()


@dataclass(frozen=True, slots=True)
class StoredOp:
    """An own operation as it lies in the store, its columns by name."""

    counter: int
    id: bytes
    prev: bytes
    hlc: int
    nonce: int
    payload: bytes
    record: bytes
    at_ms: int
    is_new: int
    state: int
    shown: int
    put_away: int
    seq: int
    eff: int
    reason: str
    detail: str

    def problem(self, key_id: bytes) -> str:
        """Why this is not the operation that was written; empty when it is."""
        try:
            op = self.linked(key_id)
        except (OverflowError, TypeError, AttributeError):
            return "is no operation any more"
        if op.id != self.id:
            return "is not what was written"
        if op.body is None or op.body.record != self.record:
            return "names another record"
        if self.state not in _STATES or (self.state == 1) != (self.seq > 0):
            return "stands nowhere"
        return ""

    def linked(self, key_id: bytes) -> Op:
        """The operation with the id that its content gives it."""
        return link(self.prev, key_id, self.counter, WireOp(self.hlc, self.nonce, self.payload))


COLUMNS = ", ".join(StoredOp.__slots__)


def operations(conn: dbapi.Connection) -> Iterator[StoredOp]:
    """All own operations, in the order of the chain."""
    for row in conn.execute(f"SELECT {COLUMNS} FROM ops ORDER BY counter"):
        yield StoredOp(*row)


def _check_base(conn: dbapi.Connection) -> Iterator[str]:
    sync: SyncRow = load_sync(conn)
    rows: list[tuple[bytes, int]] = []
    for record, seq, raw, checksum in conn.execute("SELECT record, seq, state, checksum FROM base"):
        rows.append((record, seq))
        if decode_state(raw).id != record or checksum != crc32(raw):
            yield f"record {record.hex()} is not what the office sent"
    if (len(rows), set_digest(rows)) != (sync.base_count, sync.base_digest):
        yield f"{len(rows)} records, {sync.base_count} should be here"


_DERIVED: dict[str, str] = {
    "records": (
        "SELECT record, kind, sort, unit, voided, contested, title, standing, stamp, suspect, "
        "void, conflicts, fields, terms, refs FROM view ORDER BY record"
    ),
    "search terms": "SELECT record, t.kind, term FROM terms t JOIN view USING (n) ORDER BY 1, 2, 3",
    "references": "SELECT record, r.kind, target FROM refs r JOIN view USING (n) ORDER BY 1, 2, 3",
    "duties": (
        "SELECT record, key, rank, from_ms, due_ms, until_ms, since_ms, daily, who, done_ms "
        "FROM duties JOIN view USING (n) ORDER BY 1, 2"
    ),
    "what is done": "SELECT record, key, at_ms FROM settled JOIN view USING (n) ORDER BY 1, 2, 3",
    "numbers of terms": (
        "SELECT (SELECT count(*) FROM terms), (SELECT count(*) FROM refs), "
        "(SELECT count(*) FROM duties), (SELECT count(*) FROM settled)"
    ),
}


def _check_view(conn: dbapi.Connection, path: Path, key: bytes | None) -> Iterator[str]:
    """Derive everything anew in a copy in memory, and compare."""
    key_id = load_sync(conn).key_id
    stored: dict[str, list[Any]] = {
        name: conn.execute(sql).fetchall() for name, sql in _DERIVED.items()
    }
    with closing(dbapi.copy_into_memory(conn, path, key)) as copy:
        derive.refresh_all(copy, key_id)
        for name, sql in _DERIVED.items():
            derived = copy.execute(sql).fetchall()
            unlike = len(set(stored[name]) ^ set(derived))
            if unlike:
                yield f"{name}: {unlike} differ from what base and own operations make"
    for (raw,) in conn.execute("SELECT fields FROM drafts"):
        decode_patch(raw)
