"""Cases on a terminal: lawful steps, who is rung when, and arrivals that tell themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.store.sitting import ME
from armband.shared.drafts import Draft
from armband.shared.errors import WrongStep
from armband.shared.fields import Patch
from support.local import GRID, Clock, Local, acting_as, identity, local_terminal
from support.mini_office import MiniOffice
from support.waiting import until

CASE, SECOND = b"c" * 16, b"d" * 16
LIU = b"l" * 16
MINUTE = 60_000


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path, who=identity(role="community")) as opened:
        yield opened


def case(record: bytes = CASE, **fields: object) -> Draft:
    told = {"category": "livelihood", "brief": "体温计坏了", "channel": "phone", **fields}
    return Draft("case", record, GRID, told)  # type: ignore[arg-type]  # any value


async def step(local: Local, name: str, **more: object) -> None:
    patch: Patch = {"step": name, **more}  # type: ignore[dict-item]  # any value
    await local.terminal.change(CASE, patch)


async def fields(local: Local, record: bytes = CASE) -> dict[str, object]:
    entry = await local.terminal.entry(record)
    assert entry is not None
    return dict(entry.view.fields)


async def tasks(local: Local, who: str = "") -> list[tuple[str, str, int]]:
    found = (await local.terminal.todo(who)).tasks
    return [(task.duty.step, task.duty.who, task.due_ms) for task in found]


async def test_a_case_goes_through_its_steps_with_times_and_people(local: Local) -> None:
    await local.terminal.record([case()])
    reported_ms = local.clock.now_ms
    for name, more in (
        ("dispatch", {"rung": "liaison", "to": LIU.hex()}),
        ("accept", {}),
        ("finish", {"result": "买了新的"}),
        ("close", {}),
    ):
        local.clock.now_ms += MINUTE
        await step(local, name, **more)
    got = await fields(local)
    assert got["state"] == "closed"
    moments = ("at", "answered_at", "dispatched_at", "accepted_at", "done_at", "closed_at")
    assert [(int(str(got[name])) - reported_ms) // MINUTE for name in moments] == [0, 1, 1, 2, 3, 4]
    assert {got[f"{name}_by"] for name in ("dispatched", "accepted", "done", "closed")} == {
        "李雪婷"
    }


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ((), "finish"),
        ((), "close"),
        ((), "redispatch"),
        (("accept",), "dispatch"),
        (("accept", "finish"), "accept"),
        (("accept", "finish", "close"), "finish"),
    ],
)
async def test_an_unlawful_step_says_from_where_it_leads(
    local: Local, before: tuple[str, ...], wrong: str
) -> None:
    await local.terminal.record([case()])
    for name in before:
        await step(local, name)
    with pytest.raises(WrongStep, match="leads from"):
        await step(local, wrong, rung="grid")
    with pytest.raises(WrongStep, match="must be given"):
        await step(local, "reopen" if before[1:] else "cancel")


async def test_a_second_dispatch_begins_anew_and_the_first_answer_stays(local: Local) -> None:
    await local.terminal.record([case()])
    await step(local, "dispatch", rung="grid", to=LIU.hex())
    first = (await fields(local))["dispatched_at"]
    await step(local, "accept")
    local.clock.now_ms += MINUTE
    await step(local, "escalate", rung="agency", agency="区残联")
    got = await fields(local)
    assert got["answered_at"] == first != got["dispatched_at"] == got["escalated_at"]
    assert got.get("to") is got.get("accepted_at") is got.get("accepted_by") is None
    await step(local, "hand_back", return_reason="不归我们")
    await step(local, "cancel", cancel_reason="重复")
    await step(local, "reopen", reopen_reason="没好")
    assert (await fields(local)).get("closed_at") is None
    with pytest.raises(WrongStep):
        await step(local, "close")


async def test_the_next_level_sees_it_exactly_when_the_clock_has_run_out(local: Local) -> None:
    await local.terminal.record([case()])
    assert [(s, w) for s, w, _due in await tasks(local, LIU.hex())] == [
        ("dispatch", "role:community")
    ]
    await step(local, "dispatch", rung="liaison", to=LIU.hex())
    begins = local.clock.now_ms
    (mine,) = await tasks(local, LIU.hex())
    assert mine == ("accept", LIU.hex(), begins + 5 * MINUTE)
    nobody = "0" * 32
    seen = []
    for second in (0, 299, 300, 599, 600, 900):
        local.clock.now_ms = begins + second * 1000
        seen.append(bool(await tasks(local, nobody)))
    # The community (the trio's rung) is the second level above: from ten minutes on.
    assert seen == [False, False, False, False, True, True]
    assert len(await tasks(local)) == 1, "one case is one task, however many it rings"
    await step(local, "accept")
    assert [s for s, _w, _due in await tasks(local)] == ["finish"]


async def arrived(local: Local, record: bytes = CASE) -> bool:
    got = await fields(local, record)
    return got.get("delivered_of") == got["dispatched_at"]


async def from_office(local: Local, office: MiniOffice, **more: object) -> None:
    now_ms = office.now_ms
    told = {**case().fields, "unit": GRID, "state": "dispatched", "at": now_ms, "day": "2022-03-24"}
    office.write(CASE, "case", {**told, "dispatched_at": now_ms, **more})  # type: ignore[dict-item]  # any value
    point = await local.store.sync_point()
    frame, rows = office.feed(point.cursor)
    await local.terminal.replica.apply_feed(frame, rows, now_ms)


async def test_a_terminal_of_the_addressee_says_once_that_the_case_has_come(tmp_path: Path) -> None:
    async with local_terminal(tmp_path, who=identity(role="liaison")) as local:
        office = MiniOffice(local.clock.now_ms + 1)  # this terminal's clock is behind
        with acting_as(local.terminal):
            await local.terminal.record([Draft("staff", LIU, GRID, {"name": "李雪婷"})])
        await from_office(local, office, rung="grid", to=LIU.hex())
        await until(lambda: local.terminal.status.written == 2, "the arrival is recorded")
        assert await arrived(local)
        got = await fields(local)
        assert got["delivered_at"] == got["dispatched_at"], "nothing arrives before it is sent"
        await local.terminal.record([case(SECOND)])
        office.now_ms += MINUTE
        await from_office(local, office, rung="grid", to=(b"o" * 16).hex())
        with acting_as(local.terminal):
            await local.terminal.record([Draft("staff", b"x" * 16, GRID, {"name": "别人"})])
        await local.terminal._deliveries.close()
        assert not await arrived(local), "it is another's now"
    async with local_terminal(tmp_path) as local:
        local.terminal._deliveries.look()
        await local.terminal._deliveries.close()
        assert local.terminal.status.written == 4, "nothing is told twice"


@pytest.mark.parametrize(
    ("rung", "role", "told"), [("liaison", "liaison", True), ("street", "liaison", False)]
)
async def test_without_a_name_the_terminals_of_the_rung_are_the_addressee(
    tmp_path: Path, rung: str, role: str, told: bool
) -> None:
    async with local_terminal(tmp_path, who=identity(role=role)) as local:
        await from_office(local, MiniOffice(local.clock.now_ms), rung=rung)
        task = local.terminal._deliveries._task
        if task is not None:
            await task
        assert await arrived(local) is told


async def test_who_sits_here_is_whoever_was_chosen(tmp_path: Path) -> None:
    async with local_terminal(tmp_path, Clock()) as local:
        await local.terminal.set_preference(ME, LIU.hex())
        await from_office(local, MiniOffice(local.clock.now_ms), rung="liaison", to=LIU.hex())
        await until(lambda: local.terminal.status.written == 1, "the arrival is recorded")
        assert await arrived(local)
