"""After something went wrong on one side: nothing is lost, nothing doubled, the base is rebuilt."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

from armband.client.model import LedgerQuery
from armband.client.store.store import STORE_FILE
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from support.office_rig import UNITS, office_rig, reopened_rig
from support.terminals import is_live, place
from support.waiting import until

UNIT = "lianhu/yg/g1"
OWN_OPS = len(UNITS) + 1
"""Operations of a rig's office before any terminal's: its own unit and those of the rig."""


def household(terminal: Terminal, door: str, **fields: str) -> Draft:
    return Draft("household", terminal.new_id(), UNIT, {"door": door, **fields})


async def doors(terminal: Terminal) -> list[str]:
    page = await terminal.ledger(LedgerQuery("household"), 0, 100)
    return sorted(entry.view.text("door") for entry in page.entries)


async def test_a_new_epoch_everything_is_pushed_again_and_nothing_doubled(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig, place(rig, tmp_path / "a") as a:
        await a.terminal.record([household(a.terminal, f"1-1-{n}") for n in range(3)])
        await until(lambda: a.terminal.status.held == 3, "the office holds them")
        await rig.office.new_epoch("a test", rig.office.epoch, b"test")
        await until(lambda: a.wire.attempts == 2 and is_live(a.terminal), "it is back", 10)
        await until(lambda: a.terminal.status.held == 3, "all are held again")
        assert rig.office.seq == OWN_OPS + 3
        assert await doors(a.terminal) == ["1-1-0", "1-1-1", "1-1-2"]


async def test_what_a_restored_office_has_forgotten_comes_back(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig, place(rig, tmp_path / "a") as a:
        await a.terminal.record([household(a.terminal, "before")])
        await until(lambda: a.terminal.status.held == 1, "held")
    await asyncio.to_thread(shutil.copytree, tmp_path / "office", tmp_path / "backup")
    async with reopened_rig(tmp_path / "office") as rig, place(rig, tmp_path / "a") as a:
        await a.terminal.record([household(a.terminal, "after")])
        await until(lambda: a.terminal.status.held == 2, "held")
    async with reopened_rig(tmp_path / "backup") as rig, place(rig, tmp_path / "a") as a:
        await until(lambda: a.terminal.status.held == 2, "what was forgotten is held again", 10)
        assert rig.office.seq == OWN_OPS + 2
        async with place(rig, tmp_path / "b") as b:
            assert await doors(b.terminal) == ["after", "before"]


async def test_a_base_that_differs_is_rebuilt(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig:
        async with place(rig, tmp_path / "a") as a:
            await a.terminal.record([household(a.terminal, f"1-1-{n}") for n in range(3)])
            await until(lambda: a.terminal.status.held == 3, "held")
        async with place(rig, tmp_path / "b") as b:
            assert len(await doors(b.terminal)) == 3
        damage(tmp_path / "b" / STORE_FILE)
        async with place(rig, tmp_path / "b", online=False) as b:
            b.terminal.go_online()
            await until(lambda: b.wire.attempts == 2, "it starts anew", 10)
            await until(lambda: is_live(b.terminal), "and has caught up", 10)
            assert len(await doors(b.terminal)) == 3


def damage(store: Path) -> None:
    """A row of the base is lost, as by a damaged page."""
    conn = sqlite3.connect(store)
    with conn:
        lost = conn.execute(
            "DELETE FROM base WHERE record IN "
            "(SELECT record FROM view WHERE kind = 'household' LIMIT 1)"
        )
        assert lost.rowcount == 1
    conn.close()


async def test_a_copied_folder_makes_a_fork_and_nothing_is_lost(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig:
        async with place(rig, tmp_path / "a") as a:
            await a.terminal.record([household(a.terminal, "shared")])
            await until(lambda: a.terminal.status.held == 1, "held")
        await asyncio.to_thread(shutil.copytree, tmp_path / "a", tmp_path / "copy")
        async with place(rig, tmp_path / "a") as a:
            await a.terminal.record([household(a.terminal, "first")])
            await until(lambda: a.terminal.status.held == 2, "held")
        async with place(rig, tmp_path / "copy") as copy:
            await copy.terminal.record([household(copy.terminal, "second")])
            await until(lambda: copy.terminal.status.held == 2, "the copy's is held too")
            assert await doors(copy.terminal) == ["first", "second", "shared"]
        assert rig.office.seq == OWN_OPS + 3


async def test_the_same_key_twice_the_newer_connection_stays(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig:
        async with place(rig, tmp_path / "a"):
            pass
        await asyncio.to_thread(shutil.copytree, tmp_path / "a", tmp_path / "copy")
        async with place(rig, tmp_path / "a") as a, place(rig, tmp_path / "copy") as copy:
            await until(lambda: a.terminal.status.problem, "the older one is told")
            assert "this terminal's key" in a.terminal.status.problem
            assert is_live(copy.terminal)
            assert copy.wire.attempts == 1
