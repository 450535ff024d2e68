"""The connections to the terminal's SQLite file: one that writes, one that only reads.

All SQL of a transaction is one function that runs on the connection's own thread: one hop, and no
other task in between. The functions get a plain ``sqlite3.Connection``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

import aiosqlite

from armband.client.errors import StoreDamaged, StoreFull, StoreHeld, StoreUnusable
from armband.client.i18n import _
from armband.client.store.migrations import migrate

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_BUSY_TIMEOUT_MS = 5_000
_CACHE_KIB = 16_384


class Database(Protocol):
    """The port that the store is written against; the simulator brings its own."""

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in one transaction; on any error nothing of it stays.

        Cancelling the caller does not stop the transaction.

        Raises:
            StoreUnusable: the disk or the file refused.
        """

    async def read(self, work: Work[T]) -> T:
        """Run ``work`` on one consistent snapshot; it never waits for a write."""

    async def close(self) -> None:
        """Finish what runs and close the file."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints, at this release's schema."""
    # Others on the machine shall not read it; SQLite gives its helper files the same mode.
    path.touch(mode=0o600)
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        conn.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        _assert_durable(conn)
        migrate(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    conn.execute("PRAGMA query_only = ON")
    return conn


def _assert_durable(conn: sqlite3.Connection) -> None:
    journal = conn.execute("PRAGMA journal_mode").fetchone()[0]
    level = conn.execute("PRAGMA synchronous").fetchone()[0]
    if journal != "wal" or level != 2:
        raise StoreUnusable(f"SQLite runs with journal {journal}, synchronous {level}: not durable")


def run_write(conn: sqlite3.Connection, work: Work[T]) -> T:
    """``work`` between BEGIN IMMEDIATE and COMMIT."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        result = work(conn)
        conn.execute("COMMIT")
    except BaseException:
        _roll_back(conn)
        raise
    return result


def run_read(conn: sqlite3.Connection, work: Work[T]) -> T:
    """``work`` on one snapshot."""
    conn.execute("BEGIN")
    try:
        return work(conn)
    finally:
        _roll_back(conn)


def _roll_back(conn: sqlite3.Connection) -> None:
    # A full disk may have rolled back by itself, and a broken one may fail again here: the first
    # error is the one to report.
    if conn.in_transaction:
        try:
            conn.execute("ROLLBACK")
        except sqlite3.Error:
            return


def translated(error: sqlite3.Error, path: Path) -> StoreUnusable:
    """SQLite's error as one of ours."""
    full_code = getattr(error, "sqlite_errorcode", 0)
    code = full_code & 0xFF
    # A disk without any room at all cannot even hold the index of the journal.
    if code == sqlite3.SQLITE_FULL or full_code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreFull(_("no room on this terminal's disk ({problem})").format(problem=error))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        words = _("the store at {path} is damaged ({problem}): see 'armband doctor'")
        return StoreDamaged(words.format(path=path, problem=error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreHeld(f"{path.parent} is busy: another process works on it", 0)
    return StoreUnusable(f"the store at {path} failed: {error}")


class ThreadedDatabase:
    """SQLite on two threads of its own, through aiosqlite."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection):
        self._path = path
        self._writer = writer
        self._reader = reader
        self._lock = asyncio.Lock()
        self._running: dict[asyncio.Task[object], None] = {}
        self._distrusted = False
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> ThreadedDatabase:
        """Open (or make) the store at ``path``.

        Raises:
            StoreUnusable: it cannot be opened, is damaged or too new.
        """
        try:
            writer = await _threaded(connect_writer, path)
            try:
                reader = await _threaded(connect_reader, path)
            except BaseException:
                await writer.close()
                raise
        except OSError as error:
            raise StoreUnusable(f"{path} cannot be used: {error.strerror}") from error
        except sqlite3.Error as error:
            raise translated(error, path) from error
        return cls(path, writer, reader)

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`."""
        self._check_open()
        task = asyncio.ensure_future(self._write(work))
        self._running[task] = None
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[object]) -> None:
        self._running.pop(task, None)
        if not task.cancelled():
            # Marks the error as seen, for a caller that was cancelled meanwhile.
            task.exception()

    async def _write(self, work: Work[T]) -> T:
        async with self._lock:
            if self._distrusted:
                await self._reopen()
            try:
                return await _run(self._writer, run_write, work)
            except sqlite3.Error as error:
                # After a failed write or fsync the page cache may not be what the disk has.
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                self._distrusted = code == sqlite3.SQLITE_IOERR
                raise translated(error, self._path) from error

    async def _reopen(self) -> None:
        try:
            await self._writer.close()
            self._writer = await _threaded(connect_writer, self._path)
        except (sqlite3.Error, ValueError) as error:
            raise StoreUnusable(f"the store at {self._path} failed: {error}") from error
        self._distrusted = False

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        self._check_open()
        try:
            return await _run(self._reader, run_read, work)
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnusable(f"the store at {self._path} is closed")

    async def close(self) -> None:
        """See `Database.close`. The reader goes first: only the writer may checkpoint."""
        self._closed = True
        while self._running:
            await asyncio.wait(list(self._running))
        async with self._lock:
            await self._reader.close()
            await self._writer.close()


async def _threaded(
    connect: Callable[[Path], sqlite3.Connection], path: Path
) -> aiosqlite.Connection:
    connection = aiosqlite.Connection(lambda: connect(path), iter_chunk_size=64)
    try:
        return await connection
    except BaseException:
        # aiosqlite has told its thread to stop but does not wait for it; a thread that outlives the
        # event loop ends with a traceback.
        connection._thread.join()
        raise


async def _run(
    connection: aiosqlite.Connection,
    run: Callable[[sqlite3.Connection, Work[T]], T],
    work: Work[T],
) -> T:
    # aiosqlite has no public way to run a function on its thread; the version is pinned and a test
    # holds it to this one.
    execute: Callable[..., Awaitable[T]] = connection._execute
    return await execute(run, connection._conn, work)


class InlineDatabase:
    """SQLite on the caller's own thread: for the simulator, whose time does not pass in a call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._writer = connect_writer(path)
            self._reader = connect_reader(path)
        except sqlite3.Error as error:
            raise translated(error, path) from error

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`."""
        try:
            return run_write(self._writer, work)
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        try:
            return run_read(self._reader, work)
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    async def close(self) -> None:
        """See `Database.close`."""
        self._reader.close()
        self._writer.close()
