"""Damage is met where it would spread: at the start, at a change, before anything is sent."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from shutil import copy

import pytest

from armband.client.errors import StoreDamaged
from armband.client.store.driver import ThreadedDatabase
from armband.client.store.store import STORE_FILE, Store
from armband.shared.limits import MAX_BATCH_OPS
from client.store.test_upgrade import old_store


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A store in one file, with 25 unsent operations and 40 records of the office."""
    made = old_store(tmp_path / STORE_FILE)
    async with opened(made):
        return made


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Store]:
    store = await Store.open(path)
    try:
        yield store
    finally:
        await store.close()


def flip(path: Path, table: str, column: str, where: str = "1 = 1") -> None:
    """Flip the lowest bit of a value where its row lies, but not in an index."""
    with closing(sqlite3.connect(path)) as conn:
        root = conn.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()[0]
        value = conn.execute(f"SELECT {column} FROM {table} NOT INDEXED WHERE {where}").fetchone()[
            0
        ]
        pages = [root, *_leaves(path, root)]
    raw = bytearray(path.read_bytes())
    wanted = value.encode() if isinstance(value, str) else bytes(value)
    for page in pages:
        at = raw.find(wanted, (page - 1) * 4096, page * 4096)
        if at >= 0:
            raw[at] ^= 1
            path.write_bytes(raw)
            return
    raise AssertionError(f"{table}.{column} lies on none of its pages")


def _leaves(path: Path, root: int) -> list[int]:
    page = path.read_bytes()[(root - 1) * 4096 : root * 4096]
    if page[0] not in (2, 5):
        return []
    cells = int.from_bytes(page[3:5], "big")
    pointers = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(cells)]
    children = [int.from_bytes(page[at : at + 4], "big") for at in pointers]
    return [*children, int.from_bytes(page[8:12], "big")]


@pytest.mark.parametrize(("table", "column"), [("sync", "identity"), ("drafts", "form")])
async def test_damage_in_what_is_relied_on_from_the_start_is_met_there(
    path: Path, table: str, column: str
) -> None:
    flip(path, table, column)
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="armband doctor --repair") as met:
        await ThreadedDatabase.open(path)
    assert met.value.exit_code == 5
    assert path.read_bytes() == before


@pytest.mark.parametrize("column", ["payload", "id", "prev"])
async def test_no_operation_is_sent_that_is_not_what_was_written(path: Path, column: str) -> None:
    flip(path, "ops", column, "counter = 7")
    async with opened(path) as store:
        with pytest.raises(StoreDamaged, match=r"operation [78] is not what was written"):
            await store.waiting(0, MAX_BATCH_OPS, 1 << 20)


async def test_after_damage_was_met_nothing_is_written_any_more(path: Path) -> None:
    flip(path, "ops", "payload", "counter = 7")
    async with opened(path) as store:
        await store.save_draft("visit", {"note": "vorher"}, 1)
        with pytest.raises(StoreDamaged):
            await store.waiting(0, MAX_BATCH_OPS, 1 << 20)
        with pytest.raises(StoreDamaged, match="operation 7"):
            await store.save_draft("visit", {"note": "nachher"}, 2)
        assert await store.drafts() == {"visit": {"note": "vorher"}}


async def test_a_record_that_is_not_what_the_office_sent_is_not_built_upon(path: Path) -> None:
    record = (1003).to_bytes(16, "big")
    flip(path, "base", "state", f"record = x'{record.hex()}'")
    async with opened(path) as store:
        with pytest.raises(StoreDamaged, match="not what the office sent"):
            await store.append([record], lambda _known: [], 5, [])


async def test_a_changed_row_that_is_not_what_was_written_fails(path: Path) -> None:
    """An operation's answer would else be written over a row that has rotted."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("UPDATE ops SET detail = 'some words of the office' WHERE counter = 3")
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flip(path, "ops", "detail", "counter = 3")
    with pytest.raises(StoreDamaged, match="malformed"):
        await _changed(path, "UPDATE ops SET seq = 9 WHERE counter = 3")


async def _changed(path: Path, sql: str) -> None:
    database = await ThreadedDatabase.open(path)
    try:
        await database.write(lambda conn: conn.execute(sql).rowcount)
    finally:
        await database.close()


async def test_a_value_that_does_not_decode_is_damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("UPDATE view SET fields = x'c1'")
        conn.execute("UPDATE view SET title = CAST(x'ff' AS TEXT) WHERE n = 1")
        conn.commit()
    async with opened(path) as store:
        with pytest.raises(StoreDamaged):
            await store.all_of("household")


async def test_a_copy_of_two_moments_is_examined_before_it_is_used(path: Path) -> None:
    """The rows of operations are newer than an index on them; SQLite sees nothing at its start."""
    torn = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as conn:
        (index,) = conn.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ops_of_record'"
        ).fetchone()
        page = slice((index - 1) * 4096, index * 4096)
        before = path.read_bytes()[page]
        conn.execute("DELETE FROM ops WHERE counter > 20")
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy(path, torn)
    raw = bytearray(torn.read_bytes())
    assert raw[page] != before
    raw[page] = before
    torn.write_bytes(raw)
    with pytest.raises(StoreDamaged, match="ops_of_record") as met:
        async with opened(torn):
            """To open it is enough."""
    assert "armband doctor --repair" in str(met.value)
    assert torn.read_bytes() == raw, "not a byte is changed"


async def test_a_sound_copy_is_examined_once_and_its_screens_are_derived_anew(path: Path) -> None:
    moved = path.with_name("copy.db")
    copy(path, moved)
    with closing(sqlite3.connect(moved)) as conn, conn:
        assert conn.execute("UPDATE view SET title = 'of another moment'").rowcount
    async with opened(moved):
        pass
    with closing(sqlite3.connect(moved)) as conn:
        titles = [title for (title,) in conn.execute("SELECT title FROM view")]
    assert titles
    assert "of another moment" not in titles
    flip(moved, "ops", "payload", "counter = 7")
    async with opened(moved):
        """Where it stays it is not examined again at each start: that costs seconds."""
