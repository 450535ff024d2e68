"""Taking out of a damaged store what exists nowhere else, into a new one.

What is unsent is in this file alone: own operations, each proved by its id, and what is typed into
forms. Records and figures of the office are left behind; the office sends them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from armband.client.model import Identity
from armband.client.store import dbapi, derive, tables
from armband.client.store.connection import connect_writer, run_write
from armband.client.store.examine import COLUMNS, LOST, StoredOp, read_only
from armband.client.store.journal import Run, dropped_runs
from armband.client.store.raw_pages import rows_in
from armband.shared import hlc
from armband.shared.fields import Patch
from armband.shared.ids import ID_BYTES

_ASIDE = ("drafts", "preferences")
"""Tables whose rows are taken over as they are, where they can be read."""
_BEHIND_MAX = 5_000
"""Operations that may be unreadable behind the newest readable one and are still looked for."""
_BROKEN: tuple[type[Exception], ...] = (
    *dbapi.Error,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)


@dataclass
class Salvaged:
    """What was found in a damaged store.

    Attributes:
        operations: proved by their ids, in order of the chain.
        broken: the others that can still be read in part: counter, and what they seem to say.
        missing: counters below the newest of which nothing could be read.
        dropped: runs of operations that had been dropped in good order.
    """

    operations: list[StoredOp] = field(default_factory=list)
    broken: list[tuple[int, Patch]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    dropped: list[Run] = field(default_factory=list)
    identity: Identity | None = None
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """How many of the operations the office had not answered."""
        return sum(op.state == 0 for op in self.operations)


def read_damaged(path: Path, key_id: bytes, key: bytes | None = None) -> Salvaged:
    """Read all that can be read and proved; the file stays as it is."""
    found = Salvaged()
    written, rows = 0, dict[int, StoredOp]()
    with suppress(*_BROKEN), read_only(path, key) as conn:
        # What is no text any more shall not stop the row that holds it.
        conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
        with suppress(*_BROKEN):
            found.identity = tables.load_identity(conn)
        with suppress(*_BROKEN):
            written = int(tables.load_sync(conn).counter)
        rows = _rows(conn, written, key_id)
        with suppress(*_BROKEN):
            found.dropped = dropped_runs(conn)
        for table in _ASIDE:
            with suppress(*_BROKEN):
                found.rows[table] = conn.execute(f"SELECT * FROM {table}").fetchall()
    for op in _raw_operations(path, key):
        # The tree's own answer is the newest; a page may also be an old version of itself.
        if _proved(op, key_id):
            known = rows.get(op.counter)
            rows[op.counter] = known if known and _proved(known, key_id) else op
    _sort_out(rows, written, key_id, found)
    return found


def _raw_operations(path: Path, key: bytes | None) -> Iterator[StoredOp]:
    """What looks like an operation on any page, for where the tree does not lead any more."""
    for counter, values in rows_in(path, len(StoredOp.__slots__), key):
        texts = [raw.decode("utf-8", "replace") for raw in values[-2:] if isinstance(raw, bytes)]
        if len(texts) == 2:
            columns: list[Any] = [counter, *values[1:-2], *texts]
            yield StoredOp(*columns)


def _rows(conn: dbapi.Connection, written: int, key_id: bytes) -> dict[int, StoredOp]:
    """By counter: from the front, from the back, and one by one for what neither way reaches."""
    rows: dict[int, StoredOp] = {}
    for order in ("ASC", "DESC"):
        with suppress(*_BROKEN):
            for row in _query(conn, f"ORDER BY counter {order}"):
                rows[row.counter] = row
    for wanted in range(1, _last(rows, written, key_id) + 1):
        if wanted not in rows:
            with suppress(*_BROKEN):
                rows.update((row.counter, row) for row in _query(conn, f"WHERE counter = {wanted}"))
    return rows


def _last(rows: dict[int, StoredOp], written: int, key_id: bytes) -> int:
    """The newest operation there can be; a number out of all proportion is damaged itself."""
    newest = max((n for n, row in rows.items() if _proved(row, key_id)), default=0)
    return max(newest, min(written, newest + _BEHIND_MAX))


def _query(conn: dbapi.Connection, rest: str) -> Iterator[StoredOp]:
    # Not by an index: it may be the part that is damaged.
    for row in conn.execute(f"SELECT {COLUMNS} FROM ops NOT INDEXED {rest}"):
        yield StoredOp(*row)


def _sort_out(rows: dict[int, StoredOp], written: int, key_id: bytes, found: Salvaged) -> None:
    for counter, row in sorted(rows.items()):
        if _proved(row, key_id):
            found.operations.append(row)
        else:
            found.broken.append((counter, _seems_to_say(row)))
    newest = _last(rows, written, key_id)
    found.dropped = list(_still_dropped(found.dropped, written, rows))
    here = {*rows, *(n for first, last, _head in found.dropped for n in range(first, last + 1))}
    found.missing = [counter for counter in range(1, newest + 1) if counter not in here]


def _still_dropped(runs: list[Run], written: int, rows: dict[int, StoredOp]) -> Iterator[Run]:
    """The runs that can be so; what was found after all is no longer dropped."""
    before = 0
    for first, last, head in runs:
        numbers = isinstance(first, int) and isinstance(last, int)
        if not (numbers and before < first <= last <= written and len(head) == ID_BYTES):
            continue
        before = last
        start = first
        for counter in sorted(n for n in rows if first <= n <= last):
            if counter > start:
                yield start, counter - 1, rows[counter].prev
            start = counter + 1
        if start <= last:
            yield start, last, head


def _proved(row: StoredOp, key_id: bytes) -> bool:
    try:
        return row.linked(key_id).id == row.id
    except _BROKEN:
        return False


def _seems_to_say(row: StoredOp) -> Patch:
    try:
        return tables.decode_payload(row.payload).patch
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError):
        return {}


def write_new(
    path: Path, found: Salvaged, key_id: bytes, identity: Identity, key: bytes | None = None
) -> None:
    """A new store at ``path`` with what was salvaged; the office's records are still to come.

    The next hello names no epoch: the office is offered every operation again, drops by their ids
    those that it holds, and takes what follows a lost one as a branch of its own.

    Raises:
        StoreFull, StoreUnusable: the disk refuses.
        OSError: the same.
    """
    path.unlink(missing_ok=True)
    with closing(connect_writer(path, key)) as conn:
        run_write(conn, lambda c: _fill(c, found, key_id, identity))
        run_write(conn, derive.refresh_if_old)
        # In one file: it is about to take the place of another.
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(conn: dbapi.Connection, found: Salvaged, key_id: bytes, identity: Identity) -> None:
    tables.create_sync(conn, key_id=key_id, identity=identity)
    conn.executemany(
        "INSERT INTO ops VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, 0, 0, '', '')",
        [_as_waiting(op, key_id) for op in found.operations],
    )
    # The chain goes on behind what is proved: the office may lack what is lost, and an operation
    # behind one that it lacks would make it doubt its own history.
    conn.executemany("INSERT INTO dropped VALUES (?, ?, ?)", found.dropped)
    ends = [(last, head) for _first, last, head in found.dropped]
    ends += [(op.counter, op.id) for op in found.operations[-1:]]
    if ends:
        stamp = max((op.hlc for op in found.operations), default=0)
        conn.execute("UPDATE sync SET counter = ?, head = ?, hlc = ?", (*max(ends), stamp))
    for table, rows in found.rows.items():
        for row in rows:
            with suppress(*_BROKEN):
                if table == "drafts":
                    # Words that do not decode would be damage in the new store too.
                    tables.decode_patch(row[1])
                conn.execute(f"INSERT INTO {table} VALUES ({tables.marks(row)})", row)
    lost = sorted({*found.missing, *(counter for counter, _patch in found.broken)})
    conn.execute(
        "INSERT OR REPLACE INTO preferences VALUES (?, ?)", (LOST, " ".join(map(str, lost)))
    )
    derive.refresh_all(conn, key_id)


def _as_waiting(op: StoredOp, key_id: bytes) -> tuple[object, ...]:
    """An operation as if it had just been written; only what its id proves is believed."""
    body = op.linked(key_id).body
    record = body.record if body is not None else op.record
    at_ms = op.at_ms if isinstance(op.at_ms, int) else hlc.stamp_ms(op.hlc)
    columns = (op.counter, op.id, op.prev, op.hlc, op.nonce, op.payload)
    return (*columns, record, at_ms, bool(op.is_new))
