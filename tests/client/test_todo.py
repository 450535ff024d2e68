"""What is to be done: computed here, offline, from whatever records are on this terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.shared.days import add_days, day_begins_ms
from armband.shared.drafts import Draft
from armband.shared.kinds.duties import Rank
from armband.shared.policy import Policy
from support.local import GRID, Local, local_terminal
from support.mini_office import MiniOffice

HOME = b"h" * 16
FIRST, SECOND = b"1" * 16, b"2" * 16
DAY_MS = 86_400_000


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


def visit(record: bytes, **fields: object) -> Draft:
    told = {"household": HOME.hex(), "channel": "phone", "outcome": "no_answer", **fields}
    return Draft("visit", record, GRID, told)  # type: ignore[arg-type]  # any value


async def keys(local: Local) -> list[str]:
    return [task.duty.key for task in (await local.terminal.todo()).tasks]


async def test_a_next_visit_is_due_from_the_beginning_of_its_day(local: Local) -> None:
    tomorrow = add_days(local.terminal.today, 1)
    await local.terminal.record([visit(FIRST, next_day=tomorrow)])
    assert await keys(local) == []
    local.clock.now_ms = day_begins_ms(tomorrow, Policy())
    (task,) = (await local.terminal.todo()).tasks
    assert task.entry.view.id == FIRST
    assert task.duty.form == "visit"
    assert task.duty.prefill == {"household": HOME.hex(), "channel": "phone"}
    assert task.due_ms == local.clock.now_ms + DAY_MS


async def test_a_later_visit_to_that_door_settles_it_and_voiding_that_brings_it_back(
    local: Local,
) -> None:
    await local.terminal.record([visit(FIRST, next_day=local.terminal.today)])
    assert len(await keys(local)) == 1
    local.clock.now_ms += 1000
    other_door = {"household": (b"o" * 16).hex()}
    await local.terminal.record([visit(b"3" * 16, **other_door)])
    assert len(await keys(local)) == 1
    await local.terminal.record([visit(SECOND, outcome="met")])
    assert await keys(local) == []
    await local.terminal.void(SECOND, "登错户")
    assert len(await keys(local)) == 1
    await local.terminal.change(FIRST, {"next_day": None})
    assert await keys(local) == []


async def test_another_terminals_work_settles_it_in_whatever_order_it_comes(local: Local) -> None:
    office = MiniOffice(local.clock.now_ms)
    now_ms, today = local.clock.now_ms, local.terminal.today
    told = {"unit": GRID, "household": HOME.hex(), "channel": "door", "outcome": "met"}
    office.write(SECOND, "visit", {**told, "at": now_ms + 5, "day": today})
    frame, rows = office.feed(0)
    await local.store.apply_feed(frame, rows, 0)
    office.write(FIRST, "visit", {**told, "at": now_ms, "day": today, "next_day": today})
    frame, rows = office.feed(frame.to_seq)
    await local.store.apply_feed(frame, rows, 0)
    assert await keys(local) == []


async def test_the_counts_are_of_all_the_tasks_and_say_which_are_late(local: Local) -> None:
    today = local.terminal.today
    drafts = []
    for number in range(7):
        door = bytes([number]) * 16
        next_day = add_days(today, -1) if number < 3 else today
        drafts.append(visit(b"v" + door[1:], household=door.hex(), next_day=next_day))
    await local.terminal.record(drafts)
    todo = await local.terminal.todo(limit=5)
    assert len(todo.tasks) == 5
    assert (todo.counts, todo.late) == ({Rank.VISIT: 7}, {Rank.VISIT: 3})
    assert [task.due_ms for task in todo.tasks] == sorted(task.due_ms for task in todo.tasks)


async def test_what_is_done_stands_beside_each_duty_whatever_order_it_came_in(local: Local) -> None:
    """The index of open duties leaves out only what is settled: voiding brings it back."""
    today = local.terminal.today
    await local.terminal.record([visit(FIRST, next_day=today)])
    local.clock.now_ms += 1000
    await local.terminal.record([visit(SECOND, next_day=add_days(today, 1))])
    assert await keys(local) == []
    local.clock.now_ms += 1000
    await local.terminal.change(SECOND, {"household": (b"o" * 16).hex()})
    assert len(await keys(local)) == 1, "the later visit was to another door"
    await local.terminal.change(SECOND, {"household": HOME.hex()})
    assert await keys(local) == []
