"""Connections to the terminal's SQLite file, a transaction on them, and what their errors mean."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from armband.client.errors import StoreDamaged, StoreFull, StoreHeld, StoreUnusable
from armband.client.i18n import _
from armband.client.store import dbapi
from armband.client.store.migrations import migrate
from armband.client.store.upgrade import bring_up

T = TypeVar("T")
Work = Callable[[dbapi.Connection], T]
UNREADABLE: tuple[type[Exception], ...] = (*dbapi.Error, msgspec.MsgspecError, UnicodeDecodeError)
"""What damaged bytes come to when they are read."""
_BUSY_TIMEOUT_MS = 5_000
_CACHE_KIB = 16_384
_JOURNAL_INDEX_BYTES = 32_768
_LOOKED_AT = ("sync", "drafts", "preferences", "unit_names", "watches")
"""The small tables; damage in the others is met where they are read or changed."""


def connect_writer(path: Path, key: bytes | None = None) -> dbapi.Connection:
    """The one connection that writes and checkpoints, at this release's schema.

    Raises:
        dbapi.Error, OSError, StoreUnusable: see `upgrade.bring_up`.
    """
    bring_up(path, key)
    # Others on the machine shall not read it; SQLite gives its helper files the same mode.
    path.touch(mode=0o600)
    conn = dbapi.connect(path, key)
    try:
        conn.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        _assert_durable(conn)
        migrate(conn)
        _assert_sound(conn, path)
    except BaseException:
        conn.close()
        raise
    return conn


def connect_reader(path: Path, key: bytes | None = None) -> dbapi.Connection:
    """A connection that cannot write."""
    conn = dbapi.connect(path, key)
    conn.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    conn.execute("PRAGMA query_only = ON")
    return conn


def _assert_durable(conn: dbapi.Connection) -> None:
    journal = conn.execute("PRAGMA journal_mode").fetchone()[0]
    level = conn.execute("PRAGMA synchronous").fetchone()[0]
    if journal != "wal" or level != 2:
        raise StoreUnusable(f"SQLite runs with journal {journal}, synchronous {level}: not durable")


def _assert_sound(conn: dbapi.Connection, path: Path) -> None:
    """Look at what is relied on from the first moment; it costs less than a millisecond."""
    for table in _LOOKED_AT:
        found = conn.execute(f"PRAGMA integrity_check({table})").fetchone()[0]
        if found != "ok":
            raise StoreDamaged.found(path, found)


def run_write(conn: dbapi.Connection, work: Work[T]) -> T:
    """``work`` between BEGIN IMMEDIATE and COMMIT."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        result = work(conn)
        conn.execute("COMMIT")
    except BaseException:
        _roll_back(conn)
        raise
    return result


def run_read(conn: dbapi.Connection, work: Work[T]) -> T:
    """``work`` on one snapshot."""
    conn.execute("BEGIN")
    try:
        return work(conn)
    finally:
        _roll_back(conn)


def _roll_back(conn: dbapi.Connection) -> None:
    # A full disk may have rolled back by itself, and a broken one may fail again here: the first
    # error is the one to report.
    if conn.in_transaction:
        try:
            conn.execute("ROLLBACK")
        except dbapi.Error:
            return


def translated(error: Exception, path: Path) -> StoreUnusable:
    """An error of SQLite, or of a value that does not decode, as one of ours."""
    full_code = getattr(error, "sqlite_errorcode", 0)
    code = full_code & 0xFF
    # A disk without any room at all cannot even hold the index of the journal; SQLCipher's driver
    # does not tell which error of the disk that was.
    no_index = full_code == dbapi.SQLITE_IOERR_SHMSIZE or (
        full_code == dbapi.SQLITE_IOERR and _is_full(path)
    )
    if code == dbapi.SQLITE_FULL or no_index:
        return StoreFull(_("no room on this terminal's disk ({problem})").format(problem=error))
    if code in (dbapi.SQLITE_CORRUPT, dbapi.SQLITE_NOTADB) or _is_undecodable(error):
        return StoreDamaged.found(path, error)
    if code in (dbapi.SQLITE_BUSY, dbapi.SQLITE_LOCKED):
        return StoreHeld(f"{path.parent} is busy: another process works on it", 0)
    return StoreUnusable(f"the store at {path} failed: {error}")


def _is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _JOURNAL_INDEX_BYTES
    return False


def _is_undecodable(error: Exception) -> bool:
    # Python's own error for a text that is none; it has no code.
    return not isinstance(error, dbapi.Error) or str(error).startswith("Could not decode")
