"""The board: confirmed figures, what was counted here beside them, down into units and records."""

from __future__ import annotations

from pathlib import Path

from armband.client.i18n import CHINESE
from armband.client.sync_port import RollupPart
from armband.client.tui.screens.board import BoardScreen
from armband.client.tui.screens.ledger import LedgerScreen
from armband.shared import wire
from armband.shared.rollup import Metrics
from support.desk import COMMUNITY, Desk, desk
from support.local import OFFICE, START_MS
from support.waiting import until

DAY = "2022-03-24"
AREA = f"{COMMUNITY}/a1"


async def office_says(running: Desk, unit: str, cells: dict[str, Metrics], seq: int = 7) -> None:
    """Figures of ``unit`` and the units below it."""
    rows = [wire.CellRow(DAY, code, metrics) for code, metrics in cells.items()]
    names = await running.terminal.units()
    units = [known for code, known in names.items() if code.startswith(unit)]
    covered = wire.CoverageRow(3, 4, [f"{COMMUNITY}/a2/g4"])
    body = wire.RollupBody(DAY, rows, units, covered)
    frame = wire.RollupFrame(1, seq, START_MS + 60_000, True, False, b"")
    sub = wire.Subscribe(1, unit, 1, DAY, DAY)
    await running.terminal.replica.apply_rollup(sub, [RollupPart(frame, body)])


def row_of(running: Desk, name: str) -> list[str]:
    return next(line.split() for line in running.lines() if line.strip().startswith(name))


async def test_confirmed_and_counted_here_stand_side_by_side(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f7")
        await running.sees("街道还没有这一天的确认数字")
        figures = {"checks.total": 412, "checks.persons": 388, "checks.fever": 1}
        await office_says(running, COMMUNITY, {COMMUNITY: figures, AREA: {"checks.total": 200}})
        await running.sees("412", "3/4 网格已报", "截至 08:01", "未报：第4网格")
        assert row_of(running, "街道已确认")[1:4] == ["412", "388", "1"]
        assert row_of(running, "第1片区")[1] == "200"
        await running.press("f2")
        await running.sees("今日 412 人次 388 人  发热 1", "3/4 网格已报 截至 08:01")
        await running.write("wjg365g\r")
        await running.sees("今日 412+1 人次 388+1 人")
        await running.press("f7")
        await running.sees("+1")
        assert row_of(running, "本机新增")[1:3] == ["+1", "+1"]
        await running.matches_snapshot(f"board-figures-80x24-{CHINESE}")


async def test_newer_figures_arrive_without_a_key(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f7")
        await office_says(running, COMMUNITY, {COMMUNITY: {"checks.total": 5}})
        await until(lambda: row_of(running, "街道已确认")[1] == "5", "the first figures")
        await office_says(running, COMMUNITY, {COMMUNITY: {"checks.total": 6}}, seq=8)
        await until(lambda: row_of(running, "街道已确认")[1] == "6", "the newer figures")


async def test_down_into_units_and_records(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f7")
        await office_says(running, COMMUNITY, {COMMUNITY: {"checks.total": 5}})
        await running.sees("第1片区")
        await running.press("down", "down", "enter")
        await running.sees("阳光花苑社区 第1片区", "第1网格")
        screen = running.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.unit == AREA
        await running.press("down", "down", "enter")
        await until(lambda: isinstance(running.app.screen, LedgerScreen), "the records are shown")
        await running.sees("辖区: 第1网格", f"日期: {DAY}")
        await running.press("f7")
        await running.press("escape")
        await until(lambda: screen.unit == COMMUNITY, "the unit above")
        await running.press("escape")
        await until(lambda: screen.unit == OFFICE, "the office's totals are everybody's")
        await running.press("escape")
        assert screen.unit == OFFICE


async def test_other_figures_and_another_day(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f7")
        await running.sees("今日", "人数")
        await running.press("tab")
        await running.sees("走访", "覆盖")
        await running.press("left")
        await running.sees("2022-03-23")
        await running.press("right", "right")
        await running.sees("汇总  走访  今日")
