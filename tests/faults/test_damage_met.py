"""Damage that a running terminal meets: it is said on the screen, and one key leads on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from armband.client.errors import StoreDamaged
from armband.client.i18n import ENGLISH, set_language
from armband.client.store.store import STORE_FILE
from armband.client.tui.screens.damaged import DamagedScreen
from support.desk import desk
from support.waiting import until


def damage(folder: Path) -> None:
    """Every page but the first becomes rubbish, below the open connections."""
    (path,) = folder.rglob(STORE_FILE)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        # A commit of somebody else's: the terminal forgets the pages that it remembers.
        conn.execute("INSERT OR REPLACE INTO preferences VALUES ('x', 'y')")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek(0, 2)
        end = file.tell()
        file.seek(size)
        file.write(b"\xa5" * (end - size))


async def test_a_damaged_store_is_told_and_enter_leads_to_the_repair(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        damage(tmp_path)
        await running.press("f6")
        await until(lambda: isinstance(running.app.screen, DamagedScreen), "the damage is told")
        await running.sees("磁盘上的记录文件已损坏")
        assert "doctor --repair" in running.app.damage
        await running.press("enter")
        await until(lambda: running.app.repair_wanted, "it ends, to be repaired")
        with pytest.raises(StoreDamaged):
            await running.terminal.set_preference("a", "b")
    set_language(ENGLISH)
