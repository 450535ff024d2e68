"""The checkpoint lane: what is typed, what is asked, what is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.client.tui.lane_answers import ANSWER_SILENCE_S
from armband.client.tui.lane_queue import CameBack, Kept, Question, Undone
from armband.client.tui.screens.lane import LaneScreen
from armband.client.tui.widgets.lane_box import LaneBox
from armband.shared.kinds import View
from support.desk import Desk, desk
from support.waiting import until


async def saved(terminal: Terminal) -> list[View]:
    page = await terminal.ledger(LedgerQuery("check", with_void=True), 0, 50)
    return [entry.view for entry in page.entries]


def news(running: Desk, kind: type) -> list[object]:
    told = [m.news for m in running.messages if isinstance(m, LaneBox.Happened)]
    once = {id(one): one for one in told if isinstance(one, kind)}
    return list(once.values())


async def heard(running: Desk, kind: type, count: int = 1) -> None:
    await until(lambda: len(news(running, kind)) >= count, f"{count} of {kind.__name__}")


async def test_eight_keys_are_a_whole_check(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("lxt365g")
        await running.sees("李雪婷", "第3网格 3-2-502", "36.5", "绿", "是哪一位")
        await running.press("escape")
        await running.write("wjg365g")
        await running.sees("王建国", "放行", "Enter 记录")
        await running.press("enter")
        await heard(running, Kept)
        await running.sees("已存：王建国  36.5  绿  放行", "待传")
        (view,) = await saved(running.terminal)
        assert view.fields["temp_tenths"] == 365
        assert view.fields["code"] == "green"
        assert view.fields["decision"] == "passed"
        assert view.fields["day"] == "2022-03-24"


async def test_fever_stops_the_lane_until_somebody_decides(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg376g")
        await running.sees("发热：按 Enter 后须作处置")
        await running.press("enter")
        await heard(running, Question)
        await running.sees("! 发热", "1 放行", "2 劝返", "3 移交")
        assert await saved(running.terminal) == []
        await running.press("3")
        await heard(running, Kept)
        (view,) = await saved(running.terminal)
        assert view.fields["decision"] == "referred"
        await running.sees("移交", "发热")


@pytest.mark.parametrize(("colour", "code"), [("y", "yellow"), ("r", "red"), ("n", "none")])
async def test_a_colour_other_than_green_stops_too(tmp_path: Path, colour: str, code: str) -> None:
    async with desk(tmp_path) as running:
        await running.write(f"wjg365{colour}")
        await running.press("enter")
        await heard(running, Question)
        await running.write("back")
        await running.press("enter")
        await heard(running, Kept)
        (view,) = await saved(running.terminal)
        assert (view.fields["code"], view.fields["decision"]) == (code, "turned_back")


async def test_a_decision_in_the_line_is_not_asked_for(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg 376 g refer")
        await running.press("enter")
        await heard(running, Kept)
        assert news(running, Question) == []


async def test_who_is_meant_is_asked_and_a_digit_answers(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("lxt365g")
        await running.press("enter")
        await heard(running, Question)
        (question,) = news(running, Question)
        assert isinstance(question, Question)
        assert {check.who for check in question.candidates} == {"李雪婷", "李小婷", "李小天"}
        second = question.candidates[1]
        await running.press("2", "enter")
        await heard(running, Kept)
        (view,) = await saved(running.terminal)
        assert second.person is not None
        assert view.fields["resident"] == second.person.id.hex()


async def test_arrows_choose_before_enter(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("lxt365g")
        await running.sees("李小天")
        await running.press("down", "down", "enter")
        await heard(running, Kept)
        assert news(running, Question) == []


async def test_escape_takes_the_line_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg376g")
        await running.press("enter")
        await heard(running, Question)
        await running.press("escape")
        await heard(running, CameBack)
        await running.sees("> wjg376g")
        assert await saved(running.terminal) == []


async def test_lines_typed_ahead_are_saved_in_order(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        for line in ("wjg365g", "zhaomei 366 g", "13812345678 367 g"):
            await running.write(line)
            await running.press("enter")
        await heard(running, Kept, 3)
        tenths = [view.fields["temp_tenths"] for view in await saved(running.terminal)]
        assert sorted(tenths, key=str) == [365, 366, 367]
        kept = [one.check.temp_tenths for one in news(running, Kept) if isinstance(one, Kept)]
        assert kept == [365, 366, 367]


async def test_a_line_typed_while_a_question_stands_is_neither_lost_nor_an_answer(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg376g")
        await running.press("enter")
        await heard(running, Question)
        await running.write("1-1-301 365g")
        await running.press("enter")
        assert await saved(running.terminal) == []
        await running.press("2", "enter")
        await heard(running, Kept, 2)
        decisions = [one.check.decision for one in news(running, Kept) if isinstance(one, Kept)]
        assert decisions == ["turned_back", "passed"]


async def test_a_scanners_burst_does_not_answer_a_question(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg376g")
        await running.press("enter")
        await heard(running, Question)
        screen = running.app.screen
        assert isinstance(screen, LaneScreen)
        for digit in "13800001111":
            await running.write(digit)
            await running.pilot.pause(0.06)
        await running.pilot.pause(ANSWER_SILENCE_S)
        assert screen.box.queue.question is not None
        assert screen.box.line.value == "13800001111"


async def test_undo_voids_the_last_check_and_says_which(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg365g")
        await running.press("enter")
        await heard(running, Kept)
        await running.press("f9")
        await heard(running, Undone)
        await running.sees("已撤销：王建国  36.5  绿  放行", "已作废")
        (view,) = await saved(running.terminal)
        assert view.void
        await running.press("f9")
        await running.sees("没有可撤销的了")


async def test_what_cannot_be_a_check_stays_in_the_line(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("3-1-201 365")
        await running.sees("还缺：颜色")
        await running.press("enter")
        await running.sees("> 3-1-201 365")
        assert await saved(running.terminal) == []


async def test_a_failed_save_brings_the_line_back(tmp_path: Path) -> None:
    async with desk(tmp_path, role="community") as running:
        await running.sees("卡点 阳光花苑社区")
        screen = running.app.screen
        assert isinstance(screen, LaneScreen)
        screen.where._unit = "NO UNIT"
        await running.write("wjg365g")
        await running.press("enter")
        await heard(running, CameBack)
        await running.sees("> wjg365g", "未保存")
        assert await saved(running.terminal) == []


async def test_the_checkpoint_is_chosen_and_remembered(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f2")
        await running.sees("本终端在哪个卡点")
        await running.write("bei")
        await running.press(*["backspace"] * 3)
        await running.sees("阳光花苑北门")
        await running.press("enter")
        await running.sees("卡点 阳光花苑")
        await running.write("wjg365g")
        await running.press("enter")
        await heard(running, Kept)
        (view,) = await saved(running.terminal)
        chosen = view.fields["checkpoint"]
    async with desk(tmp_path) as running:
        await running.sees("卡点 阳光花苑", "王建国")
        assert await running.terminal.preference("checkpoint") == chosen


async def test_full_width_input_of_an_ime_is_understood(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        screen = running.app.screen
        assert isinstance(screen, LaneScreen)
        for char in "王建国３６。５绿":
            screen.box.line.insert_text_at_cursor(char)
        await running.sees("> 王建国36.5绿", "放行")


async def test_a_burst_of_lines_is_taken_line_by_line(tmp_path: Path) -> None:
    """All keys at once, as from a scanner or on a busy machine."""
    async with desk(tmp_path) as running:
        await running.write("wjg365g\rzhaomei 366 g\r13812345678 367 g\r诸葛孔明 368 g\r")
        await heard(running, Kept, 4)
        kept = [one.check for one in news(running, Kept) if isinstance(one, Kept)]
        assert [check.who for check in kept] == ["王建国", "赵梅", "13812345678", "诸葛孔明"]
        assert [check.temp_tenths for check in kept] == [365, 366, 367, 368]


async def test_lines_behind_a_question_survive_the_end_of_the_program(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.write("wjg376g\r")
        await heard(running, Question)
        await running.write("zhaomei 365 g\r")

        async def kept() -> list[str]:
            return list((await running.terminal.drafts()).get("lane", {}).values())

        for _attempt in range(200):
            if len(await kept()) == 2:
                break
            await running.pilot.pause(0.02)
        assert await kept() == ["wjg376g", "zhaomei 365 g"]
    async with desk(tmp_path) as running:
        await running.sees("> wjg376g")
        await running.write("\r")
        await heard(running, Question)
        await running.write("3\r")
        await heard(running, Kept)
        await running.sees("> zhaomei 365 g")
        await running.write("\r")
        await heard(running, Kept, 2)
        assert len(await saved(running.terminal)) == 2
