"""Work after midnight belongs to the day of its shift; a shop's failing items open with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.model import LedgerQuery
from armband.shared.days import add_days, at_clock
from armband.shared.drafts import Draft
from armband.shared.errors import WrongStep
from armband.shared.fields import Patch
from armband.shared.kinds.duties import Rank
from armband.shared.policy import Policy
from support.local import GRID, Local, local_terminal

GATE, SHIFT, SHOP = b"g" * 16, b"s" * 16, b"p" * 16
CHECK: Patch = {"code": "green", "decision": "passed", "checkpoint": GATE.hex()}


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


def night(day: str) -> Draft:
    told: Patch = {"checkpoint": GATE.hex(), "day": day, "begins_min": 1200, "ends_min": 480}
    return Draft("shift", SHIFT, GRID, told)


async def day_of_check(local: Local, number: int, **fields: object) -> str:
    record = bytes([number]) * 16
    told = {**CHECK, **fields}
    await local.terminal.record([Draft("check", record, GRID, told)])  # type: ignore[arg-type]  # any value
    entry = await local.terminal.entry(record)
    assert entry is not None
    return entry.view.text("day")


async def test_a_check_after_midnight_is_dated_to_its_shift(local: Local) -> None:
    day = local.terminal.today
    tomorrow = add_days(day, 1)
    local.clock.now_ms = at_clock(tomorrow, 120, Policy())
    assert await day_of_check(local, 1) == tomorrow
    await local.terminal.record([night(day)])
    assert await day_of_check(local, 2) == day
    assert await day_of_check(local, 3, checkpoint=(b"x" * 16).hex()) == tomorrow
    assert await day_of_check(local, 4, checkpoint=None) == tomorrow
    local.clock.now_ms = at_clock(tomorrow, 480, Policy())
    assert await day_of_check(local, 5) == tomorrow
    local.clock.now_ms = at_clock(tomorrow, 130, Policy())
    await local.terminal.change(SHIFT, {"step": "cancel"})
    assert await day_of_check(local, 6) == tomorrow


async def test_a_shift_from_its_beginning_to_the_note_that_the_next_one_reads(local: Local) -> None:
    await local.terminal.record([night(local.terminal.today)])
    local.clock.now_ms = at_clock(local.terminal.today, 1200, Policy())

    async def due() -> list[str]:
        return [task.duty.step for task in (await local.terminal.todo()).tasks]

    assert await due() == ["begin"]
    with pytest.raises(WrongStep):
        await local.terminal.change(SHIFT, {"step": "end", "handover": "早了"})
    await local.terminal.change(SHIFT, {"step": "begin"})
    assert await due() == []
    local.clock.now_ms = at_clock(add_days(local.terminal.today, 1), 470, Policy())
    assert await due() == ["end"]
    with pytest.raises(WrongStep, match="must be given"):
        await local.terminal.change(SHIFT, {"step": "end"})
    await local.terminal.change(SHIFT, {"step": "end", "handover": "东门道闸坏了"})
    assert await due() == ["read"]
    await local.terminal.change(SHIFT, {"step": "read"})
    assert await due() == []
    entry = await local.terminal.entry(SHIFT)
    assert entry is not None
    assert entry.view.text("read_by") == local.terminal.identity.person


async def test_an_inspection_opens_what_failed_in_the_same_save_and_once(local: Local) -> None:
    await local.terminal.record([Draft("shop", SHOP, GRID, {"name": "阳光超市"})])
    (routine,) = (await local.terminal.todo()).tasks
    assert (routine.duty.rank, routine.duty.form) == (Rank.ROUTINE, "inspection")
    told: Patch = {
        **routine.duty.prefill,
        **dict.fromkeys(("measuring", "codes", "masks"), True),
        "disinfection": False,
    }
    saved = await local.terminal.record([Draft("inspection", b"i" * 16, GRID, told)])
    assert [done.kind for done in saved] == ["inspection"]
    (task,) = (await local.terminal.todo()).tasks
    assert (task.duty.rank, task.duty.step) == (Rank.RECTIFICATION, "pass")
    assert task.entry.view.fields["item"] == "disinfection"
    again = Draft("inspection", b"i" * 16, GRID, {"note": "补记"})
    await local.terminal.record([again])
    page = await local.terminal.ledger(LedgerQuery("rectification"), 0, 10)
    assert page.total == 1
    await local.terminal.change(task.entry.view.id, {"step": "pass", "result": "已补喷"})
    assert (await local.terminal.todo()).tasks == ()
    local.clock.now_ms += 86_400_000
    assert [t.duty.form for t in (await local.terminal.todo()).tasks] == ["inspection"]


async def test_the_shop_is_found_by_name_in_its_inspections(local: Local) -> None:
    await local.terminal.record([Draft("shop", SHOP, GRID, {"name": "阳光超市"})])
    told: Patch = {"shop": SHOP.hex(), **dict.fromkeys(("measuring", "codes", "masks"), True)}
    await local.terminal.record(
        [Draft("inspection", b"i" * 16, GRID, {**told, "disinfection": True})]
    )
    for text in ("阳光", "ygcs"):
        page = await local.terminal.ledger(LedgerQuery("inspection", text=text), 0, 10)
        assert page.total == 1, text
