"""A case between two terminals and a real office: dispatch, arrival, acceptance, conflict."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.model import Standing
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds.case_clock import undelivered_since
from armband.shared.kinds.duties import Rank
from armband.shared.permissions import Role
from support.office_rig import G1, Rig, office_rig
from support.terminals import place
from support.waiting import until

CASE = b"c" * 16


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


async def report(terminal: Terminal) -> None:
    told: Patch = {"category": "livelihood", "brief": "体温计坏了", "channel": "phone"}
    await terminal.record([Draft("case", CASE, G1, told)])


async def step(terminal: Terminal, name: str, **more: str) -> None:
    await terminal.change(CASE, {"step": name, **more})


async def until_field(terminal: Terminal, name: str, value: object) -> None:
    """Wait for news until the case's field has this value."""
    seen: list[object] = []
    news = [1]
    stop = terminal.listen(lambda _event: news.append(1))
    while True:
        heard = len(news)
        entry = await terminal.entry(CASE)
        seen.append(entry.view.fields.get(name) if entry else None)
        if seen[-1] == value:
            break
        await until(lambda: len(news) > heard, f"{name} becomes {value}, is {seen[-1]}")  # noqa: B023 waited for in this turn
    stop()


async def test_a_dispatch_is_on_the_other_terminals_list_and_its_arrival_comes_back(
    rig: Rig, tmp_path: Path
) -> None:
    async with (
        place(rig, tmp_path / "desk", "lianhu/yg", Role.COMMUNITY) as desk,
        place(rig, tmp_path / "liaison", G1, Role.LIAISON) as liaison,
    ):
        await report(desk.terminal)
        await until_field(liaison.terminal, "state", "reported")
        assert (await liaison.terminal.todo("0" * 32)).counts == {}
        await step(desk.terminal, "dispatch", rung="liaison")
        await until_field(liaison.terminal, "state", "dispatched")
        (task,) = (await liaison.terminal.todo("0" * 32)).tasks
        assert (task.duty.rank, task.duty.step) == (Rank.CLOCK, "accept")
        await until_field(desk.terminal, "delivered_of", rig.clock())
        rig.clock.now_ms += 60_000
        await step(liaison.terminal, "accept")
        await until_field(desk.terminal, "state", "accepted")
        await step(liaison.terminal, "finish", result="买了新的")
        await until_field(desk.terminal, "state", "done")
        await step(desk.terminal, "close")
        await until(lambda: desk.terminal.status.waiting == 0, "all is sent")
        assert desk.terminal.status.conflicts == liaison.terminal.status.conflicts == 0
        assert desk.terminal.status.refused == liaison.terminal.status.refused == 0
        assert liaison.terminal.status.written == 3, "one arrival, one acceptance, one end"
        assert (await rig.office.audit()).differences == []


async def test_an_offline_dispatcher_sees_that_nothing_has_gone_out(
    rig: Rig, tmp_path: Path
) -> None:
    async with (
        place(rig, tmp_path / "desk", "lianhu/yg", Role.COMMUNITY, online=False) as desk,
        place(rig, tmp_path / "liaison", G1, Role.LIAISON) as liaison,
    ):
        await report(desk.terminal)
        await step(desk.terminal, "dispatch", rung="liaison")
        dispatched = rig.clock()
        entry = await desk.terminal.entry(CASE)
        assert entry is not None
        assert entry.standing is Standing.WRITTEN
        assert undelivered_since(entry.view.fields) == dispatched
        # The clock ran from the dispatch: when the line is back it has run out, and the chief's
        # level has begun, on every terminal alike.
        rig.clock.now_ms += 400_000
        desk.terminal.go_online()
        await until_field(liaison.terminal, "state", "dispatched")
        (task,) = (await liaison.terminal.todo("0" * 32)).tasks
        assert task.due_ms == dispatched + 300_000 < rig.clock()
        await until_field(desk.terminal, "delivered_of", dispatched)
        entry = await desk.terminal.entry(CASE)
        assert entry is not None
        assert undelivered_since(entry.view.fields) is None


async def test_two_accept_offline_and_a_person_settles_who_it_was(rig: Rig, tmp_path: Path) -> None:
    async with (
        place(rig, tmp_path / "a", G1, Role.GRID) as a,
        place(rig, tmp_path / "b", G1, Role.GRID) as b,
    ):
        await report(a.terminal)
        await step(a.terminal, "dispatch", rung="street")
        await until_field(b.terminal, "state", "dispatched")
        await until(lambda: a.terminal.status.waiting == 0, "it is sent")
        for one in (a, b):
            one.wire.up = False
            one.wire.cut()
        await until(lambda: not (a.terminal.status.connected or b.terminal.status.connected), "cut")
        await step(a.terminal, "accept", accepted_by="王")
        rig.clock.now_ms += 1000
        await step(b.terminal, "accept", accepted_by="张")
        for one in (a, b):
            one.wire.up = True
            one.link.hurry()
        await until(lambda: a.terminal.status.conflicts == 1, "the conflict is seen")
        await until(lambda: b.terminal.status.conflicts == 1, "there too")
        named = {
            (c.field, tuple(sorted(str(v.value) for v in c.choices)))
            for c in await a.terminal.conflicts()
            if c.field == "accepted_by"
        }
        assert named == {("accepted_by", ("张", "王"))}
        (first, *_rest) = [c for c in await a.terminal.conflicts() if c.field == "accepted_at"]
        await a.terminal.change(CASE, {"accepted_by": "王", "accepted_at": first.choices[1].value})
        await until_field(b.terminal, "accepted_by", "王")
        await step(b.terminal, "finish")
        await until_field(a.terminal, "state", "done")
        assert a.terminal.status.refused == b.terminal.status.refused == 0
