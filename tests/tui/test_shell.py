"""What all screens share: the language, the footer, the palette, the sync line, snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.i18n import CHINESE, ENGLISH, language
from armband.client.tui.screens.sync import SyncScreen
from armband.shared import wire
from armband.shared.ids import NO_ID
from support.desk import LARGE, SMALL, Desk, desk
from support.local import START_MS
from support.waiting import until

SIZES = {"80x24": SMALL, "120x40": LARGE}


async def a_morning(running: Desk) -> None:
    """Three checks, one of them with fever."""
    lines = (("wjg365g\r", "王建国"), ("13812341111 369 g\r", "36.9"))
    for line, seen in lines:
        await running.write(line)
        await running.sees("08:0", seen)
        running.clock.now_ms += 61_000
    await running.write("zhaomei 376 g refer\r")
    await running.sees("37.6")


@pytest.mark.parametrize("language_code", [CHINESE, ENGLISH])
@pytest.mark.parametrize("size", SIZES)
async def test_the_lane_as_a_picture(tmp_path: Path, language_code: str, size: str) -> None:
    async with desk(tmp_path, size=SIZES[size], language=language_code) as running:
        await a_morning(running)
        await running.write("lxt365g")
        await running.sees("李小天")
        await until(lambda: running.text().count("37.6") == 1, "the list is new")
        await running.sees("0+3")
        await running.matches_snapshot(f"lane-{size}-{language_code}")


@pytest.mark.parametrize("language_code", [CHINESE, ENGLISH])
async def test_the_other_screens_as_pictures(tmp_path: Path, language_code: str) -> None:
    async with desk(tmp_path, language=language_code) as running:
        await a_morning(running)
        await running.sees("0+3")
        for key, name, seen in (
            ("f3", "visit", "36.5 36.8"),
            ("f6", "ledger", "37.6"),
            ("f7", "board", "+3"),
            ("f8", "sync", "23"),
        ):
            await running.press(key)
            await running.sees(seen)
            await running.matches_snapshot(f"{name}-80x24-{language_code}")


@pytest.mark.parametrize(
    ("language_code", "size"), [(CHINESE, SMALL), (ENGLISH, SMALL), (CHINESE, LARGE)]
)
async def test_the_set_hash_stands_on_the_sync_screen(
    tmp_path: Path, language_code: str, size: tuple[int, int]
) -> None:
    async with desk(tmp_path, size=size, language=language_code) as running:
        await running.press("f8")
        name = f"sync-checked-{size[0]}x{size[1]}-{language_code}"
        # Nothing of the office's is here: a digest over no record.
        there = wire.CaughtUp(0, b"", NO_ID, 0)
        await running.terminal.replica.caught_up(there, START_MS)
        await running.matches_snapshot(name)
        other = wire.CaughtUp(0, b"", NO_ID, 1)
        await running.terminal.replica.caught_up(other, START_MS + 60_000)
        await running.sees("不一致，正在重新取回" if language_code == CHINESE else "being repaired")


async def test_the_language_changes_everywhere_and_stays(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        for key, word in (("f3", "新走访"), ("f6", "台账"), ("f8", "同步与待办"), ("f7", "汇总")):
            await running.press(key)
            await running.sees(word)
        await running.press("ctrl+l")
        await running.sees("Board", "Confirmed by the office")
        for key, word in (("f3", "New visit"), ("f6", "Ledger"), ("f8", "Sync and inbox")):
            await running.press(key)
            await running.sees(word)
            assert not running.shows("帮助")
        await running.press("f2")
        await running.sees("Checkpoint", "Today 0 checks")
    async with desk(tmp_path) as running:
        await running.sees("Today 0 checks")
        assert language() == ENGLISH


async def test_the_footer_shows_only_what_exists(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        assert running.shows("F9 撤销", "F1 帮助 F2 卡点 F3 走访 F4 今日 F5 事件 F6 台账 F7 汇总")
        assert running.shows("^P 命令"), "the menu has what the footer has no room for"
        assert not running.shows("F10")


async def test_every_action_is_in_the_palette(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("ctrl+p")
        await running.sees("帮助", "走访", "台账", "汇总", "同步", "撤销")
        await running.write("退")
        await running.sees("退出")
        await running.press("backspace")
        await running.write("台")
        await running.sees("台账")
        await running.press("enter")
        await until(lambda: running.app.current_mode == "ledger", "the ledger is shown")


async def test_help_says_how_a_line_is_written(tmp_path: Path) -> None:
    async with desk(tmp_path, size=LARGE) as running:
        await running.press("f1")
        await running.sees("lxt365g", "F9", "作废最近存的一条核验")
        await running.press("escape")
        await running.sees("何人、体温、颜色")


async def test_the_sync_line_is_the_truth(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.sees("本机 20  已收 0  待传 20  离线")
        await running.write("wjg365g")
        await running.press("enter")
        await running.sees("本机 21  已收 0  待传 21")
        await running.press("f8")
        await until(lambda: isinstance(running.app.screen, SyncScreen), "sync is shown")
        await running.sees("离线。照常记录", "没有待处理的")
