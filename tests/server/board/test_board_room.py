"""The verb ``board`` of an open office: figures and cases as they come, and of no person."""

from __future__ import annotations

import msgspec
import pytest

from armband.server.board.gather import SILENT_AFTER_MS, BoardRoom
from armband.server.board.model import Board
from armband.server.control import ControlClient
from armband.server.exits import ControlRefused
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.board_rig import BoardRig, board_rig
from support.office_rig import G1, G2
from support.peer import record_id


@pytest.fixture
async def rig(tmp_path):
    async with board_rig(tmp_path) as made:
        yield made


def a_case(rig: BoardRig, number: int, unit: str = G1) -> Draft:
    fields: Patch = {
        "category": "security",
        "brief": "李四在三楼",
        "reporter": "王五",
        "channel": "phone",
        "state": "reported",
        "at": rig.clock(),
        "day": rig.office.today,
    }
    return Draft("case", record_id(number), unit, fields)


async def step(rig: BoardRig, number: int, **fields: str | int) -> None:
    draft = Draft("case", record_id(number), G1, dict(fields))
    assert await rig.office.upsert([draft], "office") == ["changed"]


async def test_it_has_what_was_recorded_a_moment_ago(rig) -> None:
    client = await ControlClient.connect(rig.folder)
    first = msgspec.convert(await client.call("board", {}), Board)
    await rig.checks(1, 3, temp_tenths=380)
    second = msgspec.convert(await client.call("board", {}), Board)
    await client.close()
    assert "checks.total" not in first.trend[-1]
    assert second.trend[-1]["checks.fever"] == 3
    assert (second.reported, second.expected) == (1, 3)
    assert second.seq == first.seq + 3


async def test_open_cases_follow_the_commits(rig) -> None:
    room = BoardRoom(rig.office, rig.environment)
    await rig.office.upsert([a_case(rig, 1), a_case(rig, 2, G2)], "office")
    rig.clock.now_ms += 60_000
    found = await room.board(rig.office.code, SILENT_AFTER_MS)
    assert [(clock.place, clock.waits_s, clock.left_s) for clock in found.cases] == [
        ("阳光社区 第1网格", 60, 240),
        ("阳光社区 第2网格", 60, 240),
    ]
    await rig.office.upsert([a_case(rig, 3)], "office")
    step_ms = rig.clock()
    await step(
        rig, 1, step="cancel", state="cancelled", cancel_reason="误报", closed_at=step_ms,
        closed_by="张三",
    )  # fmt: skip
    found = await room.board(G1, SILENT_AFTER_MS)
    assert (found.cases_open, found.trend[-1]["cases.open"]) == (1, 1)
    assert found.cases[0].waits_s == 0


async def test_it_says_nothing_of_people(rig) -> None:
    await rig.office.upsert([a_case(rig, 1)], "office")
    found = await BoardRoom(rig.office, rig.environment).board(G1, SILENT_AFTER_MS)
    assert found.cases_open == 1
    said = msgspec.json.encode(found).decode()
    assert "李四" not in said
    assert "王五" not in said


async def test_a_unit_that_there_is_not_is_refused(rig) -> None:
    client = await ControlClient.connect(rig.folder)
    with pytest.raises(ControlRefused, match="no unit lianhu/xx"):
        await client.call("board", {"unit": "lianhu/xx"})
    await client.close()
