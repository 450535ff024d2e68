"""The one place that chooses the database's driver: SQLite, or SQLCipher for a store with a key.

A file is always opened by one and the same library within a process: one with a key by SQLCipher,
one without by SQLite. SQLCipher's exceptions are not ``sqlite3.Error``: catch those of this module,
which are both libraries'.
"""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CORRUPT,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_IOERR_SHMSIZE,
    SQLITE_LOCKED,
    SQLITE_NOTADB,
    Connection,
    DatabaseError,
    complete_statement,
)
from types import ModuleType
from typing import Any
from urllib.parse import quote

from armband.client.errors import NoCipher
from armband.client.i18n import _

try:
    # By name: it ships no types.
    _cipher: ModuleType | None = import_module("sqlcipher3.dbapi2")
except ImportError:  # a platform for which there is no build
    _cipher = None

__all__ = [
    "KEY_BYTES",
    "SQLITE_BUSY",
    "SQLITE_CORRUPT",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_IOERR_SHMSIZE",
    "SQLITE_LOCKED",
    "SQLITE_NOTADB",
    "Connection",
    "DatabaseError",
    "Error",
    "complete_statement",
    "connect",
    "copy_into_memory",
    "copy_with_key",
    "is_plain",
    "memory",
    "opens",
    "require_cipher",
]

PLAIN_MARK = b"SQLite format 3\0"
KEY_BYTES = 32
Error: tuple[type[Exception], ...] = (
    (sqlite3.Error,) if _cipher is None else (sqlite3.Error, _cipher.Error)
)


def connect(path: Path, key: bytes | None = None, *, read_only: bool = False) -> Connection:
    """A connection without implied transactions, whose temporary tables are never on the disk.

    Args:
        key: 32 random bytes, the cipher's own key: nothing is derived from them, which would only
            cost time at each opening. A file that is plain is opened as such.
        read_only: the file has to be there, and not a byte of it changes.

    Raises:
        NoCipher: there is a key, and no driver for it.
        Error: the file cannot be opened. Nothing was read yet: a wrong key shows later.
    """
    target = f"file:{quote(str(path))}?mode=ro" if read_only else str(path)
    conn: Connection
    if key is None or is_plain(path):
        conn = sqlite3.connect(target, uri=read_only, isolation_level=None)
    else:
        conn = require_cipher().connect(target, uri=read_only, isolation_level=None)
        _unlock(conn, key)
    conn.execute("PRAGMA temp_store = MEMORY")
    return conn


def memory() -> Connection:
    """An empty database that is never on the disk."""
    return sqlite3.connect(":memory:", isolation_level=None)


def is_plain(path: Path) -> bool:
    """Whether the file is there and not encrypted."""
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN_MARK)) == PLAIN_MARK
    except OSError:
        return False


def opens(path: Path, key: bytes) -> bool:
    """Whether the store at ``path`` is this key's."""
    try:
        conn = connect(path, key, read_only=True)
        try:
            conn.execute("SELECT count(*) FROM sqlite_schema")
        finally:
            conn.close()
    except Error:
        return False
    return True


def copy_into_memory(conn: Connection, path: Path, key: bytes | None) -> Connection:
    """All of an open store in a database that is never on the disk.

    Args:
        conn: on the store at ``path``, or on a copy of it in memory.

    Raises:
        NoCipher, Error: see `connect`.
    """
    if isinstance(conn, Connection):
        copy = memory()
        conn.backup(copy)
        return copy
    # SQLCipher copies pages only between stores that both have a key, or both have none.
    copy = require_cipher().connect(":memory:", uri=True, isolation_level=None)
    copy.execute("PRAGMA cipher_log_level = NONE")
    if key is None or not conn.execute("PRAGMA database_list").fetchone()[2]:
        conn.backup(copy)
        return copy
    source = f"file:{quote(str(path))}?mode=ro"
    copy.execute("ATTACH DATABASE ? AS source KEY ?", (source, _as_raw(key)))
    copy.execute("SELECT sqlcipher_export('main', 'source')")
    copy.execute("DETACH DATABASE source")
    return copy


def copy_with_key(source: Path, target: Path, key: bytes, old: bytes | None = None) -> None:
    """Copy a store, plain or encrypted with ``old``, into a new file encrypted with ``key``.

    Raises:
        NoCipher: there is no driver for it.
        Error: the source cannot be read, or the target not be written.
    """
    conn = require_cipher().connect(
        f"file:{quote(str(source))}?mode=ro", uri=True, isolation_level=None
    )
    try:
        conn.execute("PRAGMA cipher_log_level = NONE")
        if old is not None:
            _unlock(conn, old)
        conn.execute("PRAGMA temp_store = MEMORY")
        conn.execute("ATTACH DATABASE ? AS copy KEY ?", (str(target), _as_raw(key)))
        conn.execute("PRAGMA copy.synchronous = FULL")
        conn.execute("SELECT sqlcipher_export('copy')")
        # The export copies what is in the tables, not what marks the file.
        for mark in ("application_id", "user_version"):
            number = conn.execute(f"PRAGMA main.{mark}").fetchone()[0]
            conn.execute(f"PRAGMA copy.{mark} = {number:d}")
        conn.execute("DETACH DATABASE copy")
    finally:
        conn.close()


def require_cipher() -> Any:
    """The driver of encrypted stores.

    Raises:
        NoCipher: it is not installed.
    """
    if _cipher is None:
        raise NoCipher(
            _(
                "this terminal's store is to be encrypted, and sqlcipher3 is not installed here: "
                "install it, or enrol a new folder with 'armband enrol --encryption off'"
            )
        )
    return _cipher


def _unlock(conn: Any, key: bytes) -> None:
    # Else a wrong key is written to stderr. PRAGMA takes no parameters: hex digits are harmless.
    conn.execute("PRAGMA cipher_log_level = NONE")
    conn.execute(f'PRAGMA key = "{_as_raw(key)}"')


def _as_raw(key: bytes) -> str:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a store's key has {KEY_BYTES} bytes")
    return f"x'{key.hex()}'"
