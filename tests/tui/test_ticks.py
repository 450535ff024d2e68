"""Notices answered with one key, people and doors ticked off with one key each."""

from __future__ import annotations

from pathlib import Path

from armband.client.headless.reports import views
from armband.client.i18n import CHINESE, ENGLISH
from armband.client.model import LedgerQuery
from armband.client.tui.screens.notice import NoticeScreen
from armband.client.tui.screens.tick import TickScreen
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from support.desk import COMMUNITY, FIRST, Desk, desk, record_id
from support.waiting import until

NOTICE, ROUND = b"n" * 16, b"r" * 16
DAY = "2022-03-24"
HOME = record_id("household", FIRST, "9-1-101").hex()


async def call_up(running: Desk, **fields: object) -> None:
    told: Patch = {"title": "今晚核酸", "sort": "call_up", "text": "19:00 到岗", **fields}  # type: ignore[dict-item]  # any value
    staff = [
        Draft("staff", bytes([n]) * 16, FIRST, {"name": name, "posts": ["liaison"]})
        for n, name in ((1, "李雪婷"), (2, "周三"))
    ]
    await running.terminal.record([*staff, Draft("notice", NOTICE, COMMUNITY, told)])


async def test_a_call_up_rings_and_one_key_answers_it(tmp_path: Path) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        await call_up(running)
        await running.press("f4")
        await running.sees("Call-ups", "Answer the call-up", "今晚核酸")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, NoticeScreen), "the notice is shown")
        await running.sees("19:00", "0 of 2 have answered", "1 Coming", "2 Cannot")
        assert not running.shows("3 Households")
        await running.press("enter")
        await running.sees("1 of 2 have answered", "your answer: Coming", "no answer")
        await running.press("2")
        await running.sees("your answer: Cannot come")
        assert len(await views(running.terminal, LedgerQuery("ack"))) == 1
        await running.press("escape")
        await running.sees("Nothing is to be done.")
        await running.press("ctrl+l", "f6")


async def start_round(running: Desk) -> None:
    await running.terminal.record(
        [
            Draft("round", ROUND, COMMUNITY, {"name": "第1轮", "day": DAY, "state": "open"}),
            Draft("household", record_id("household", FIRST, "9-1-101"), FIRST,
                  {"door": "9-1-101", "people": 3, "head": "赵四"}),
        ]
    )  # fmt: skip


async def statuses(running: Desk) -> list[str]:
    found = await views(running.terminal, LedgerQuery("sample"))
    return sorted(sample.text("status") for sample in found)


async def test_people_of_a_round_are_sampled_with_one_key_each(tmp_path: Path) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        await start_round(running)
        await running.press("ctrl+r")
        await running.sees("第1轮", "Under way")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, TickScreen), "the list is shown")
        await running.sees("Samples  第1轮", "0 of 18 done", "赵四, 3 people", "R Declined")
        await running.write(" re")
        await running.sees("4 of 18 done", "Sampled", "Declined", "Exempt")
        await running.press("u")
        await running.sees("3 of 18 done")
        await until_list(running, ["refused", "sampled"])
        await running.press("tab")
        await running.sees("only what is left")
        await running.press("end", "space")
        await running.sees("left")
        await until(lambda: running.terminal.status.waiting > 4, "it is saved")
        await running.press("escape", "escape")


async def test_one_key_samples_a_household_and_leaves_who_declined(tmp_path: Path) -> None:
    """The people of a door, each with a sample of their own, whatever was recorded stays."""
    people = [
        Draft("resident", record_id("resident", name), FIRST, {"name": name, "household": HOME})
        for name in ("赵五", "赵六", "赵七")
    ]
    async with desk(tmp_path, language=ENGLISH) as running:
        await start_round(running)
        await running.terminal.record([*people])
        declined: Patch = {"round": ROUND.hex(), "resident": people[0].id.hex(), "household": HOME}
        kind = CATALOGUE["sample"]
        office = running.terminal.identity.office
        record = kind.natural_id(office, FIRST, declined)
        assert record is not None
        await running.terminal.record(
            [Draft("sample", record, FIRST, {**declined, "status": "refused"})]
        )
        await running.press("ctrl+r")
        await running.sees("第1轮", "Under way")
        await running.press("enter")
        await running.sees("1 of 18 done", "H Home")
        await running.press(*["down"] * 6, "h")
        await until_list(running, ["refused", "sampled", "sampled"])
        await running.sees("3 of 18 done")
        report = await running.terminal.counted_here(COMMUNITY, running.terminal.today)
        assert (report["samples.sampled"], report["samples.persons"]) == (2, 2)
        await running.press("u")
        await until_list(running, ["refused"])
        await running.press("up", "h", "r")
        await until_list(running, ["refused", "refused", "sampled", "sampled"])
        report["samples.refused"] += 1
        assert report == await running.terminal.counted_here(COMMUNITY, running.terminal.today)


async def until_list(running: Desk, wanted: list[str]) -> None:
    """Wait until these samples stand; one that was taken back stays as "none"."""
    news = [1]
    stop = running.terminal.listen(lambda _event: news.append(1))
    while True:
        heard = len(news)
        found = [status for status in await statuses(running) if status != "none"]
        if found == wanted:
            break
        await until(lambda: len(news) > heard, f"{wanted}, not {found}")  # noqa: B023 asked at once
    stop()


async def test_doors_are_told_by_whatever_channel_and_taken_back(tmp_path: Path) -> None:
    async with desk(tmp_path, language=CHINESE) as running:
        await call_up(running, sort="publicity", households=True)
        running.app.push_screen(NoticeScreen(running.app.context, NOTICE))
        await running.sees("政策宣传  今晚核酸", "逐户告知")
        await running.press("3")
        await running.sees("共 5，已办 0")
        await running.write("wn")
        await running.sees("已办 1", "微信", "无人应答")
        await running.press("u", "u")
        await running.sees("已办 0")
        await until(lambda: running.terminal.status.waiting == 23 + 4, "all is saved")
        visits = await views(running.terminal, LedgerQuery("visit", with_void=True))
        assert sorted((v.text("channel"), v.void) for v in visits) == [
            ("door", "勾错了"),
            ("wechat", "勾错了"),
        ]


async def test_waste_is_fetched_at_isolated_doors_and_today_forgets_it(tmp_path: Path) -> None:
    async with desk(tmp_path, language=ENGLISH) as running:
        home = record_id("household", FIRST, "1-1-301")
        await running.terminal.change(home, {"care": ["home_isolation"]})
        await running.press("f4")
        await running.sees("Collect waste", "1-1-301")
        await running.press("enter")
        await running.sees("Today's doors", "Waste collection", "0 of 1 done")
        await running.press("space")
        await running.sees("1 of 1 done")
        await running.press("escape")
        await running.sees("Nothing is to be done.")
