"""The dispatch desk and calls: a few keys from a report to the end, at 80 by 24."""

from __future__ import annotations

from pathlib import Path

from armband.client.i18n import CHINESE, ENGLISH
from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import View
from support.desk import COMMUNITY, FIRST, Desk, desk, record_id, small_community
from support.waiting import until

LIAISON = record_id("staff", "王联户")
HOME = record_id("household", FIRST, "3-1-201")


def community() -> list[Draft]:
    """With a liaison who has a telephone, a worker without one, and two policy texts."""
    drafts = small_community()
    liaison: Patch = {"name": "王联户", "posts": ["liaison"], "phone": "13900000001"}
    drafts.append(Draft("staff", LIAISON, FIRST, liaison))
    worker = record_id("staff", "张社工")
    drafts.append(Draft("staff", worker, COMMUNITY, {"name": "张社工", "posts": ["worker"]}))
    for title, first, last in (
        ("省外返郑", "2022-03-20", None),
        ("旧口径", "2022-01-01", "2022-03-19"),
    ):
        text: Patch = {
            "title": title,
            "text": f"{title}三天两检",
            "from_day": first,
            "to_day": last,
        }
        drafts.append(Draft("policy_text", record_id("policy", title), COMMUNITY, text))
    return drafts


def case(brief: str = "体温计坏了") -> Draft:
    told: Patch = {
        "category": "livelihood", "brief": brief, "channel": "phone", "household": HOME.hex(),
    }  # fmt: skip
    return Draft("case", record_id("case", brief), FIRST, told)


async def newest(terminal: Terminal, kind: str) -> View:
    page = await terminal.ledger(LedgerQuery(kind), 0, 10)
    return page.entries[0].view


async def state(running: Desk, wanted: str) -> View:
    """Wait until the newest case stands there."""
    for _attempt in range(200):
        view = await newest(running.terminal, "case")
        if view.fields["state"] == wanted:
            return view
        await running.pilot.pause(0.02)
    raise AssertionError(f"the case is {view.fields['state']}, not {wanted}")


async def test_from_the_report_to_the_end_with_a_few_keys(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=[*community(), case()]) as running:
        await running.press("f5")
        await running.sees("体温计坏了", "05:00", "已报 1", "3-1-201 王建国")
        running.clock.now_ms += 61_000
        await running.sees("03:59")
        await running.press("4")
        await running.sees("王联户  联户党员", "139****0001", "张社工  三人小组", "没有电话")
        await running.press("enter")
        view = await state(running, "dispatched")
        assert (view.fields["to"], view.fields["rung"]) == (LIAISON.hex(), "liaison")
        await running.sees("已派 1", "王联户", "08:01 起未送达：还没传到街道")
        running.clock.now_ms += 300_000 + 35_000
        await running.sees("超期 00:35", "超时上报第 1 级")
        await running.press("6")
        await running.sees("现在不能：事件已派。")
        await running.press("5")
        await state(running, "accepted")
        await running.sees("已接 1")
        await running.press("6")
        await running.sees("办理结果")
        await running.write("买了新的")
        await running.press("ctrl+s")
        assert (await state(running, "done")).fields["result"] == "买了新的"
        await running.sees("已办 1")
        await running.press("7")
        await state(running, "closed")
        await running.sees("没有未结事件")


async def test_of_two_who_are_as_near_the_one_on_duty_stands_first(tmp_path: Path) -> None:
    other, gate = record_id("staff", "赵联户"), record_id("checkpoint", "东门")
    told: Patch = {"name": "赵联户", "posts": ["liaison"], "phone": "13900000002"}
    watch: Patch = {
        "checkpoint": gate.hex(), "staff": other.hex(), "day": "2022-03-24",
        "begins_min": 420, "ends_min": 1140,
    }  # fmt: skip
    drafts = [
        Draft("staff", other, FIRST, told),
        Draft("checkpoint", gate, FIRST, {"name": "东门"}),
        Draft("shift", record_id("shift", "早班"), FIRST, watch),
    ]
    async with desk(tmp_path, drafts=[*community(), case(), *drafts]) as running:
        await running.press("f5")
        await running.sees("体温计坏了")
        await running.press("4")
        await running.sees("赵联户  联户党员  在岗", "王联户  联户党员")
        await running.press("enter")
        assert (await state(running, "dispatched")).fields["to"] == other.hex()


async def test_categories_one_after_the_other(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=[*community(), case()], language=ENGLISH) as running:
        await running.press("f5")
        await running.sees("体温计坏了", "Reported 1")
        await running.press("tab")
        await running.sees("only Prevention", "No open case")
        await running.press("shift+tab", "shift+tab")
        await running.sees("only Livelihood", "体温计坏了")


async def test_a_call_is_two_keys_and_a_case_one_more(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=community(), language=CHINESE) as running:
        await running.press("f12", "3")
        await running.sees("08:00 的来电已存")
        call = await newest(running.terminal, "call")
        assert (call.fields["topic"], call.unit) == ("request", COMMUNITY)
        await running.write("赵梅\r13800004444\r水管漏水")
        await running.press("ctrl+n")
        await running.sees("新建  事件", "水管漏水", "[1 电话]")
        await running.press("5")
        await running.press("ctrl+s")
        view = await state(running, "reported")
        assert view.fields["call"] == call.id.hex()
        assert (view.fields["reporter"], view.fields["reporter_phone"]) == ("赵梅", "13800004444")
        assert view.fields["category"] == "livelihood"
        kept = await newest(running.terminal, "call")
        assert (kept.fields["note"], kept.fields["caller"]) == ("水管漏水", "赵梅")


async def test_a_policy_question_shows_what_is_in_force_today(tmp_path: Path) -> None:
    async with desk(tmp_path, drafts=community()) as running:
        await running.press("f12", "1")
        await running.sees("省外返郑", "2022-03-20", "省外返郑三天两检")
        assert not running.shows("旧口径")
        await running.press("ctrl+o")
        await running.sees("旧口径", "不在有效期")
        await running.write("jkj")
        await running.gone("省外返郑")
        await running.press("escape")
        await running.sees("来电已存")
        await running.press("escape")
        await until(lambda: running.app.current_mode == "lane" and running.shows("F9"), "back")
        assert (await running.terminal.ledger(LedgerQuery("call"), 0, 5)).total == 1
