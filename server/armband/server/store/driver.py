"""SQLite through aiosqlite: the only place that opens connections.

One connection writes and checkpoints; the others are ``query_only``. A whole transaction is one
function on the connection's thread, so that transactions cannot interleave, a cancelled caller
never leaves half of one, and a batch costs one hop instead of one for each statement.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from armband.server.errors import (
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreLocked,
)
from armband.server.store import dbapi

T = TypeVar("T")
READERS = 3
"""Connections that read: a recount may hold one for long while feeds go on."""
BUSY_TIMEOUT_MS = 5000
FETCHED_AT_ONCE = 64
"""Rows, by aiosqlite's own iteration, which nothing here uses: a whole function is handed over."""
_SYNC_FULL = 2
_PRIMARY_CODE = 0xFF
_DAMAGED = (dbapi.SQLITE_CORRUPT, dbapi.SQLITE_NOTADB)
_LOCKED = (dbapi.SQLITE_BUSY, dbapi.SQLITE_LOCKED)


class SqliteDatabase:
    """A SQLite file, opened by `open_database`."""

    def __init__(self, path: Path, key: dbapi.Key | None = None) -> None:
        self._path = path
        self._key = key
        self._writer: aiosqlite.Connection | None = None
        self._readers: list[aiosqlite.Connection] = []
        self._idle: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._damage: StoreDamaged | None = None

    async def open(self) -> None:
        """Open every connection.

        Raises:
            StoreError: the file cannot be used.
        """
        self._writer = await _connect(self._path, self._key, query_only=False)
        for _ in range(READERS):
            reader = await _connect(self._path, self._key, query_only=True)
            self._readers.append(reader)
            self._idle.put_nowait(reader)

    async def write(self, work: Callable[[dbapi.Connection], T]) -> T:
        """See `Database.write`."""
        return await self._to_its_end(self._write(work))

    async def _write(self, work: Callable[[dbapi.Connection], T]) -> T:
        if self._damage is not None:
            # Once damage is met, a write might spread it.
            raise StoreDamaged(str(self._damage))
        if self._writer is None:
            self._writer = await _connect(self._path, self._key, query_only=False)
        try:
            return await _run(self._writer, lambda conn: transaction(conn, "IMMEDIATE", work))
        except StoreDamaged as damage:
            self._damage = damage
            raise
        except StoreFailed:
            # After an I/O error the connection's view of the file is not to be trusted.
            failed, self._writer = self._writer, None
            with contextlib.suppress(*dbapi.Error):
                await failed.close()
            raise

    async def read(self, work: Callable[[dbapi.Connection], T]) -> T:
        """See `Database.read`."""
        return await self._to_its_end(self._read(work))

    async def _read(self, work: Callable[[dbapi.Connection], T]) -> T:
        reader = await self._idle.get()
        try:
            return await _run(reader, lambda conn: transaction(conn, "DEFERRED", work))
        except StoreDamaged as damage:
            self._damage = damage
            raise
        finally:
            self._idle.put_nowait(reader)

    async def _to_its_end(self, step: Coroutine[Any, Any, T]) -> T:
        """Run to the end even if the caller is cancelled: the thread would go on in any case."""
        task = asyncio.ensure_future(step)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            # Looked at here too: the caller may have left before the error came.
            task.exception()

    async def close(self) -> None:
        """See `Database.close`. The writer closes last: it checkpoints."""
        if self._under_way:
            await asyncio.wait(list(self._under_way))
        for reader in self._readers:
            await reader.close()
        self._readers.clear()
        if self._writer is not None:
            await self._writer.close()
            self._writer = None


async def open_database(path: Path, key: dbapi.Key | None = None) -> SqliteDatabase:
    """Open the file, which is made when it is not there: encrypted when there is a key.

    Raises:
        StoreError: the file cannot be used.
    """
    database = SqliteDatabase(path, key)
    try:
        await database.open()
    except BaseException:
        await database.close()
        raise
    return database


async def _connect(path: Path, key: dbapi.Key | None, *, query_only: bool) -> aiosqlite.Connection:
    try:
        connection = await aiosqlite.Connection(
            lambda: dbapi.connect(path, key), iter_chunk_size=FETCHED_AT_ONCE
        )
    except dbapi.Error as error:
        raise store_error(error) from error
    try:
        await _run(connection, lambda conn: _prepare(conn, query_only=query_only))
    except BaseException:
        await connection.close()
        raise
    return connection


def _prepare(conn: dbapi.Connection, *, query_only: bool) -> None:
    """PRAGMAs hold for one connection only: set them, and see that they are."""
    conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS:d}")
    mode = conn.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute("PRAGMA cache_size = -32768")
    synchronous = conn.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous != _SYNC_FULL:
        raise StoreFailed(f"the disk allows no safe journal (mode {mode}, sync {synchronous})")
    if query_only:
        conn.execute("PRAGMA query_only = ON")


def transaction(conn: dbapi.Connection, mode: str, work: Callable[[dbapi.Connection], T]) -> T:
    """``work`` between BEGIN and COMMIT; on any error nothing of it stays."""
    conn.execute(f"BEGIN {mode}")
    try:
        result = work(conn)
        conn.execute("COMMIT")
    except BaseException:
        # A full disk rolls back by itself.
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    return result


async def _run(connection: aiosqlite.Connection, work: Callable[[dbapi.Connection], T]) -> T:
    """One function on the connection's thread.

    `aiosqlite` has no public way to hand over a whole function; the version is pinned and a test
    holds this to it.
    """
    try:
        execute: Callable[..., Awaitable[T]] = connection._execute
        result = await execute(work, connection._conn)
    except dbapi.OUR_FAULT:
        raise
    except dbapi.Error as error:
        raise store_error(error) from error
    return result


def store_error(error: Exception) -> StoreError:
    """What an error of the database means to the office."""
    full_code = getattr(error, "sqlite_errorcode", 0)
    code = full_code & _PRIMARY_CODE
    # A disk without any room at all cannot even hold the index of the journal.
    if code == dbapi.SQLITE_FULL or full_code == dbapi.SQLITE_IOERR_SHMSIZE:
        return StoreFull("the disk is full")
    # Python's own error for a text that is none has no code.
    if code in _DAMAGED or str(error).startswith("Could not decode"):
        return StoreDamaged(
            f"the store is damaged ({error}): stop the server and run armband-server doctor"
        )
    if code in _LOCKED:
        return StoreLocked(f"the store is held by another process: {error}")
    return StoreFailed(f"the store cannot be used: {error}")
