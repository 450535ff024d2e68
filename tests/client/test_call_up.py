"""A call-up from the office to two terminals: it rings below the unit, and is answered by name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.acks import acknowledge
from armband.client.headless.recording import Line, record_lines
from armband.client.headless.reports import acks, people_of, rounds, told, views
from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import kind_named
from armband.shared.kinds.duties import Rank
from armband.shared.permissions import Role
from support.commands import command
from support.office_rig import G1, G2, Rig, office_rig
from support.terminals import place
from support.waiting import until

COMMUNITY = "lianhu/yg"
NOTICE = b"n" * 16


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


async def until_records(terminal: Terminal, kind: str, count: int) -> None:
    """Wait until so many records of a kind are here."""
    news = [1]
    stop = terminal.listen(lambda _event: news.append(1))
    while True:
        heard = len(news)
        found = len(await views(terminal, LedgerQuery(kind)))
        if found >= count:
            break
        await until(lambda: len(news) > heard, f"{count} of {kind}, not {found}")  # noqa: B023 asked at once
    stop()


async def held(*terminals: Terminal) -> None:
    for terminal in terminals:
        await until(lambda: terminal.status.waiting == 0, "all is sent")  # noqa: B023 asked at once
        assert (terminal.status.refused, terminal.status.conflicts) == (0, 0)


async def test_a_call_up_rings_below_and_who_has_not_answered_is_known_above(
    rig: Rig, tmp_path: Path
) -> None:
    async with (
        place(rig, tmp_path / "desk", COMMUNITY, Role.COMMUNITY) as desk,
        place(rig, tmp_path / "one", G1, Role.LIAISON) as one,
        place(rig, tmp_path / "two", G2, Role.GRID) as two,
    ):
        staff = [
            Draft("staff", bytes([n]) * 16, unit, {"name": name, "posts": ["liaison"]})
            for n, unit, name in ((1, G1, "王一"), (2, G2, "李二"), (3, G2, "周三"))
        ]
        await desk.terminal.record(staff)
        call: Patch = {"title": "今晚核酸", "sort": "call_up", "posts": ["liaison"]}
        await desk.terminal.record([Draft("notice", NOTICE, COMMUNITY, call)])
        for site, me in ((one, 1), (two, 2)):
            await until_records(site.terminal, "notice", 1)
            await until_records(site.terminal, "staff", me)
            await site.terminal.be((bytes([me]) * 16).hex())
            todo = await site.terminal.todo(await site.terminal.me())
            assert [task.duty.rank for task in todo.tasks] == [Rank.CALL_UP]
        notice = await one.terminal.entry(NOTICE)
        assert notice is not None
        await acknowledge(one.terminal, notice, "coming")
        assert (await one.terminal.todo(await one.terminal.me())).tasks == ()
        await until_records(desk.terminal, "ack", 1)
        report = await acks(desk.terminal, notice.view)
        assert [person.name for person in report.missing] == ["周三", "李二"]
        assert [(p.name, p.answer) for p in report.answered] == [("王一", "coming")]
        assert len((await two.terminal.todo(await two.terminal.me())).tasks) == 1
        await held(desk.terminal, one.terminal, two.terminal)
        assert (await rig.office.audit()).differences == []


async def test_two_who_sample_the_same_people_offline_make_one_record_of_each(
    rig: Rig, tmp_path: Path
) -> None:
    async with (
        place(rig, tmp_path / "desk", COMMUNITY, Role.COMMUNITY) as desk,
        place(rig, tmp_path / "one", G1, Role.GRID) as one,
        place(rig, tmp_path / "two", G1, Role.LIAISON) as two,
    ):
        of: Patch = {"name": "第1轮", "day": rig.office.today, "state": "open"}
        home: Patch = {"door": "3-2-502", "people": 3}
        await desk.terminal.record(
            [
                Draft("round", NOTICE, COMMUNITY, of),
                Draft("household", b"h" * 16, G1, home),
                Draft("resident", b"r" * 16, G2, {"name": "王建国"}),
            ]
        )
        await until_records(one.terminal, "household", 1)
        await until_records(two.terminal, "household", 1)
        told_fields = {"round": "第1轮", "household": "3-2-502", "status": "sampled", "people": 3}
        for number, site in enumerate((one, two)):
            await until_records(site.terminal, "round", 1)
            rig.clock.now_ms += 1000
            line = Line(1, "sample", dict(told_fields), new_id=f"{number:032x}")
            outcome = await record_lines(site.terminal, [line])
            assert outcome.refused == [], outcome
        await until_records(desk.terminal, "sample", 1)
        await held(desk.terminal, one.terminal, two.terminal)
        (report,) = await rounds(desk.terminal)
        total = report.total
        assert (total.people, total.sampled, total.missing) == (4, 3, 1)
        (of_desk,) = await views(desk.terminal, LedgerQuery("round"))
        left = [line for line in await people_of(desk.terminal, of_desk) if not line.status]
        assert [line.name for line in left] == ["王建国"]
        (sample,) = await views(desk.terminal, LedgerQuery("sample"))
        assert (sample.unit, sample.text("round_day")) == (G1, rig.office.today)
        assert (
            len(await people_of(two.terminal, (await views(two.terminal, LedgerQuery("round")))[0]))
            == 1
        )
        assert (await rig.office.audit()).differences == []


async def test_publicity_reaches_households_by_visits_and_a_need_becomes_a_service(
    rig: Rig, tmp_path: Path
) -> None:
    async with (
        place(rig, tmp_path / "desk", COMMUNITY, Role.COMMUNITY) as desk,
        place(rig, tmp_path / "one", G1, Role.LIAISON) as one,
    ):
        said: Patch = {"title": "出入须知", "sort": "publicity", "households": True}
        homes = [Draft("household", bytes([n]) * 16, G1, {"door": f"1-1-{n}"}) for n in (1, 2)]
        await desk.terminal.record([Draft("notice", NOTICE, COMMUNITY, said), *homes])
        await until_records(one.terminal, "household", 2)
        await until_records(one.terminal, "notice", 1)
        visit: Patch = {
            "household": (bytes([1]) * 16).hex(),
            "channel": "wechat",
            "outcome": "met",
            "notice": NOTICE.hex(),
            "needs": "体温计坏了",
        }
        await one.terminal.record([Draft("visit", b"v" * 16, G1, visit)])
        (service,) = await views(one.terminal, LedgerQuery("service"))
        assert (service.text("what"), service.text("state")) == ("体温计坏了", "open")
        await one.terminal.change(service.id, {"step": "finish", "result": "送到门口"})
        await until_records(desk.terminal, "visit", 1)
        await held(desk.terminal, one.terminal)
        notice = (await views(desk.terminal, LedgerQuery("notice")))[0]
        report = await told(desk.terminal, notice)
        assert (report.households, report.told) == (2, 1)
        assert [door.door for door in report.missing] == ["1-1-2"]
        assert (await rig.office.audit()).differences == []


def test_the_office_calls_up_and_lists_who_has_not_answered(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    command("armband-server", "init", "--data", folder, "--office", "lianhu", "--name", "莲湖街道")
    refused = command("armband-server", "notify", "--data", folder, "--posts", "king", "x")
    assert (refused.code, "posts" in refused.err) == (2, True), refused
    made = command("armband-server", "notify", "--data", folder, "--call-up", "今晚核酸", "--json")
    assert made.code == 0, made
    listed = command("armband-server", "acks", "--data", folder, "--json")
    report = json.loads(listed.out)
    assert (report["notice"], report["sort"]) == (json.loads(made.out)["notice"], "call_up")
    assert kind_named("notice").goes_down
    none = command("armband-server", "acks", "--data", folder, "别的")
    assert (none.code, "no notice called" in none.err) == (1, True), none
