"""Today: what is to be done, in order; Enter does it; it goes when somebody has done it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from armband.client.i18n import CHINESE, ENGLISH
from armband.client.i18n.duties import due_words, left_words
from armband.client.model import Task
from armband.client.tui.messages import RecordSaved
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.edit import EditScreen
from armband.client.tui.screens.step import StepScreen
from armband.client.tui.screens.today import TodayScreen
from armband.client.tui.screens.today_rows import Group, rows_between, rows_total, tasks_wanted
from armband.shared.days import add_days
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds.duties import Rank
from armband.shared.policy import Policy
from support.desk import FIRST, THIRD, Desk, desk, record_id
from support.local import START_MS
from support.waiting import until

DAY = "2022-03-24"
HOMES = ((FIRST, "3-1-201"), (FIRST, "5-2-302"), (THIRD, "2-1-101"))


def visit(number: int, next_day: str) -> Draft:
    unit, door = HOMES[number]
    told = {
        "household": record_id("household", unit, door).hex(),
        "channel": "phone",
        "outcome": "no_answer",
        "next_day": next_day,
    }
    return Draft("visit", bytes([number]) * 16, unit, told)  # type: ignore[arg-type]  # any value


async def three_visits(running: Desk) -> None:
    await running.terminal.record(
        [visit(0, add_days(DAY, -2)), visit(1, DAY), visit(2, add_days(DAY, -1))]
    )
    running.clock.now_ms += 60_000


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
async def test_as_a_picture(tmp_path: Path, language: str) -> None:
    async with desk(tmp_path, language=language) as running:
        await three_visits(running)
        await running.press("f4")
        await running.sees("王建国", "赵梅", "李小天")
        await running.matches_snapshot(f"today-80x24-{language}")


async def test_enter_opens_the_form_filled_in_and_the_task_goes(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await three_visits(running)
        await running.press("f4")
        await running.sees("3 项  超期 2")
        await running.press("down", "enter")
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
        await running.sees("2-1-101 李小天", "[2 电话]")
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        screen.form.focus_on("outcome")
        await running.press("1", "ctrl+s")
        await until(lambda: running.heard(RecordSaved), "the visit is saved")
        await until(lambda: isinstance(running.app.screen, TodayScreen), "back again")
        await running.sees("2 项  超期 1")
        await running.gone("李小天")
        assert "赵梅" in str(chosen(running).entry.names)


def chosen(running: Desk) -> Task:
    screen = running.app.screen
    assert isinstance(screen, TodayScreen)
    task = screen.rows.current
    assert isinstance(task, Task)
    return task


async def test_the_cursor_stays_on_its_task_when_others_go(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await three_visits(running)
        await running.press("f4")
        await running.sees("赵梅")
        await running.press("end")
        await until(lambda: "赵梅" in str(chosen(running).entry.names), "the last one is chosen")
        done = visit(0, add_days(DAY, 9))
        await running.terminal.record([Draft("visit", b"n" * 16, done.unit, done.fields)])
        await running.gone("王建国")
        assert "赵梅" in str(chosen(running).entry.names)


async def test_one_group_alone_and_everyones_tasks(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await three_visits(running)
        await running.press("f4")
        await running.sees("大家的事项")
        await running.press("tab")
        await running.sees("只看 待走访")
        await running.press("tab")
        await running.gone("只看")
        await running.press("1")
        await running.sees("您是哪位工作人员")
        await running.press("escape")
        await running.sees("所有人的事项")


def groups() -> Iterator[Group]:
    yield Group(Rank.CLOCK, 2, 1)
    yield Group(Rank.VISIT, 3, 0)


@pytest.mark.parametrize(("offset", "limit"), [(0, 7), (0, 2), (2, 3), (3, 1), (5, 9)])
def test_any_stretch_of_rows_is_the_same_rows(offset: int, limit: int) -> None:
    tasks: list[Task] = ["c1", "c2", "v1", "v2", "v3"]  # type: ignore[list-item]  # stand-ins
    clock, visits = groups()
    whole = [clock, "c1", "c2", visits, "v1", "v2", "v3"]
    assert rows_total([clock, visits]) == len(whole)
    first, count = tasks_wanted(offset, limit)
    rows = rows_between([clock, visits], tasks[first : first + count], first, offset, limit)
    assert rows == whole[offset : offset + limit]


def test_clocks_and_days_in_words() -> None:
    assert left_words(START_MS + 252_000, START_MS) == "04:12"
    assert left_words(START_MS, START_MS + 35_000) == "late 00:35"
    assert left_words(START_MS + 7_265_000, START_MS) == "2:01:05"

    def words(due_ms: int) -> str:
        task: Task = Task(None, None, due_ms)  # type: ignore[arg-type]  # only the time counts
        return due_words(task, START_MS, Policy())

    midnight = START_MS + 16 * 3_600_000
    assert words(midnight) == "today"
    assert words(midnight + 86_400_000) == "by 03-25"
    assert words(midnight - 86_400_000) == "late 03-23"
    assert words(START_MS + 1_800_000) == "by 08:30"
    assert words(START_MS - 86_400_000) == "late 03-23 08:00"


async def test_a_running_clock_rings_and_stands_on_every_screen_until_its_step(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        rung: list[bool] = []
        running.app.bell = lambda: rung.append(True)  # type: ignore[method-assign]  # heard here
        await running.write("wjg")
        told: Patch = {"category": "livelihood", "brief": "体温计坏了", "channel": "phone"}
        await running.terminal.record([Draft("case", b"c" * 16, FIRST, told)])
        await running.sees("1 waits for you  05:00  Dispatch the case", "F4 today", "> wjg")
        assert rung == [True]
        running.clock.now_ms += 48_000
        await running.sees("04:12")
        await running.write("\r")
        await running.sees("Still needed", "王建国")
        await running.press("f4")
        await running.sees("Clocks running", "体温计坏了")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, StepScreen), "the step is shown")
        await running.sees("Dispatch  Case", "Level of the chain *")
        await running.press("ctrl+s")
        await running.sees("must be given")
        screen = running.app.screen
        assert isinstance(screen, StepScreen)
        screen.form.focus_on("rung")
        await running.press("1", "ctrl+s")
        await until(lambda: isinstance(running.app.screen, TodayScreen), "back again")
        await running.sees("Nothing is to be done.")
        await running.gone("waits for you")


async def test_steps_are_keys_of_the_record_and_its_state_is_plain(tmp_path: Path) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        told: Patch = {"category": "livelihood", "brief": "体温计坏了", "channel": "phone"}
        await running.terminal.record([Draft("case", b"c" * 16, FIRST, told)])
        await running.app.push_screen(DetailScreen(running.app.context, b"c" * 16))
        await running.sees("State", "Reported", "4 Dispatch", "5 Accept")
        await running.press("5")
        await until(lambda: isinstance(running.app.screen, StepScreen), "the step is shown")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, DetailScreen), "back again")
        await running.sees("Accepted", "4 Dispatch to another", "6 Done")
        assert not running.shows("Reported  ")


async def test_a_kind_is_chosen_by_typing_and_has_entries_in_the_menu(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f6", "ctrl+k")
        await running.sees("看哪一类记录")
        await running.write("case")
        await running.press("enter")
        await running.sees("台账  事件")
        await running.press("ctrl+p")
        await running.write("new case")
        await running.sees("新建：事件")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")


async def test_what_looks_alike_is_shown_while_typing_and_opened_instead(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.app.push_screen(EditScreen(running.app.context, "resident"))
        await until(lambda: isinstance(running.app.screen, EditScreen), "the form is shown")
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        await until(lambda: bool(screen.form.texts()), "the form is filled")
        screen.form.focus_on("name")
        await running.write("赵")
        assert not running.shows("可能已登记")
        await running.write("梅")
        await running.sees("可能已登记", "F9 已有", "138****4444")
        await running.press("f9", "enter")
        await until(lambda: isinstance(running.app.screen, DetailScreen), "the record is shown")
        await running.sees("赵梅")
