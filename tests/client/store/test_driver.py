"""The connections: durable, one transaction at a time, errors of our own tree, nothing torn."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from armband.client.errors import StoreDamaged, StoreFull, StoreTooNew, StoreUnusable
from armband.client.exit_codes import ExitCode
from armband.client.store import connection, migrations
from armband.client.store.driver import Database, InlineDatabase, ThreadedDatabase
from support.waiting import until, within

Work = Callable[[sqlite3.Connection], Any]


def put(name: str, value: str = "x") -> Work:
    def work(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO preferences VALUES (?, ?)", (name, value))

    return work


def names(conn: sqlite3.Connection) -> list[str]:
    return [row[0] for row in conn.execute("SELECT name FROM preferences ORDER BY name")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "terminal.db"


@pytest.fixture(params=["threaded", "inline"])
async def db(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Database]:
    database: Database
    if request.param == "threaded":
        database = await ThreadedDatabase.open(path)
    else:
        database = InlineDatabase(path)
    yield database
    await database.close()


async def test_a_write_is_durable_and_wal(db: Database) -> None:
    level = await db.write(lambda conn: conn.execute("PRAGMA synchronous").fetchone()[0])
    journal = await db.write(lambda conn: conn.execute("PRAGMA journal_mode").fetchone()[0])
    assert (level, journal) == (2, "wal")


async def test_the_reader_cannot_write(db: Database) -> None:
    with pytest.raises(StoreUnusable):
        await db.read(put("a"))


async def test_a_read_sees_the_write_before_it(db: Database) -> None:
    await db.write(put("a"))
    assert await db.read(names) == ["a"]


async def test_an_error_keeps_nothing_and_the_next_write_works(db: Database) -> None:
    def work(conn: sqlite3.Connection) -> None:
        put("a")(conn)
        raise KeyError("planted")

    with pytest.raises(KeyError):
        await db.write(work)
    await db.write(put("b"))
    assert await db.read(names) == ["b"]


async def test_a_full_disk_is_told_and_passes(db: Database) -> None:
    pages = await db.write(lambda conn: conn.execute("PRAGMA page_count").fetchone()[0])
    await db.write(lambda conn: conn.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
    with pytest.raises(StoreFull) as full:
        await db.write(put("big", "x" * 100_000))
    assert full.value.exit_code == ExitCode.STORE
    assert await db.read(names) == []
    await db.write(lambda conn: conn.execute("PRAGMA max_page_count = 100000").fetchone())
    await db.write(put("big", "x" * 100_000))
    assert await db.read(names) == ["big"]


@pytest.fixture
def no_database(path: Path) -> Path:
    path.write_bytes(b"no database at all " * 100)
    return path


async def test_a_file_that_is_no_database_is_told(no_database: Path) -> None:
    path = no_database
    with pytest.raises(StoreDamaged):
        await ThreadedDatabase.open(path)
    with pytest.raises(StoreDamaged):
        InlineDatabase(path)


async def test_a_store_of_a_newer_release_is_left_alone(path: Path) -> None:
    conn = connection.connect_writer(path)
    tomorrow = migrations.newest() + 1
    conn.execute("INSERT INTO migrations VALUES (?, ?)", (tomorrow, f"{tomorrow:04}_more"))
    conn.close()
    with pytest.raises(StoreTooNew):
        await ThreadedDatabase.open(path)


async def test_a_read_does_not_wait_for_a_write(path: Path) -> None:
    db = await ThreadedDatabase.open(path)
    inside, go_on = threading.Event(), threading.Event()

    def slow(conn: sqlite3.Connection) -> None:
        put("slow")(conn)
        inside.set()
        assert go_on.wait(5)

    writing = asyncio.ensure_future(db.write(slow))
    await until(inside.is_set, "the write holds its transaction")
    assert await within(db.read(names), "a read beside an open write") == []
    go_on.set()
    await writing
    await db.close()


async def test_a_cancelled_caller_does_not_tear_the_transaction(path: Path) -> None:
    db = await ThreadedDatabase.open(path)
    inside, go_on = threading.Event(), threading.Event()

    def slow(conn: sqlite3.Connection) -> None:
        put("first")(conn)
        inside.set()
        assert go_on.wait(5)
        put("second")(conn)

    writing = asyncio.ensure_future(db.write(slow))
    await until(inside.is_set, "the write holds its transaction")
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    following = asyncio.ensure_future(db.write(put("third")))
    go_on.set()
    await within(following, "the write behind the cancelled one")
    assert await db.read(names) == ["first", "second", "third"]
    await db.close()


async def test_closing_waits_for_what_runs(path: Path) -> None:
    db = await ThreadedDatabase.open(path)
    writing = asyncio.ensure_future(db.write(put("a")))
    await asyncio.gather(writing, db.close())
    again = await ThreadedDatabase.open(path)
    assert await again.read(names) == ["a"]
    await again.close()


async def test_after_an_io_error_the_connection_is_opened_anew(path: Path) -> None:
    db = await ThreadedDatabase.open(path)
    before = await db.write(id)

    def broken(_conn: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    with pytest.raises(StoreUnusable):
        await db.write(broken)
    connections: list[sqlite3.Connection] = []
    await db.write(connections.append)
    assert id(connections[0]) != before
    await db.write(put("a"))
    assert await db.read(names) == ["a"]
    await db.close()


def test_aiosqlite_still_runs_functions_on_its_thread() -> None:
    """`driver._run` uses two private names of the pinned version."""
    assert aiosqlite.__version__.startswith("0.22.")
    assert callable(aiosqlite.Connection._execute)
    assert isinstance(aiosqlite.Connection._conn, property)


def test_each_migration_is_recorded_with_its_change(path: Path) -> None:
    conn = connection.connect_writer(path)
    recorded = conn.execute("SELECT number, name FROM migrations ORDER BY number").fetchall()
    expected = [(migrations.number_of(file), file.stem) for file in migrations.available()]
    assert recorded == expected
    migrations.migrate(conn)
    assert conn.execute("SELECT count(*) FROM migrations").fetchone()[0] == len(expected)
    conn.close()


def test_a_migration_that_fails_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "0001_half.sql").write_text("CREATE TABLE a (x);\nCREATE TABLE a (x);\n")
    monkeypatch.setattr(migrations, "_FOLDER", folder)
    with pytest.raises(sqlite3.OperationalError):
        connection.connect_writer(path)
    conn = sqlite3.connect(path)
    assert conn.execute("SELECT name FROM sqlite_schema").fetchall() == []
    conn.close()


async def test_nobody_else_may_read_the_file(path: Path) -> None:
    db = await ThreadedDatabase.open(path)
    await db.write(put("a"))
    modes = {file.stat().st_mode & 0o777 for file in list(path.parent.glob("terminal.db*"))}
    await db.close()
    assert modes == {0o600}


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable):
        await ThreadedDatabase.open(tmp_path / "nowhere" / "terminal.db")
