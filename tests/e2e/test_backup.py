"""A terminal that has dropped what a backup holds, and an office that is put back to a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from armband.client.store.store import STORE_FILE as TERMINAL_STORE
from armband.server.backup import write_backup
from armband.server.office.opening import STORE_FILE
from armband.server.restore import restore_backup
from armband.server.store.values import encode_policy
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.policy import Policy
from support.office_rig import G1, START_MS, Rig, office_rig, reopened_rig
from support.terminals import Place, place
from support.waiting import until

LIVE: Patch = {"code": "green", "decision": "passed"}


async def made(folder: Path) -> None:
    """An office whose terminals drop what is backed up at once."""
    async with office_rig(folder):
        pass
    with closing(sqlite3.connect(folder / STORE_FILE)) as conn, conn:
        conn.execute("UPDATE offices SET policy = ?", (encode_policy(Policy(keep_days=0)),))


@asynccontextmanager
async def at_work(folder: Path, seed: int) -> AsyncIterator[tuple[Rig, Place]]:
    async with (
        reopened_rig(folder, seed) as rig,
        place(rig, folder.parent / "t", "lianhu/yg") as here,
    ):
        await all_held(here)
        yield rig, here


async def all_held(here: Place) -> None:
    await until(lambda: here.terminal.status.waiting == 0, "nothing waits")


async def work(here: Place, count: int) -> None:
    drafts = [Draft("check", here.terminal.new_id(), G1, LIVE) for _ in range(count)]
    await here.terminal.record(drafts)
    await all_held(here)


def kept(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / TERMINAL_STORE)) as conn:
        return [n for (n,) in conn.execute("SELECT counter FROM ops ORDER BY counter")]


def counters(folder: Path) -> list[int]:
    """Of the terminals' operations at the office."""
    with closing(sqlite3.connect(folder / STORE_FILE)) as conn:
        rows = conn.execute(
            "SELECT counter FROM ops JOIN terminals USING (office, key_id) ORDER BY counter"
        )
        return [n for (n,) in rows]


async def dropped(folder: Path) -> None:
    """Two operations in the backup ``old``, four in ``new``; the terminal keeps the fifth."""
    await made(folder)
    async with at_work(folder, 2) as (_rig, here):
        await work(here, 2)
    write_backup(folder, folder.parent / "old", START_MS)
    async with at_work(folder, 3) as (rig, here):
        await work(here, 2)
        office = write_backup(folder, folder.parent / "new", START_MS).office
        assert await rig.office.mark_stable(office.seq, office.hist) == rig.office.seq
        await until(lambda: here.terminal.status.stable == 4, "the terminal is told")
        await until(lambda: not kept(here.folder), "all is dropped")
        await work(here, 1)
    assert kept(folder.parent / "t") == [5]


async def test_nothing_is_lost_with_the_newest_backup(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    await dropped(folder)
    restore_backup(folder, tmp_path / "new", b"n" * 16, START_MS)
    assert counters(folder) == [1, 2, 3, 4]
    async with at_work(folder, 4) as (rig, here):
        await work(here, 1)
        status = here.terminal.status
        assert (status.written, status.held, status.stable) == (6, 6, 4)
        assert not await rig.office.forks()
        assert rig.office.epoch == b"n" * 16
    assert counters(folder) == [1, 2, 3, 4, 5, 6]


async def test_an_older_one_makes_a_branch_and_no_further_epoch(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    await dropped(folder)
    restore_backup(folder, tmp_path / "old", b"o" * 16, START_MS)
    async with at_work(folder, 4) as (rig, here):
        assert rig.office.epoch == b"o" * 16
        await work(here, 1)
    async with at_work(folder, 5) as (rig, here):
        await work(here, 1)
        assert rig.office.epoch == b"o" * 16
        assert list((await rig.office.forks()).values()) == [1]
        assert here.terminal.status.held == 7
        assert not (await rig.office.audit()).differences
    assert counters(folder) == [1, 2, 5, 6, 7]


async def test_a_branch_that_the_terminal_can_only_push_in_the_same_epoch(tmp_path: Path) -> None:
    """The terminal was welcomed in the new epoch, and cut off before it had pushed anything."""
    folder = tmp_path / "o"
    await dropped(folder)
    restore_backup(folder, tmp_path / "old", b"o" * 16, START_MS)
    with closing(sqlite3.connect(tmp_path / "t" / TERMINAL_STORE)) as conn, conn:
        conn.execute(
            "UPDATE sync SET epoch = ?, cursor = 0, settled = 0, witness_seq = 0, "
            "witness_hist = x'', base_count = 0, base_digest = zeroblob(16)",
            (b"o" * 16,),
        )
        conn.execute("DELETE FROM base")
        conn.execute("UPDATE ops SET state = 0, seq = 0, eff = 0")
    async with at_work(folder, 5) as (rig, _here):
        assert rig.office.epoch == b"o" * 16
    assert counters(folder) == [1, 2, 5]
