"""A look at a terminal's store beside the process that holds it: reads only, waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from armband.client.errors import StoreDamaged, StoreMissing
from armband.client.model import SyncStatus
from armband.client.store import dbapi
from armband.client.store.chain import waiting
from armband.client.store.connection import connect_reader
from armband.client.store.desk import load_status
from armband.client.store.fresh import is_there
from armband.client.store.tables import load_identity, load_sync
from armband.client.sync_port import Batch
from armband.shared import limits

T = TypeVar("T")


def peek_status(path: Path, key: bytes | None = None) -> SyncStatus:
    """The counts of the sync line.

    Raises:
        StoreMissing: the file is not there.
        StoreDamaged: the file is no sound database of this release.
    """
    return _peek(path, load_status, key)


def peek_contact(path: Path, key: bytes | None = None) -> tuple[int | None, int]:
    """UTC milliseconds of the last contact, and for how many days it may be read after that.

    Raises:
        StoreMissing: the file is not there.
        StoreDamaged: the file is no sound database of this release.
    """
    return _peek(path, _load_contact, key)


def peek_person(path: Path, key: bytes | None = None) -> str:
    """Whose terminal this is, as the office last said.

    Raises:
        StoreMissing: the file is not there.
        StoreDamaged: the file is no sound database of this release.
    """
    return _peek(path, lambda conn: load_identity(conn).person, key)


def _load_contact(conn: dbapi.Connection) -> tuple[int | None, int]:
    return load_sync(conn).last_contact_ms, load_identity(conn).policy.offline_days


def peek_waiting(path: Path, key: bytes | None = None) -> list[Batch]:
    """All waiting operations, in runs of at most `limits.MAX_BATCH_OPS`, by counter.

    Raises:
        StoreMissing: the file is not there.
        StoreDamaged: the file is no sound database of this release.
    """
    return _peek(path, _load_waiting, key)


def _load_waiting(conn: dbapi.Connection) -> list[Batch]:
    conn.execute("BEGIN")
    batches: list[Batch] = []
    after = 0
    while batch := waiting(conn, after, limits.MAX_BATCH_OPS, limits.MAX_UNPACKED):
        batches.append(batch)
        after = batch.counter + len(batch.wires) - 1
    return batches


def _peek(path: Path, look: Callable[[dbapi.Connection], T], key: bytes | None) -> T:
    if not is_there(path):
        raise StoreMissing(path)
    try:
        conn = connect_reader(path, key)
        try:
            return look(conn)
        finally:
            conn.close()
    except dbapi.Error as error:
        raise StoreDamaged.found(path, error) from None
