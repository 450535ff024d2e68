"""Who is who of a grid, my households, giving orphans to a liaison, merging from the detail."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.i18n import CHINESE, ENGLISH
from armband.client.people import homes_of
from armband.client.tui.screens.pick import PickDialog
from armband.client.tui.widgets.paged_list import PagedList
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.desk import COMMUNITY, FIRST, SMALL, Desk, desk, record_id, small_community
from support.waiting import until, until_async

WANG, LI = record_id("staff", "王建国"), record_id("staff", "李雪婷")


def people() -> list[Draft]:
    home: Patch = {"liaison": WANG.hex()}
    unit: Patch = {"wechat_group": "阳光一网格群", "leader": LI.hex(), "phone": "0371-1"}
    return [
        *small_community(),
        Draft("staff", WANG, FIRST, {"name": "王建国", "phone": "13800003333"}),
        Draft("staff", LI, COMMUNITY, {"name": "李雪婷", "phone": "13800001111"}),
        Draft("post", b"1" * 16, FIRST, {"staff": WANG.hex(), "role": "grid_manager"}),
        Draft("post", b"2" * 16, COMMUNITY, {"staff": LI.hex(), "role": "secretary"}),
        Draft("unit", record_id("unit", FIRST), "", {**unit, "phone": "03711234567"}),
        Draft("household", record_id("household", FIRST, "1-1-301"), "", home),
    ]


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
async def test_who_is_who_and_my_households(tmp_path: Path, language: str) -> None:
    async with desk(tmp_path, size=SMALL, language=language, drafts=people()) as running:
        await running.press("f11")
        await running.sees("李雪婷 138****1111")
        await choose_first_grid(running)
        await running.sees("王建国 138****3333", "阳光一网格群")
        await running.matches_snapshot(f"whois-80x24-{language}")
        await running.press("2", "1")
        await choose(running, "王建国", "138****3333")
        await running.sees("1-1-301")
        await running.matches_snapshot(f"homes-80x24-{language}")


async def choose(running: Desk, typed: str, offered: str) -> None:
    """Type into a dialog, and take the first line once it is the one that fits."""
    await running.write(typed)
    await running.sees(offered)
    dialog = running.app.screen
    assert isinstance(dialog, PickDialog)

    def is_one() -> bool:
        rows = dialog.query_one(PagedList)
        return rows.loaded and rows.total == 1

    await until(is_one, "one line is left")
    await running.press("enter")


async def choose_first_grid(running: Desk) -> None:
    await running.press("1")
    await choose(running, "第1网格", "第1网格")


async def test_orphans_are_given_to_a_liaison_from_the_list(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=people()) as running:
        await running.press("f11", "2", "1")
        await running.sees("没有联户党员的住户")
        await running.write("\r")
        await running.sees("3-2-502", "2-1-101")
        await running.press("3")
        await choose(running, "王建国", "138****3333")

        async def all_given() -> bool:
            return len(await homes_of(running.terminal, WANG.hex())) == 5

        await until_async(all_given, "all are given")


async def test_a_twin_is_merged_from_its_detail(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=people()) as running:
        await running.press("f11", "2", "1")
        await running.sees("没有联户党员的住户")
        await running.write("\r")
        await running.sees("3-2-502")
        await running.press("enter")
        await running.sees("0 同为")
        await running.press("0")
        await choose(running, "1-1-301", "李小婷")
        await running.sees("不再计数")
