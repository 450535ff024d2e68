"""What the journal drops: only what a verified backup holds and whose keep-days are over."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from armband.client.store.examine import examine
from armband.client.store.salvage import read_damaged, write_new
from armband.client.store.store import STORE_FILE
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.policy import Policy
from support.local import GRID, KEY_ID, Local, identity, local_terminal
from support.mini_office import MiniOffice

DAY_MS = 86_400_000


@dataclass
class Pair:
    """A terminal and its office, with the backups that the office says it has."""

    local: Local
    office: MiniOffice
    folder: Path
    stable_seq: int = 0
    keep_days: int = 2

    async def connect(self, epoch: bytes | None = None) -> None:
        if epoch is not None:
            self.office.epoch = epoch
        point = await self.local.store.sync_point()
        policy = Policy(keep_days=self.keep_days)
        welcome = self.office.welcome(KEY_ID, policy=policy, stable_seq=self.stable_seq)
        new_epoch = welcome.epoch != point.epoch
        clear = new_epoch or tuple(welcome.scope) != point.scope
        await self.local.terminal.replica.adopt_welcome(
            welcome, new_epoch=new_epoch, clear_base=clear, now_ms=self.local.clock.now_ms
        )

    async def work(self, *doors: str) -> None:
        """Record, push, and let the feed come back."""
        for door in doors:
            record = door.encode().ljust(16)
            await self.local.terminal.record([Draft("household", record, GRID, {"door": door})])
        await self.push()
        await self.feed()

    async def push(self) -> None:
        while batch := await self.local.store.waiting(0, 500, 1 << 20):
            receipts = self.office.take(batch, KEY_ID)
            await self.apply(receipts.items)

    async def apply(self, items: list[wire.Receipt]) -> None:
        receipts = wire.Receipts(items, self.office.seq, self.office.hist, self.stable_seq)
        await self.local.terminal.replica.apply_receipts(receipts, self.local.clock.now_ms)

    async def feed(self) -> None:
        point = await self.local.store.sync_point()
        frame, rows = self.office.feed(point.cursor)
        await self.local.terminal.replica.apply_feed(frame, rows, self.local.clock.now_ms)

    async def days_go_by(self, days: int) -> None:
        self.office.now_ms += days * DAY_MS
        await self.connect()

    async def back_up(self) -> None:
        self.stable_seq = self.office.seq
        await self.apply([])

    def kept(self) -> list[int]:
        with closing(sqlite3.connect(self.folder / STORE_FILE)) as conn:
            return [n for (n,) in conn.execute("SELECT counter FROM ops ORDER BY counter")]

    def sound(self) -> bool:
        return examine(self.folder / STORE_FILE, KEY_ID).is_sound


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with local_terminal(tmp_path) as local:
        made = Pair(local, MiniOffice(local.clock.now_ms), tmp_path)
        await made.connect()
        yield made


def counts(pair: Pair) -> tuple[int, int, int, int]:
    status = pair.local.terminal.status
    return status.written, status.held, status.stable, status.waiting


async def test_both_are_needed(pair: Pair) -> None:
    await pair.work("1", "2", "3")
    await pair.back_up()
    assert pair.kept() == [1, 2, 3], "stable, but its days are not over"
    await pair.work("4")
    await pair.days_go_by(1)
    assert pair.kept() == [1, 2, 3, 4]
    await pair.days_go_by(1)
    assert pair.kept() == [4], "its days are over, but no backup holds the last"
    await pair.back_up()
    assert pair.kept() == []
    assert counts(pair) == (4, 4, 4, 0)
    assert pair.sound()


async def test_days_are_the_offices(pair: Pair) -> None:
    """This terminal's clock may be years ahead or behind."""
    pair.local.clock.now_ms += 400 * DAY_MS
    await pair.work("1")
    pair.local.clock.now_ms -= 800 * DAY_MS
    await pair.work("2")
    await pair.back_up()
    pair.local.clock.now_ms += 800 * DAY_MS
    await pair.days_go_by(1)
    assert pair.kept() == [1, 2]
    await pair.days_go_by(1)
    assert pair.kept() == []


