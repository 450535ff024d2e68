"""The ledger: found by typing, corrected and voided with a reason, paged."""

from __future__ import annotations

from pathlib import Path

from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.client.tui.messages import RecordSaved
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.edit import EditScreen
from armband.client.tui.screens.ledger import LedgerScreen
from armband.client.tui.widgets.paged_list import PAGE_ROWS, PAGES_KEPT, PagedList
from armband.shared import wire
from armband.shared.fields import Patch
from armband.shared.hlc import stamp_at
from armband.shared.merge import State, Write, encode_state
from support.desk import FIRST, Desk, desk, record_id
from support.local import START_MS
from support.waiting import until


async def open_ledger(running: Desk, kind: str) -> LedgerScreen:
    await running.press("f6")
    await until(lambda: isinstance(running.app.screen, LedgerScreen), "the ledger is shown")
    screen = running.app.screen
    assert isinstance(screen, LedgerScreen)
    while screen.question.kind != kind:
        await running.press("tab")
    return screen


async def detail_of(running: Desk, typed: str, sees: str) -> None:
    await open_ledger(running, "household")
    await running.write(typed)
    await running.sees("1 条", sees)
    await running.press("enter")
    await until(lambda: isinstance(running.app.screen, DetailScreen), "the record is shown")
    await running.sees("历史")


async def household(terminal: Terminal) -> dict[str, object]:
    entry = await terminal.entry(record_id("household", FIRST, "3-1-201"))
    assert entry is not None
    return {**entry.view.fields, "void": entry.view.void}


async def test_it_is_searched_as_one_types(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await open_ledger(running, "household")
        await running.sees("5 条", "李雪婷", "138****1111")
        await running.write("zm")
        await running.sees("1 条", "赵梅")
        assert not running.shows("王建国")
        await running.press("escape")
        await running.sees("5 条")


async def test_filters_by_unit_and_day(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        screen = await open_ledger(running, "household")
        await running.press("ctrl+g")
        await running.sees("看哪个辖区的记录")
        await running.write("第1网格")
        await running.sees("第1网格")
        await running.press("enter")
        await running.sees("3 条", "辖区: 第1网格")
        assert screen.question.unit == FIRST
        await running.press("escape")
        await open_ledger(running, "visit")
        await running.press("ctrl+t")
        await running.sees("看哪些日期的记录")
        await running.write("-x")
        await running.press("enter")
        await running.sees("不是日期")
        await running.press("backspace", "7", "enter")
        await running.sees("日期: 2022-03-18 .. 2022-03-24")


async def test_a_correction_asks_for_a_reason_and_is_in_the_history(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await detail_of(running, "wjg", "王建国")
        await running.sees("138****3333", "第1网格")
        await running.press("1")
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
        await running.sees("3-1-201")
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        screen.form.focus_on("people")
        await running.press("backspace")
        await running.write("4")
        await running.press("ctrl+s")
        await running.sees("为什么更正", "改动：人口")
        await running.press("enter")
        await running.sees("须写原因")
        await running.write("recounted")
        await running.press("enter")
        await until(lambda: running.heard(RecordSaved), "the correction is saved")
        await running.sees("历史", "人口 4", "原因 recounted")
        fields = await household(running.terminal)
        assert fields["people"] == 4
        assert fields["reason"] == "recounted"


async def test_voiding_asks_for_a_reason(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await detail_of(running, "wjg", "王建国")
        await running.press("2")
        await running.sees("为什么作废")
        await running.write("twice")
        await running.press("enter")
        await running.sees("已作废")
        assert (await household(running.terminal))["void"] == "twice"
        await until(lambda: not running.shows("1 更正"), "a voided record offers no correction")
        await running.press("escape", "escape")
        await running.sees("4 条")
        await running.press("ctrl+y")
        await running.sees("5 条", "含已作废")


async def test_a_new_record_of_another_kind(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await open_ledger(running, "staff")
        await running.sees("这里还没有记录")
        await running.press("ctrl+n")
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
        await running.sees("新建  人员", "阳光花苑社区")
        await running.write("周海燕")
        await running.press("ctrl+s")
        await until(lambda: running.heard(RecordSaved), "the record is saved")
        await running.sees("1 条", "周海燕")


async def test_a_new_record_is_never_written_over_one_that_is_here(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await open_ledger(running, "household")
        for head in ("李云", "何云"):
            await running.press("ctrl+n")
            await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
            screen = running.app.screen
            assert isinstance(screen, EditScreen)
            await running.sees("阳光花苑社区")
            screen.form.focus_on("door")
            await running.write("9-1-901")
            screen.form.focus_on("head")
            await running.write(head)
            await running.press("ctrl+s")
            if head == "李云":
                await running.sees("6 条")
        await running.sees("已在册")
        found = await running.terminal.ledger(LedgerQuery("household", "9-1-901"), 0, 9)
        assert [entry.view.fields["head"] for entry in found.entries] == ["李云"]


async def test_a_role_sees_only_what_it_may_do(tmp_path: Path) -> None:
    async with desk(tmp_path, role="checkpoint", drafts=[]) as running:
        await open_ledger(running, "household")
        await running.press("ctrl+n")
        await running.sees("本终端不能新建：住户")
        assert isinstance(running.app.screen, LedgerScreen)


def feed_of_visits(count: int) -> tuple[wire.Feed, list[wire.FeedRow]]:
    """What the office sends: one visit a second."""
    rows = []
    for n in range(1, count + 1):
        record = n.to_bytes(16, "big")
        fields: Patch = {
            "unit": FIRST,
            "household": "0" * 32,
            "channel": "door",
            "outcome": "met",
            "at": START_MS + n * 1000,
            "day": "2022-03-24",
        }
        write = Write(stamp_at(START_MS) + n, record, record, 1, 0, "office", False, fields)
        rows.append(wire.FeedRow(n, encode_state(State(record, "visit", (write,)))))
    return wire.Feed(0, count, bytes(16), b"", []), rows


async def test_twenty_thousand_rows_are_paged(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=[]) as running:
        feed, rows = feed_of_visits(20_000)
        await running.terminal.replica.apply_feed(feed, rows, START_MS)
        screen = await open_ledger(running, "visit")
        await running.sees("20000 条", "13:33")
        shown = screen.query_one(PagedList)
        shown.action_edge(last=True)
        await running.sees("08:00")
        for _turn in range(40):
            shown.action_turn(-8)
            await running.pilot.pause()
        assert len(shown._pages) <= PAGES_KEPT
        assert sum(len(page) for page in shown._pages.values()) <= PAGES_KEPT * PAGE_ROWS
