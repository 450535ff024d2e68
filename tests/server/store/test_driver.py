"""The one place that opens connections: safe settings, whole transactions, errors told apart."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.server.errors import StoreDamaged, StoreFailed, StoreFull, StoreLocked
from armband.server.store.driver import READERS, SqliteDatabase, open_database, store_error
from support.waiting import within


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = await open_database(tmp_path / "some.db")
    await opened.write(lambda conn: conn.execute("CREATE TABLE t (x)"))
    yield opened
    await opened.close()


def pragmas(conn: sqlite3.Connection) -> tuple[object, ...]:
    names = ("journal_mode", "synchronous", "query_only")
    return tuple(conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names)


def count(conn: sqlite3.Connection) -> int:
    found: int = conn.execute("SELECT count(*) FROM t").fetchone()[0]
    return found


async def test_every_connection_is_safe(database: SqliteDatabase) -> None:
    assert await database.write(pragmas) == ("wal", 2, 0)
    for _ in range(READERS + 1):
        assert await database.read(pragmas) == ("wal", 2, 1)


async def test_a_reader_cannot_write(database: SqliteDatabase) -> None:
    with pytest.raises(StoreFailed):
        await database.read(lambda conn: conn.execute("INSERT INTO t VALUES (1)"))


async def test_what_raises_is_rolled_back_and_the_next_one_goes_on(
    database: SqliteDatabase,
) -> None:
    def broken(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO t VALUES (1)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(broken)
    await database.write(lambda conn: conn.execute("INSERT INTO t VALUES (2)"))
    assert await database.read(count) == 1


async def test_our_own_mistakes_are_no_failing_disk(database: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await database.write(lambda conn: conn.execute("INSERT INTO t VALUES (?)"))


async def test_a_cancelled_caller_leaves_no_half_transaction(database: SqliteDatabase) -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO t VALUES (1)")
        loop.call_soon_threadsafe(gate.set)
        conn.execute("INSERT INTO t VALUES (2)")

    task = asyncio.create_task(database.write(slow))
    await within(gate.wait(), "the transaction is under way")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(lambda _conn: None)
    assert await database.read(count) == 2


async def test_a_reader_sees_one_moment(database: SqliteDatabase) -> None:
    loop = asyncio.get_running_loop()

    def twice(conn: sqlite3.Connection) -> tuple[int, int]:
        first = count(conn)
        write = database.write(lambda writer: writer.execute("INSERT INTO t VALUES (1)"))
        asyncio.run_coroutine_threadsafe(write, loop).result(timeout=5)
        return first, count(conn)

    assert await database.read(twice) == (0, 0)
    assert await database.read(count) == 1


async def test_a_transaction_holds_off_other_programs_from_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.store.driver.BUSY_TIMEOUT_MS", 10)
    other = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    database = await open_database(tmp_path / "some.db")
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            await database.write(lambda _conn: None)
        other.execute("ROLLBACK")
        await database.write(lambda _conn: None)
    finally:
        other.close()
        await database.close()


async def test_closing_waits_for_what_is_under_way(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "some.db")
    task = asyncio.create_task(database.write(lambda conn: conn.execute("CREATE TABLE t (x)")))
    await asyncio.sleep(0)
    await database.close()
    await task
    again = await open_database(tmp_path / "some.db")
    assert await again.read(count) == 0
    await again.close()


async def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    path.write_bytes(b"hello, this is no database at all" * 100)
    with pytest.raises(StoreDamaged):
        await open_database(path)


async def test_a_full_disk_is_told_and_rolled_back(database: SqliteDatabase) -> None:
    def limited(conn: sqlite3.Connection) -> None:
        conn.execute(f"PRAGMA max_page_count = {conn.execute('PRAGMA page_count').fetchone()[0]}")

    def large(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO t VALUES (zeroblob(100000))")

    await database.write(limited)
    with pytest.raises(StoreFull):
        await database.write(large)
    await database.write(lambda conn: conn.execute("PRAGMA max_page_count = 100000"))
    await database.write(large)
    assert await database.read(count) == 1


async def test_after_an_io_error_the_connection_is_opened_anew(database: SqliteDatabase) -> None:
    def remember(conn: sqlite3.Connection) -> sqlite3.Connection:
        return conn

    def failing(_conn: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    before = await database.write(remember)
    with pytest.raises(StoreFailed):
        await database.write(failing)
    assert await database.write(remember) is not before
    assert await database.write(pragmas) == ("wal", 2, 0)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_CORRUPT_VTAB, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, StoreDamaged),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreLocked),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFailed),
        (sqlite3.SQLITE_CANTOPEN, StoreFailed),
    ],
)
def test_errors_are_told_by_what_they_mean(code: int, meaning: type[Exception]) -> None:
    error = sqlite3.OperationalError("whatever")
    error.sqlite_errorcode = code
    assert type(store_error(error)) is meaning
