"""The connections to the terminal's SQLite file: one that writes, one that only reads.

All SQL of a transaction is one function that runs on the connection's own thread: one hop, and no
other task in between. The functions get a plain `dbapi.Connection`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import aiosqlite

from armband.client.errors import StoreDamaged, StoreUnusable
from armband.client.store import dbapi
from armband.client.store.connection import (
    UNREADABLE,
    T,
    Work,
    connect_reader,
    connect_writer,
    run_read,
    run_write,
    translated,
)

_NOT_REOPENED: tuple[type[Exception], ...] = (*dbapi.Error, ValueError)


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


class ThreadedDatabase:
    """SQLite on two threads of its own, through aiosqlite."""

    def __init__(
        self,
        path: Path,
        key: bytes | None,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
    ) -> None:
        self._path = path
        self._key = key
        self._writer = writer
        self._reader = reader
        self._lock = asyncio.Lock()
        self._running: dict[asyncio.Task[object], None] = {}
        self._distrusted = False
        self._damage: StoreDamaged | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path, key: bytes | None = None) -> ThreadedDatabase:
        """Open (or make) the store at ``path``.

        Raises:
            StoreUnusable: it cannot be opened, is damaged or too new.
        """
        try:
            writer = await _threaded(partial(connect_writer, key=key), path)
            try:
                reader = await _threaded(partial(connect_reader, key=key), path)
            except BaseException:
                await writer.close()
                raise
        except OSError as error:
            raise StoreUnusable(f"{path} cannot be used: {error.strerror}") from error
        except dbapi.Error as error:
            raise translated(error, path) from error
        return cls(path, key, writer, reader)

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
            if self._damage is not None:
                # Once damage is met, a write might spread it.
                raise StoreDamaged(str(self._damage))
            if self._distrusted:
                await self._reopen()
            try:
                return await _run(self._writer, run_write, work)
            except StoreDamaged as damage:
                self._damage = damage
                raise
            except UNREADABLE as error:
                # After a failed write or fsync the page cache may not be what the disk has.
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                self._distrusted = code == dbapi.SQLITE_IOERR
                raise self._noted(error) from error

    async def _reopen(self) -> None:
        try:
            await self._writer.close()
            self._writer = await _threaded(partial(connect_writer, key=self._key), self._path)
        except _NOT_REOPENED as error:
            raise StoreUnusable(f"the store at {self._path} failed: {error}") from error
        self._distrusted = False

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        self._check_open()
        try:
            return await _run(self._reader, run_read, work)
        except StoreDamaged as damage:
            self._damage = damage
            raise
        except UNREADABLE as error:
            raise self._noted(error) from error

    def _noted(self, error: Exception) -> StoreUnusable:
        problem = translated(error, self._path)
        if isinstance(problem, StoreDamaged):
            self._damage = problem
        return problem

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
    connect: Callable[[Path], dbapi.Connection], path: Path
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
    run: Callable[[dbapi.Connection, Work[T]], T],
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
        except dbapi.Error as error:
            raise translated(error, path) from error

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`."""
        try:
            return run_write(self._writer, work)
        except UNREADABLE as error:
            raise translated(error, self._path) from error

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        try:
            return run_read(self._reader, work)
        except UNREADABLE as error:
            raise translated(error, self._path) from error

    async def close(self) -> None:
        """See `Database.close`."""
        self._reader.close()
        self._writer.close()
