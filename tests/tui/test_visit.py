"""The visit form: filled by typing, kept while typing, saved with what is wrong said beside it."""

from __future__ import annotations

from pathlib import Path

from armband.client.i18n import ENGLISH
from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.messages import RecordSaved
from armband.client.tui.screens.visit import VisitScreen
from armband.shared.kinds import View
from support.desk import FIRST, Desk, desk, record_id
from support.waiting import until


async def visits(terminal: Terminal) -> list[View]:
    page = await terminal.ledger(LedgerQuery("visit"), 0, 50)
    return [entry.view for entry in page.entries]


async def choose(running: Desk, typed: str, label: str) -> None:
    await running.write(typed)
    await running.sees(label)
    await running.press("enter")
    await until(lambda: form(running).texts().get("household", "").endswith(label), label)


def form(running: Desk) -> RecordForm:
    screen = running.app.screen
    assert isinstance(screen, VisitScreen)
    return screen.form


async def test_a_visit_is_typed_and_saved(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await running.sees("新走访")
        await choose(running, "3-1-201", "3-1-201 王建国")
        await running.sees("此户还没有走访记录")
        await running.press("1", "1", "4")
        await running.write("2")
        await running.press("enter")
        await running.write("３６。５ 36.8")
        await running.press("enter", "enter")
        await running.write("maicai")
        await running.press("enter")
        await running.write("+7")
        await running.press("ctrl+s")
        await until(lambda: running.heard(RecordSaved), "the visit is saved")
        await running.sees("已存：3-1-201 王建国")
        (view,) = await visits(running.terminal)
        assert view.unit == FIRST
        assert view.fields["household"] == record_id("household", FIRST, "3-1-201").hex()
        assert (view.fields["channel"], view.fields["outcome"]) == ("door", "met")
        assert view.fields["purpose"] == "care"
        assert view.fields["people_seen"] == 2
        assert view.fields["temps"] == [365, 368]
        assert view.fields["next_day"] == "2022-03-31"
        assert view.fields["needs"] == "maicai"
        assert form(running).texts() == {"channel": "door", "purpose": "care"}, "last answers"


async def test_what_is_wrong_stands_beside_its_field(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await choose(running, "wjg", "3-1-201 王建国")
        await running.press("1", "1", "4", "enter")
        await running.write("50")
        await running.press("ctrl+s")
        await running.sees("! 应为：每个 34.0 到 43.0")
        assert await visits(running.terminal) == []
        lines = running.lines()
        at = next(n for n, line in enumerate(lines) if "50" in line and "体温" in line)
        assert lines[at + 1].strip().startswith("! 应为")


async def test_required_fields_are_asked_for(tmp_path: Path) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        await running.press("f3")
        await running.sees("New visit")
        await running.press("ctrl+s")
        await until(lambda: running.text().count("! must be given") == 3, "three fields are asked")


async def test_a_visit_of_today_is_pointed_out(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        for _time in range(2):
            await running.press("f3")
            await choose(running, "wjg", "3-1-201 王建国")
            if _time:
                break
            await running.press("2", "2", "ctrl+s")
            await until(lambda: running.heard(RecordSaved), "the visit is saved")
        await running.sees("今天已走访", "电话  无人应答  待传")


async def test_a_draft_survives_the_end_of_the_program(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await choose(running, "wjg", "3-1-201 王建国")
        await running.press("3", "1", "1", "enter")
        await running.write("36.5 37")
        await until(lambda: "temps" in form(running).texts(), "it is typed")
        drafts: dict[str, dict[str, str]] = {}

        async def kept() -> bool:
            drafts.update(await running.terminal.drafts())
            return drafts.get("new/visit", {}).get("temps") == "36.5 37"

        for _attempt in range(200):
            if await kept():
                break
            await running.pilot.pause(0.02)
        assert await kept()
    async with desk(tmp_path) as running:
        await running.press("f3")
        await running.sees("这是上次没存完的内容", "3-1-201 王建国", "[3 微信]", "36.5 37")
        assert form(running).texts()["temps"] == "36.5 37"


async def test_the_form_is_emptied_while_a_field_has_the_caret(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await running.sees("新走访")
        await running.write("qwe")
        await running.sees("qwe")
        await running.press("ctrl+x")
        await running.gone("qwe")


async def test_a_saved_visit_leaves_no_draft(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await choose(running, "wjg", "3-1-201 王建国")
        await running.press("1", "1", "ctrl+s")
        await until(lambda: running.heard(RecordSaved), "the visit is saved")
        await running.pilot.pause(0.5)
        assert await running.terminal.drafts() == {}


async def test_a_burst_of_keys_goes_through_the_fields(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await running.press("f3")
        await choose(running, "wjg", "3-1-201 王建国")
        await running.write("11423\r36.5\r")
        await until(lambda: form(running).texts().get("temps") == "36.5", "all is typed")
        texts = form(running).texts()
        assert (texts["channel"], texts["outcome"], texts["purpose"]) == ("door", "met", "care")
        assert texts["people_seen"] == "23"
