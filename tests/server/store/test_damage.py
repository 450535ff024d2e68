"""Damage in an office's store is met at the start and at a change, and is not copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from armband.server.errors import StoreDamaged
from armband.server.store import migrations
from armband.server.store.copies import copy_store
from armband.server.store.driver import open_database
from armband.server.store.examine import examine
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared.fields import Patch
from support.commit_store import push
from support.commit_world import OFFICE, Author, office_row

NAME = "莲湖街道办事处样本"
CHECK: Patch = {"code": "green", "decision": "passed", "temp_tenths": 365}


def _filled(path: Path, version: int | None = None) -> Path:
    """A store in one file with some operations, of this release or as an older one left it."""
    steps = migrations.scripts()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for number in range(1, (version or max(steps)) + 1):
            for statement in migrations.statements(steps[number]):
                conn.execute(statement)
            conn.execute(f"PRAGMA user_version = {number}")
        conn.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
    return path


async def _worked(path: Path) -> Path:
    database = await open_database(_filled(path))
    store = SqliteStore(database, OFFICE)
    try:
        await store.create(replace(office_row(), name=NAME))
        author = Author("author")
        await push(store, *(author.op(1 + n, dict(CHECK), kind="check") for n in range(5)))
    finally:
        await store.close()
    return path


def _flip(path: Path, where: bytes) -> None:
    """Flip a bit where the file holds these bytes first."""
    raw = bytearray(path.read_bytes())
    raw[raw.find(where)] ^= 1
    path.write_bytes(raw)


async def test_damage_in_the_offices_row_stops_the_start(tmp_path: Path) -> None:
    path = await _worked(tmp_path / "office.db")
    _flip(path, NAME.encode())
    database = await open_database(path)
    try:
        with pytest.raises(StoreDamaged, match="armband-server doctor"):
            await migrated(database)
    finally:
        await database.close()
    assert any("offices_check" in line for line in examine(path).file)


async def test_after_damage_was_met_nothing_is_written_and_reads_go_on(tmp_path: Path) -> None:
    path = await _worked(tmp_path / "office.db")
    _flip(path, NAME.encode())
    # As if it had come after the look at the start.
    store = SqliteStore(await open_database(path), OFFICE)
    try:
        with pytest.raises(StoreDamaged, match="malformed"):
            await push(store, Author("other").op(9, dict(CHECK), kind="check"))
        with pytest.raises(StoreDamaged):
            await store.touch({})
        assert (await store.office()).seq == 5
    finally:
        await store.close()


async def test_no_copy_is_made_of_a_damaged_store(tmp_path: Path) -> None:
    """A copy has new indexes, in which a row that has rotted would look sound."""
    path = await _worked(tmp_path / "office.db")
    _flip(path, NAME.encode())
    with pytest.raises(StoreDamaged, match="no copy"):
        copy_store(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_a_store_of_an_older_release_is_changed_over_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _filled(tmp_path / "office.db", 1)
    database = await open_database(path)
    steps = migrations.scripts()
    last = max(steps)
    try:
        with monkeypatch.context() as patch:
            broken = {**steps, last + 1: "CREATE TABLE half (office TEXT);\nSELECT nothing;\n"}
            patch.setattr(migrations, "scripts", lambda: broken)
            with pytest.raises(Exception, match="nothing"):
                await migrated(database)
        version = "PRAGMA user_version"
        assert await database.read(lambda conn: conn.execute(version).fetchone()) == (1,)
        await migrated(database)
        assert await database.read(lambda conn: conn.execute(version).fetchone()) == (last,)
    finally:
        await database.close()
    assert examine(path).file == []
