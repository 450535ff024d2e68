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
    SQLITE_IOERR_SHMSIZE,
    SQLITE_LOCKED,
    SQLITE_NOTADB,
    Connection,
    complete_statement,
)
from types import ModuleType
from typing import Any
from urllib.parse import quote

from armband.server.errors import StoreFailed

try:
    # By name: it ships no types.
    _cipher: ModuleType | None = import_module("sqlcipher3.dbapi2")
except ImportError:  # a platform for which there is no build: stores without a key work there
    _cipher = None

__all__ = [
    "KEY_BYTES",
    "OUR_FAULT",
    "SQLITE_BUSY",
    "SQLITE_CORRUPT",
    "SQLITE_FULL",
    "SQLITE_IOERR_SHMSIZE",
    "SQLITE_LOCKED",
    "SQLITE_NOTADB",
    "Connection",
    "Error",
    "IntegrityError",
    "Key",
    "complete_statement",
    "connect",
    "copy_with_key",
    "is_plain",
    "memory",
]

PLAIN_MARK = b"SQLite format 3\0"
KEY_BYTES = 32
Key = bytes
"""32 random bytes. They are the cipher's own key: nothing is derived from them, which would only
cost time at each opening."""


def _both(name: str) -> tuple[type[Exception], ...]:
    modules = [sqlite3] if _cipher is None else [sqlite3, _cipher]
    return tuple(getattr(module, name) for module in modules)


Error = _both("Error")
IntegrityError = _both("IntegrityError")
OUR_FAULT = (*IntegrityError, *_both("ProgrammingError"), *_both("InterfaceError"))
"""Wrong statements or values, not a failing disk: trying again would not help."""


def connect(path: Path, key: Key | None = None, mode: str | None = None) -> Connection:
    """A connection without implied transactions.

    Args:
        key: of an encrypted store. A file that is plain is opened as such: encrypting one was cut
            off just before its end.
        mode: ``ro`` or ``rw`` for a file that has to be there; it is made otherwise.

    Raises:
        StoreFailed: there is a key, and no driver for it.
        Error: the file cannot be opened. Nothing was read yet: a wrong key shows later.
    """
    target = str(path)
    options: dict[str, Any] = {"isolation_level": None, "cached_statements": 256}
    if mode is not None:
        target = f"file:{quote(target)}?mode={mode}"
    conn: Connection
    if key is None or is_plain(path):
        conn = sqlite3.connect(target, uri=mode is not None, **options)
        return conn
    conn = _with_cipher().connect(target, uri=mode is not None, **options)
    _unlock(conn, key)
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


def copy_with_key(source: Path, key: Key | None, target: Path, new_key: Key) -> None:
    """Copy a store into a new file that is encrypted with ``new_key``.

    Raises:
        StoreFailed: there is no driver for it.
        Error: the source cannot be read, or the target not be written.
    """
    conn = _with_cipher().connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    try:
        conn.isolation_level = None
        if key is not None:
            _unlock(conn, key)
        else:
            conn.execute("PRAGMA cipher_log_level = NONE")
        conn.execute("PRAGMA temp_store = MEMORY")
        conn.execute("ATTACH DATABASE ? AS copy KEY ?", (str(target), _as_raw(new_key)))
        conn.execute("SELECT sqlcipher_export('copy')")
        # The export copies what is in the tables, not what marks the file.
        for mark in ("application_id", "user_version"):
            number = conn.execute(f"PRAGMA main.{mark}").fetchone()[0]
            conn.execute(f"PRAGMA copy.{mark} = {number:d}")
        conn.execute("DETACH DATABASE copy")
    finally:
        conn.close()


def _with_cipher() -> Any:
    if _cipher is None:
        raise StoreFailed("the store is encrypted, and sqlcipher3 is not installed here: add it")
    return _cipher


def _unlock(conn: Any, key: Key) -> None:
    # Else a wrong key is written to stderr. PRAGMA takes no parameters: hex digits are harmless.
    conn.execute("PRAGMA cipher_log_level = NONE")
    conn.execute(f'PRAGMA key = "{_as_raw(key)}"')


def _as_raw(key: Key) -> str:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a store's key has {KEY_BYTES} bytes")
    return f"x'{key.hex()}'"
