"""Notices and call-ups on terminals: who is asked, what settles it, for whom."""

from __future__ import annotations

from pathlib import Path

from armband.client.acks import acknowledge
from armband.client.model import NOBODY, Entry
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds.duties import Rank
from support.local import GRID, Local, acting_as, identity, local_terminal

NOTICE, STAFF = b"n" * 16, b"l" * 16
MINE, COMMUNITY = "李雪婷", "lianhu/yangguang"


async def notice(local: Local, unit: str = GRID, **fields: object) -> None:
    told: Patch = {"title": "今晚核酸", "sort": "call_up", **fields}  # type: ignore[dict-item]  # any value
    with acting_as(local.terminal):
        await local.terminal.record([Draft("notice", NOTICE, unit, told)])


async def ranks(local: Local, who: str | None = None) -> list[Rank]:
    mine = await local.terminal.me() or NOBODY
    todo = await local.terminal.todo(mine if who is None else who)
    return [task.duty.rank for task in todo.tasks]


async def entry(local: Local) -> Entry:
    found = await local.terminal.entry(NOTICE)
    assert found is not None
    return found


async def test_my_own_answer_settles_a_call_up_and_nobody_elses(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        await local.terminal.record([Draft("staff", STAFF, GRID, {"name": MINE})])
        await notice(local, unit=COMMUNITY)
        assert await ranks(local) == [Rank.CALL_UP]
        other: Patch = {"notice": NOTICE.hex(), "answer": "coming", "staff": "e" * 32}
        await local.terminal.record([Draft("ack", b"1" * 16, GRID, other)])
        assert await ranks(local) == [Rank.CALL_UP]
        local.clock.now_ms -= 3_600_000  # a clock that is behind the sender's
        done = await acknowledge(local.terminal, await entry(local), "coming")
        assert await ranks(local) == []
        assert await ranks(local, "") == []
        again = await acknowledge(local.terminal, await entry(local), "cannot", note="在外地")
        assert again.id == done.id
        ack = await local.terminal.entry(done.id)
        assert ack is not None
        assert (ack.view.unit, ack.view.text("answer")) == (GRID, "cannot")
        assert (ack.view.text("staff"), ack.view.text("by")) == (STAFF.hex(), MINE)
        await local.terminal.void(done.id, "按错了")
        assert await ranks(local) == [Rank.CALL_UP]


async def test_a_terminal_whose_person_is_not_on_the_list_answers_for_itself(
    tmp_path: Path,
) -> None:
    async with local_terminal(tmp_path) as local:
        await notice(local, sort="notice")
        assert await ranks(local) == [Rank.NOTICE]
        await acknowledge(local.terminal, await entry(local), "seen")
        assert await ranks(local) == []
        await local.terminal.be("e" * 32)
        assert await ranks(local) == [], "whoever sat here has seen it at this terminal"


async def test_only_those_with_a_wanted_post_are_asked(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        who: Patch = {"name": MINE, "posts": ["liaison"]}
        await local.terminal.record([Draft("staff", STAFF, GRID, who)])
        await notice(local, posts=["doctor", "volunteer"])
        assert await ranks(local) == []
        post: Patch = {"staff": STAFF.hex(), "role": "doctor", "until": "2022-03-23"}
        with acting_as(local.terminal):
            await local.terminal.record([Draft("post", b"p" * 16, GRID, post)])
        assert await ranks(local) == [], "that post is over"
        with acting_as(local.terminal):
            await local.terminal.change(b"p" * 16, {"until": "2022-03-24"})
        assert await ranks(local) == [Rank.CALL_UP]


async def test_it_rings_below_the_unit_and_not_above_and_not_for_ever(tmp_path: Path) -> None:
    street = identity("lianhu", role="street")
    async with local_terminal(tmp_path, who=street) as local:
        await notice(local, unit=COMMUNITY)
        assert await ranks(local) == []
        assert await ranks(local, "") == [Rank.CALL_UP]
        local.clock.now_ms += 2 * 86_400_000
        assert await ranks(local, "") == []


async def test_what_every_household_is_told_is_asked_of_those_who_go_there(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        await notice(local, sort="publicity", households=True)
        found = {task.duty.rank: task.duty for task in (await local.terminal.todo(NOBODY)).tasks}
        assert set(found) == {Rank.VISIT, Rank.NOTICE}
        assert found[Rank.VISIT].form == "visit"
        told: Patch = {
            **found[Rank.VISIT].prefill,
            "household": "a" * 32,
            "channel": "door",
            "outcome": "met",
        }
        local.clock.now_ms += 86_400_000
        await local.terminal.record([Draft("visit", b"v" * 16, GRID, told)])
        visit = await local.terminal.entry(b"v" * 16)
        assert visit is not None
        days = (visit.view.text("notice_day"), visit.view.text("day"))
        assert days == ("2022-03-24", "2022-03-25")
        figures = await local.terminal.counted_here(GRID, "2022-03-24")
        assert figures["publicity.households"] == 1