async def test_the_chain_goes_on_and_the_records_stay(pair: Pair) -> None:
    await pair.work("1", "2")
    await pair.back_up()
    await pair.days_go_by(2)
    assert pair.kept() == []
    entry = await pair.local.terminal.entry(b"1".ljust(16))
    assert entry is not None
    assert entry.view.text("door") == "1"
    assert len((await pair.local.terminal.history(b"1".ljust(16))).entries) == 1
    await pair.work("3")
    assert pair.office.heads[KEY_ID][0] == 3, "the office has taken it behind the dropped ones"
    await pair.connect()
    assert not pair.local.terminal.status.fork
    assert counts(pair) == (3, 3, 2, 0), "a head that is dropped is known by its id"
    assert pair.sound()


async def test_what_lies_on_top_and_what_is_refused_is_kept(pair: Pair) -> None:
    pair.office.refuse = lambda patch: "role" if patch.get("door") == "2" else ""
    await pair.work("1", "2", "3")
    await pair.local.terminal.record([Draft("household", b"4".ljust(16), GRID, {"door": "4"})])
    await pair.push()
    await pair.back_up()
    await pair.days_go_by(2)
    assert pair.kept() == [2, 4], "the feed has not brought the fourth"
    assert len(await pair.local.terminal.tray()) == 1
    await pair.feed()
    await pair.connect()
    assert pair.kept() == [2]
    assert counts(pair) == (4, 3, 3, 0)
    assert pair.sound()


async def test_a_new_epoch_takes_every_promise_back(pair: Pair) -> None:
    await pair.work("1", "2")
    await pair.back_up()
    assert counts(pair) == (2, 2, 2, 0)
    pair.stable_seq = 0
    pair.office.now_ms += 5 * DAY_MS
    await pair.connect(epoch=b"f" * 16)
    assert counts(pair) == (2, 0, 0, 2)
    assert pair.kept() == [1, 2]
    await pair.push()
    await pair.feed()
    await pair.back_up()
    assert pair.kept() == [1, 2], "days count anew: it was held in this history only since now"
    await pair.days_go_by(2)
    assert pair.kept() == []


async def test_an_older_copy_knows_of_fewer_backups(pair: Pair) -> None:
    await pair.work("1", "2")
    await pair.back_up()
    pair.stable_seq = 1
    await pair.connect()
    assert counts(pair) == (2, 2, 1, 0), "the newest welcome replaces what was said before"


async def test_a_push_behind_a_dropped_one_says_so(pair: Pair) -> None:
    await pair.work("1", "2")
    await pair.back_up()
    await pair.days_go_by(2)
    await pair.local.terminal.record([Draft("household", b"3".ljust(16), GRID, {"door": "3"})])
    first = await pair.local.store.waiting(0, 500, 1 << 20)
    assert first is not None
    assert (first.counter, first.prev_dropped) == (3, True)
    await pair.work("4")
    await pair.connect(epoch=b"f" * 16)
    again = await pair.local.store.waiting(3, 500, 1 << 20)
    assert again is not None
    assert (again.counter, again.prev_dropped) == (4, False)


async def test_a_head_that_cannot_be_compared_makes_all_wait(pair: Pair) -> None:
    """The office's head stands in the middle of what was dropped: it may be of another chain."""
    await pair.work("1", "2")
    await pair.back_up()
    await pair.days_go_by(2)
    await pair.work("3", "4")
    pair.office.heads[KEY_ID] = (1, b"other".ljust(16), 0)
    await pair.connect()
    assert counts(pair)[3] == 2
    assert not pair.local.terminal.status.fork


async def test_what_was_dropped_is_not_lost_after_a_repair(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    async with local_terminal(tmp_path / "a") as local:
        pair = Pair(local, MiniOffice(local.clock.now_ms), tmp_path / "a")
        await pair.connect()
        await pair.work("1", "2")
        await pair.back_up()
        await pair.days_go_by(2)
        await pair.work("3")
    found = read_damaged(tmp_path / "a" / STORE_FILE, KEY_ID)
    assert [op.counter for op in found.operations] in ([3], [1, 2, 3], [1, 3], [2, 3])
    assert not found.missing
    (tmp_path / "b").mkdir()
    write_new(tmp_path / "b" / STORE_FILE, found, KEY_ID, identity())
    assert examine(tmp_path / "b" / STORE_FILE, KEY_ID).is_sound
    async with local_terminal(tmp_path / "b") as local:
        again = Pair(local, pair.office, tmp_path / "b", keep_days=2)
        await again.connect()
        await again.work("4")
        assert again.office.heads[KEY_ID][0] == 4
