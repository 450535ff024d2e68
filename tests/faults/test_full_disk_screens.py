"""A disk that fills up while somebody types: the words stay, and go through once there is room."""

from __future__ import annotations

from pathlib import Path

from armband.client.model import LedgerQuery
from armband.client.tui.screens.visit import VisitScreen
from support.desk import Desk, desk
from support.small_disk import small_disk
from support.waiting import until


async def total(running: Desk, kind: str) -> int:
    return (await running.terminal.ledger(LedgerQuery(kind), 0, 1)).total


async def test_a_form_keeps_every_word(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=3) as disk:
        async with desk(disk.path) as running:
            await running.press("f3")
            await running.write("wjg")
            await running.sees("3-1-201 王建国")
            await running.press("enter", "1", "1", "4")
            # In the middle of it: what is typed from now on cannot be kept on the disk either.
            disk.fill()
            await running.write("2")
            await running.press("ctrl+s")
            await running.sees("磁盘已满")
            assert await total(running, "visit") == 0
            screen = running.app.screen
            assert isinstance(screen, VisitScreen)
            typed = screen.form.texts()
            assert typed["household"].endswith("王建国")
            assert (typed["people_seen"], typed["outcome"]) == ("2", "met")
            disk.free()
            await running.press("ctrl+s")
            await running.sees("已存：3-1-201 王建国")
            assert await total(running, "visit") == 1


async def test_a_lane_line_comes_back(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=3) as disk:
        async with desk(disk.path) as running:
            disk.fill()
            await running.write("wjg365g")
            await running.press("enter")
            await running.sees("磁盘已满", "wjg365g")
            assert await total(running, "check") == 0
            disk.free()
            await running.press("enter")
            await running.sees("已存：王建国  36.5  绿  放行")
            await until(lambda: running.terminal.status.written > 0, "it is saved")
            assert await total(running, "check") == 1
