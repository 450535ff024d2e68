"""The store of a new terminal."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from armband.client.errors import StoreMissing, StoreUnusable
from armband.client.model import Identity
from armband.client.store import dbapi, derive, tables
from armband.client.store.connection import UNREADABLE, connect_writer, run_write, translated
from armband.client.store.examine import read_only


def make_store(path: Path, key_id: bytes, identity: Identity, key: bytes | None = None) -> None:
    """An empty store at ``path``, on the disk when this returns; a leftover there is replaced.

    Raises:
        StoreUnusable: the disk refuses.
        OSError: the same.
    """
    for part in ("", "-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)

    def begin(conn: dbapi.Connection) -> None:
        tables.create_sync(conn, key_id=key_id, identity=identity)
        derive.note_rules(conn)

    try:
        with closing(connect_writer(path, key)) as conn:
            run_write(conn, begin)
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except dbapi.Error as error:
        raise translated(error, path) from error


def rename(path: Path, terminal: str, key: bytes | None = None) -> None:
    """Note what the office calls the terminal from now on.

    Raises:
        StoreUnusable: the disk refuses, or the store is missing or damaged.
    """
    if not is_there(path):
        raise StoreMissing(path)

    def note(conn: dbapi.Connection) -> None:
        named = replace(tables.load_identity(conn), terminal=terminal)
        conn.execute("UPDATE sync SET identity = ?", (tables.encode(named),))

    try:
        with closing(connect_writer(path, key)) as conn:
            run_write(conn, note)
    except UNREADABLE as error:
        raise translated(error, path) from error


def is_there(path: Path) -> bool:
    """Whether there is a store's file at all."""
    return path.is_file() and path.stat().st_size > 0


def holds_work(path: Path, key: bytes | None = None) -> bool:
    """Whether the file may hold operations; one that cannot be read may."""
    if not is_there(path):
        return False
    try:
        with read_only(path, key) as conn:
            return conn.execute("SELECT 1 FROM ops LIMIT 1").fetchone() is not None
    except StoreUnusable:
        return True
    except dbapi.Error:
        return True
