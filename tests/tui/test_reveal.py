"""Masked values are shown for a minute, once it is said why; the look is a record on its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.headless.tray import refused_title
from armband.client.model import LedgerQuery, Refused
from armband.client.terminal import Terminal
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.edit import EditScreen
from armband.client.tui.screens.find import searches
from armband.client.tui.screens.ledger import LedgerScreen
from armband.client.tui.screens.reveal import SHOWN_S
from armband.shared.fields import Patch
from armband.shared.kinds.declare import View
from support.desk import FIRST, Desk, desk, record_id
from support.waiting import until

FULL, MASKED = "13800003333", "138****3333"
HOME = record_id("household", FIRST, "3-1-201")


async def open_home(running: Desk) -> DetailScreen:
    from armband.client.tui.screens.pages import open_fields

    open_fields(running.app, running.app.context, HOME)
    await until(lambda: isinstance(running.app.screen, DetailScreen), "the record is shown")
    await running.sees("历史")
    screen = running.app.screen
    assert isinstance(screen, DetailScreen)
    return screen


async def looks(terminal: Terminal) -> list[View]:
    return [entry.view for entry in (await terminal.ledger(LedgerQuery("reveal"), 0, 9)).entries]


async def test_it_takes_a_key_and_a_reason_and_ends(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        screen = await open_home(running)
        await running.sees(MASKED, "查看")
        await running.press("f9")
        await running.sees("为什么查看", "需要联系本人", "紧急救助")
        assert not running.shows(FULL)
        await running.press("escape")
        assert await looks(running.terminal) == []
        await running.press("f9")
        await running.sees("为什么查看")
        await running.press("enter")
        await running.sees(FULL)
        (look,) = await looks(running.terminal)
        assert (look.text("of"), look.text("of_kind")) == (HOME.hex(), "household")
        assert (look.text("why"), look.unit) == ("call", FIRST)
        # The screen beneath another one shows nothing, nor does the form.
        await running.press("1")
        await running.sees("更正", MASKED)
        await running.press("escape")
        await running.sees("历史", MASKED)
        assert not running.shows(FULL)
        timer = screen._reveals._timer
        assert timer is None
        assert SHOWN_S == 60


async def test_another_reason_is_said_in_words(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await open_home(running)
        await running.press("f9")
        await running.write("其他")
        await running.sees("其他原因")
        await running.press("enter")
        await running.sees("会被记录")
        await running.press("enter")
        await running.sees("须写原因。")
        await running.write("x")
        await running.press("enter")
        await running.sees(FULL)
        assert [(v.text("why"), v.text("note")) for v in await looks(running.terminal)] == [
            ("other", "x")
        ]


async def test_correcting_one_field_leaves_a_masked_one_alone(tmp_path: Path) -> None:
    async with desk(tmp_path, role="street") as running:
        await open_home(running)
        await running.sees("王**", MASKED)
        assert not running.shows("王建国")
        await running.press("1")
        await running.sees("王**", MASKED)
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        screen.form.focus_on("note")
        await running.write("y")
        await running.press("ctrl+s")
        await running.sees("为什么更正")
        await running.write("z")
        await running.press("enter")
        await running.sees("历史", "z")
        entry = await running.terminal.entry(HOME)
        assert entry is not None
        assert entry.view.text("head") == "王建国"
        assert entry.view.text("phone") == FULL
        assert entry.view.text("note").endswith("y")


@pytest.mark.parametrize(("role", "sees"), [("grid", "王建国"), ("street", "王**")])
async def test_names_in_lists_go_by_role(tmp_path: Path, role: str, sees: str) -> None:
    async with desk(tmp_path, role=role) as running:
        await running.press("f6")
        await until(lambda: isinstance(running.app.screen, LedgerScreen), "the ledger")
        screen = running.app.screen
        assert isinstance(screen, LedgerScreen)
        while screen.question.kind != "household":
            await running.press("tab")
        await running.sees("138****", sees)
        assert ("王建国" in running.text()) == (role == "grid")


async def test_suggestions_and_the_tray_name_people_as_lists_do(tmp_path: Path) -> None:
    async with desk(tmp_path, role="street") as running:
        (found,) = await searches(running.app.context)["household"]("wjg")
        assert (found.label, MASKED in found.note) == ("3-1-201 王**", True)
        patch: Patch = {"household": HOME.hex(), "note": "x"}
        refused = Refused(b"o" * 16, b"v" * 16, "visit", FIRST, patch, "scope", "", 0, is_new=True)
        assert await refused_title(running.terminal, refused) == "3-1-201 王**"
