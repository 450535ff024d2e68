"""A returnee's page and an inquiry's: the days, what is due, places typed in a line, contacts."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.screen import Screen

from armband.client.i18n import CHINESE, ENGLISH
from armband.client.timeline import Contact, contacts_in, read_stay
from armband.client.tui.messages import RecordSaved
from armband.client.tui.screens.edit import EditScreen
from armband.client.tui.screens.inquiry import InquiryScreen
from armband.client.tui.screens.returnee import ReturneeScreen
from armband.client.tui.screens.step import StepScreen
from armband.shared.days import add_days
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch, Value
from support.desk import FIRST, Desk, desk
from support.waiting import until

WHO, WITH, INQUIRY = (bytes([n]) * 16 for n in range(1, 4))
PEOPLE: Patch = {
    "leader_name": "赵一",
    "leader_phone": "13900000001",
    "cadre_name": "钱二",
    "cadre_phone": "13900000002",
    "worker_name": "孙三",
    "worker_phone": "13900000003",
    "officer_name": "周四",
    "officer_phone": "13900000004",
    "medic_name": "吴五",
    "medic_phone": "13900000005",
}


def returnee(record: bytes, name: str, day: str, **more: Value) -> Draft:
    fields: Patch = {"name": name, "arrived": day, "source": "issued", "risk": "medium"}
    return Draft("returnee", record, FIRST, {**fields, **more})


def followup(n: int, day: str, slot: str, **more: Value) -> Draft:
    fields: Patch = {"returnee": WHO.hex(), "day": day, "slot": slot, "outcome": "seen_ok"}
    return Draft("followup", bytes([n]) * 16, FIRST, {**fields, **more})


async def fifth_day(running: Desk) -> None:
    """A returnee on day 5 of 7 who was not met on the third evening, and somebody along."""
    first = add_days(running.terminal.today, -4)
    journey: Patch = {"came_from": "上海市", "transport": "rail", "number": "G2001"}
    told: Patch = {"measure": "home", "starts": first, "days": 7, "test_days": "1 4 7"}
    await running.terminal.record(
        [
            returnee(
                WHO,
                "王返郑",
                first,
                phone="13811112222",
                state="under",
                temps_per_day=2,
                **told,
                **PEOPLE,
                **journey,
            ),
            returnee(WITH, "李同行", first, travels_with=WHO.hex()),
        ]
    )
    seen = []
    for number in range(4):
        day = add_days(first, number)
        seen.append(followup(20 + number, day, "morning", temp_tenths=364 + number))
        if number < 2:
            seen.append(followup(30 + number, day, "evening", temp_tenths=366 + 3 * number))
    seen.append(followup(40, first, "test", result="negative"))
    seen.append(followup(41, add_days(first, 3), "evening", temp_tenths=378, outcome="seen_not_ok"))
    await running.terminal.record(seen)


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
async def test_the_page_as_a_picture(tmp_path: Path, language: str) -> None:
    async with desk(tmp_path, language=language) as running:
        await fifth_day(running)
        running.app.push_screen(ReturneeScreen(running.app.context, WHO))
        await running.sees("王返郑", "37.8!", "李同行")
        await running.matches_snapshot(f"returnee-80x24-{language}")


async def on(running: Desk, screen: type[Screen[None]]) -> None:
    await until(lambda: isinstance(running.app.screen, screen), f"{screen.__name__} is shown")


async def test_what_is_due_is_recorded_from_the_page_and_the_release_ends_it(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as running:
        await fifth_day(running)
        await running.press("f4", "tab", "tab")
        await running.sees("只看 随访", "昨日核酸漏做")
        await running.press("down", "2")
        await on(running, ReturneeScreen)
        await running.sees("该测 1")
        await running.press("1")
        await on(running, EditScreen)
        await running.sees("王返郑", "[1 早]")
        form = running.app.screen
        assert isinstance(form, EditScreen)
        form.form.focus_on("outcome")
        await running.press("1")
        form.form.focus_on("temp_tenths")
        await running.press("3", "6", "8", "ctrl+s")
        await until(lambda: running.heard(RecordSaved), "the follow-up is saved")
        await on(running, ReturneeScreen)
        await running.gone("该测 1")
        await running.sees("36.8")
        await running.press("3")
        await on(running, StepScreen)
        await running.press(*"No12", "ctrl+s")
        await running.sees("已解除")
        entry = await running.terminal.entry(WHO)
        assert entry is not None
        assert entry.view.fields["release_note"] == "No12"


async def test_somebody_along_is_the_same_journey(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await fifth_day(running)
        running.app.push_screen(ReturneeScreen(running.app.context, WITH))
        await running.sees("李同行", "还没有定管控天数", "同行      王返郑")
        await running.press("4")
        await on(running, EditScreen)
        await running.sees("[2 中风险区]")
        screen = running.app.screen
        assert isinstance(screen, EditScreen)
        assert screen.form.read(running.terminal.today) is None, "the name is still missing"
        screen.form.focus_on("name")
        await running.press(*"zhang", "ctrl+s")
        await on(running, ReturneeScreen)
        await running.sees("zhang")


async def test_places_are_typed_one_a_line_and_a_contact_is_followed_in_one_key(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as running:
        asked: Patch = {"name": "何某", "why": "case"}
        await running.terminal.record([Draft("inquiry", INQUIRY, FIRST, asked)])
        running.app.push_screen(InquiryScreen(running.app.context, INQUIRY))
        await running.sees("何某", "还没有地点")
        await running.press("1")
        await running.sees("去了哪里")
        # In one go: no key of the second line is lost while the first is being saved.
        lines = ("3-22 0830-0915 hospital; zhang 13800009999, li", "1000 market")
        await running.write("".join(f"{line}\r" for line in lines))
        await running.press("escape")
        await running.sees("2 个地点", "08:30-09:15", "03-22")
        await running.sees("10:00")
        await running.press("home", "2")
        await running.sees("跟进哪一位", "13800009999")
        await running.press("enter")
        await on(running, EditScreen)
        await running.sees("13800009999", "[3 流调接触者]")
        await running.press("ctrl+s")
        await on(running, InquiryScreen)
        await running.sees("已跟进 1 名接触者", "zhang 已登记", "[1]")
        await running.press("4")
        await on(running, StepScreen)
        await running.press("ctrl+s")
        await running.sees("已结   2 个地点")


def test_a_line_is_a_place() -> None:
    whole = read_stay("昨天 8:30—9:15 人民医院；李四 13800001111、王五", "2022-03-20", "2022-03-31")
    assert whole == {
        "day": "2022-03-30",
        "begins_min": 510,
        "ends_min": 555,
        "place": "人民医院",
        "people": "李四 13800001111、王五",
    }
    assert read_stay("1400 家中", "2022-03-20", "2022-03-31") == {
        "day": "2022-03-20",
        "begins_min": 840,
        "place": "家中",
    }
    assert read_stay("3号楼", "2022-03-20", "2022-03-31")["place"] == "3号楼"
    for wrong in ("", "3-31 0800", "2-30 0800 家中", "2530 家中"):
        with pytest.raises(InvalidRecord):
            read_stay(wrong, "2022-03-20", "2022-03-31")


def test_who_is_named_at_a_place() -> None:
    assert contacts_in("李四 138 0000 1111、王五\n13900002222") == [
        Contact("李四", "13800001111"),
        Contact("王五", ""),
        Contact("", "13900002222"),
    ]
