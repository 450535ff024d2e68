"""Two records of one person: merging, refusing chains, finding the one that stays, undoing it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.headless.recording import Line, record_lines
from armband.client.merging import make_same, standing_for
from armband.client.model import LedgerQuery
from armband.client.search.terms import query_pieces
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from support.local import GRID, Local, local_terminal

FIRST, SECOND, THIRD = b"1" * 16, b"2" * 16, b"3" * 16


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        people = [(FIRST, "李雪婷"), (SECOND, "李雪停"), (THIRD, "王建国")]
        await opened.terminal.record(
            [Draft("resident", record, GRID, {"name": name}) for record, name in people]
        )
        yield opened


async def total(local: Local) -> int:
    figures = await local.terminal.counted_here("lianhu", local.terminal.today)
    return figures["residents.total"]


async def test_merging_counts_one_and_search_finds_the_one_that_stays(local: Local) -> None:
    assert await total(local) == 3
    await make_same(local.terminal, SECOND, "resident", FIRST.hex())
    assert await total(local) == 2
    found = await local.terminal.match(query_pieces("李雪停"), 5)
    assert [match.id for match in found] == [FIRST]
    page = await local.terminal.ledger(LedgerQuery("resident", text="lxt"), 0, 9)
    assert {entry.view.id for entry in page.entries} == {FIRST, SECOND}
    assert [e.view.id for e in await standing_for(local.terminal, page.entries)] == [FIRST]
    merged = await local.terminal.entry(SECOND)
    assert merged is not None
    assert merged.names[FIRST.hex()] == "李雪婷"
    await make_same(local.terminal, SECOND, "resident", None)
    assert await total(local) == 3
    assert [m.id for m in await local.terminal.match(query_pieces("李雪停"), 5)] == [SECOND]


@pytest.mark.parametrize(
    ("record", "other", "told"),
    [
        (FIRST, FIRST, "itself"),
        (FIRST, SECOND, "itself the same"),
        (FIRST, b"9" * 16, "no resident here"),
        (FIRST, THIRD, "is the same as this one"),
    ],
)
async def test_chains_and_circles_are_refused(
    local: Local, record: bytes, other: bytes, told: str
) -> None:
    await make_same(local.terminal, SECOND, "resident", FIRST.hex())
    with pytest.raises(InvalidRecord) as caught:
        await make_same(local.terminal, record, "resident", other.hex())
    assert told in caught.value.problem
    assert await total(local) == 2


async def test_the_command_takes_the_name_of_the_one_that_stays(local: Local) -> None:
    lines = [
        Line(1, "resident", {"id": SECOND.hex(), "same_as": "李雪婷"}),
        Line(2, "resident", {"id": FIRST.hex(), "same_as": "王建国"}),
        Line(3, "resident", {"name": "赵梅", "same_as": "王建国"}),
    ]
    outcome = await record_lines(local.terminal, lines)
    assert [saved.id for saved in outcome.saved] == [SECOND.hex()]
    assert [refused.line for refused in outcome.refused] == [2, 3]
    back = [Line(1, "resident", {"id": SECOND.hex(), "same_as": ""})]
    assert len((await record_lines(local.terminal, back)).saved) == 1
    assert await total(local) == 3


async def test_the_command_takes_a_merge_back(local: Local) -> None:
    for other, count in (("李雪婷", 2), ("", 3)):
        line = Line(1, "resident", {"id": SECOND.hex(), "same_as": other})
        outcome = await record_lines(local.terminal, [line])
        assert outcome.refused == []
        assert await total(local) == count
