"""Lane lines without a lane."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.errors import Usage
from armband.client.headless.checking import check_lines
from armband.client.headless.recording import Line, record_lines
from armband.client.terminal import Terminal
from armband.shared.ids import id_from_hex
from support.office_rig import Rig, office_rig
from support.terminals import place

G1 = "lianhu/yg/g1"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


@pytest.fixture
async def terminal(rig: Rig, tmp_path: Path) -> AsyncIterator[Terminal]:
    """A terminal of one community with a few people."""
    async with place(rig, tmp_path / "a", "lianhu/yg", online=False) as here:
        lines = [
            Line(1, "household", {"door": "3-2-502", "unit": G1}),
            Line(2, "household", {"door": "1-1-301", "unit": G1}),
        ]
        homes = (await record_lines(here.terminal, lines)).saved
        people = [
            Line(
                1, "resident", {"name": "李雪婷", "household": homes[0].id, "phone": "13812341111"}
            ),
            Line(2, "resident", {"name": "李小婷", "household": homes[1].id}),
            Line(3, "checkpoint", {"name": "东门", "unit": G1}),
        ]
        assert not (await record_lines(here.terminal, people)).refused
        yield here.terminal


async def test_each_line_is_recorded_or_refused_with_its_reason(terminal: Terminal) -> None:
    lines = [
        "lxt 36.5 g",
        "lxt365g",
        "李雪婷 37.6 g",
        "李雪婷 37.6 g 移交",
        "zhaoliu",
        "36.5 g",
        "99 g",
    ]
    outcome = await check_lines(terminal, lines)
    reasons = {refused.line: refused.reason for refused in outcome.refused}
    # Two people have these initials; fever needs a decision.
    assert set(reasons) == {1, 2, 3, 5, 7}
    assert "李雪婷" in reasons[1]
    assert "李小婷" in reasons[1]
    assert "decision" in reasons[3]
    assert [saved.line for saved in outcome.saved] == [4, 6]


async def test_what_is_recorded_is_what_the_line_says(terminal: Terminal) -> None:
    outcome = await check_lines(terminal, ["李雪婷 37.6 g 移交"])
    entry = await terminal.entry(id_from_hex(outcome.saved[0].id))
    assert entry is not None
    fields = entry.view.fields
    assert (fields["temp_tenths"], fields["code"], fields["decision"]) == (376, "green", "referred")
    assert entry.names[str(fields["resident"])] == "李雪婷"
    assert fields["day"] == terminal.today
    assert entry.view.unit == "lianhu/yg"


async def test_a_checkpoint_may_be_named(terminal: Terminal) -> None:
    outcome = await check_lines(terminal, ["36.5 g"], "东门")
    entry = await terminal.entry(id_from_hex(outcome.saved[0].id))
    assert entry is not None
    assert entry.view.unit == G1
    assert "checkpoint" in entry.view.fields
    with pytest.raises(Usage, match="西门"):
        await check_lines(terminal, ["36.5 g"], "西门")
