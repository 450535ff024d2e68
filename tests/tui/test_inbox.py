"""Sync and inbox: conflicts are settled, refused operations mended or set aside."""

from __future__ import annotations

from pathlib import Path

from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.client.tui.screens.edit import EditScreen
from armband.client.tui.screens.settle import SettleScreen
from armband.shared import wire
from armband.shared.hlc import stamp_at
from armband.shared.merge import State, Write, encode_state
from support.desk import FIRST, THIRD, Desk, desk
from support.local import START_MS
from support.waiting import until

HOUSEHOLD = b"\x01" * 16


def write(number: int, author: str, **patch: str | int) -> Write:
    op = bytes([number]) * 16
    stamp = stamp_at(START_MS) + number
    seen = stamp_at(START_MS) + 1 if number > 1 else 0
    return Write(stamp, op, op, 1, seen, author, False, dict(patch))


async def conflict_arrives(
    terminal: Terminal,
    field: str = "people",
    first: str | int = 3,
    second: str | int = 4,
) -> None:
    """Two people changed the same household, unseen."""
    writes = (
        write(1, "office", unit=FIRST, door="7-1-101", head="高海"),
        write(2, "王芳", **{field: first}),
        write(3, "李强", **{field: second}),
    )
    row = wire.FeedRow(3, encode_state(State(HOUSEHOLD, "household", writes)))
    feed = wire.Feed(0, 3, bytes(16), b"", [])
    await terminal.replica.apply_feed(feed, [row], START_MS)


async def refuse_last(running: Desk, reason: str) -> None:
    """The office's receipt for the newest operation: quarantined."""
    counter = running.terminal.status.written
    receipt = wire.Receipt(counter, wire.STATUS_QUARANTINED, 0, 0, reason, "")
    receipts = wire.Receipts([receipt], 0, bytes(16), 0)
    await running.terminal.replica.apply_receipts(receipts, START_MS)


async def checked(running: Desk) -> None:
    await running.write("诸葛孔明 365 g\r")
    await running.sees("已存：诸葛孔明")


async def test_a_conflict_is_settled_by_a_digit(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=[]) as running:
        await conflict_arrives(running.terminal)
        await running.sees("冲突 1")
        await running.press("f8")
        await running.sees("1 项待处理", "7-1-101 高海", "人口: 2 个值")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, SettleScreen), "the values are shown")
        await running.sees("4", "李强", "现显示", "3", "王芳")
        await running.press("2")
        await running.sees("没有待处理的")
        entry = await running.terminal.entry(HOUSEHOLD)
        assert entry is not None
        assert entry.view.fields["people"] == 3
        assert entry.view.conflicts == ()


async def test_telephones_in_conflict_are_masked_until_a_reason_shows_them(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=[]) as running:
        await conflict_arrives(running.terminal, "phone", "13800003333", "13811113333")
        await running.sees("冲突 1")
        await running.press("f8")
        await running.sees("1 项待处理")
        await running.press("enter")
        await running.sees("138****3333", "李强", "王芳", "F9")
        assert not running.shows("13800003333")
        await running.press("f9")
        await running.sees("为什么查看")
        await running.press("enter")
        await running.sees("13800003333", "13811113333")
        await running.press("2")
        await running.sees("没有待处理的")
        entry = await running.terminal.entry(HOUSEHOLD)
        assert entry is not None
        assert entry.view.fields["phone"] == "13800003333"


async def test_what_was_refused_is_mended_and_sent_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await checked(running)
        await refuse_last(running, wire.REASON_SCOPE)
        await running.sees("退回 1")
        await running.press("f8")
        await running.sees("退回", "诸葛孔明", "不在本终端的辖区内")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
        await running.sees("修改后重发", "诸葛孔明")
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        screen.form.focus_on("unit")
        await running.pilot.pause()
        await running.press("ctrl+u")
        await running.write("第3网格")
        await running.sees("第2片区 第3网格")
        await running.press("enter", "ctrl+s")
        await running.sees("没有待处理的")
        page = await running.terminal.ledger(LedgerQuery("check"), 0, 9)
        assert [entry.view.unit for entry in page.entries] == [THIRD]
        assert running.terminal.status.waiting == 21


async def test_what_was_refused_can_be_set_aside(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await checked(running)
        await refuse_last(running, wire.REASON_ROLE)
        await running.press("f8")
        await running.sees("此角色无权这样做")
        await running.press("delete")
        await running.sees("不再重发，搁置它？")
        await running.press("escape")
        assert len(await running.terminal.tray()) == 1
        await running.press("delete", "down", "enter")
        await running.sees("没有待处理的")
        assert await running.terminal.tray() == []
