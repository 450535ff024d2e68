"""What began with a voided record goes with it, unless somebody has worked on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import opened_record_id
from support.local import GRID, local_terminal

SHOP, INSPECTION, VISIT = b"s" * 16, b"i" * 16, b"v" * 16
MASKS, CODES = (opened_record_id(INSPECTION, item) for item in ("masks", "codes"))
NEED = opened_record_id(VISIT, "need")


async def void_of(terminal: Terminal, record: bytes) -> str:
    entry = await terminal.entry(record)
    assert entry is not None
    return entry.view.void


async def inspect(terminal: Terminal) -> None:
    """Two items are wanting; one has been looked at again."""
    wanting: Patch = {"measuring": True, "disinfection": True, "masks": False, "codes": False}
    await terminal.record(
        [
            Draft("shop", SHOP, GRID, {"name": "粮油店"}),
            Draft("inspection", INSPECTION, GRID, {"shop": SHOP.hex(), **wanting}),
        ]
    )
    await terminal.change(CODES, {"step": "fail", "due": "2099-01-01"})


@pytest.mark.parametrize("as_draft", [False, True])
async def test_a_voided_inspection_takes_along_what_nobody_has_re_checked(
    tmp_path: Path, as_draft: bool
) -> None:
    async with local_terminal(tmp_path) as local:
        terminal = local.terminal
        await inspect(terminal)
        if as_draft:
            voiding = Draft("inspection", INSPECTION, "", {"void": "别家店"})
            assert [saved.id for saved in await terminal.record([voiding])] == [INSPECTION]
        else:
            assert (await terminal.void(INSPECTION, "别家店")).id == INSPECTION
        assert await void_of(terminal, MASKS) == "别家店"
        assert await void_of(terminal, CODES) == ""
        assert {t.entry.view.id for t in (await terminal.todo()).tasks} == {CODES, SHOP}


@pytest.mark.parametrize("taken_up", [False, True])
async def test_a_voided_visit_takes_along_a_need_that_nobody_has_taken_up(
    tmp_path: Path, taken_up: bool
) -> None:
    async with local_terminal(tmp_path) as local:
        terminal = local.terminal
        told: Patch = {"household": "a" * 32, "channel": "door", "outcome": "met", "needs": "药"}
        await terminal.record([Draft("visit", VISIT, GRID, told)])
        if taken_up:
            await terminal.change(NEED, {"step": "escalate", "agency": "民政"})
        await terminal.change(VISIT, {"note": "x"})
        assert await void_of(terminal, NEED) == ""
        await terminal.void(VISIT, "记错")
        assert await void_of(terminal, NEED) == ("" if taken_up else "记错")
