"""A case reported at a gate: the guard still sees what he wrote, and nothing of what others do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from armband.client.errors import UnknownRecord
from armband.client.keys import load_identity
from armband.client.model import LedgerQuery, Standing
from armband.client.store.examine import examine
from armband.client.store.store import STORE_FILE
from armband.client.terminal import Terminal
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.ids import NO_ID
from armband.shared.permissions import Role
from support.local import KEY_ID, identity, local_terminal
from support.mini_office import MiniOffice
from support.office_rig import G1, Rig, office_rig
from support.peer import record_id
from support.terminals import Place, place
from support.waiting import until, until_async


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


def case(brief: str, number: int) -> Draft:
    fields: Patch = {"category": "security", "brief": brief, "channel": "phone", "reporter": "赵六"}
    return Draft("case", record_id(number), G1, fields)


async def briefs(terminal: Terminal) -> list[str]:
    found = await terminal.ledger(LedgerQuery("case"), 0, 9)
    return [entry.view.text("brief") for entry in found.entries]


async def receipted(at: Place) -> None:
    await until(lambda: at.terminal.status.waiting == 0, "all is receipted")


async def test_it_stays_as_it_was_written(rig: Rig, tmp_path: Path) -> None:
    async with (
        place(rig, tmp_path / "gate", G1, Role.CHECKPOINT) as gate,
        place(rig, tmp_path / "grid", G1) as grid,
    ):
        await grid.terminal.record([case("a case of somebody else", 1)])
        await receipted(grid)
        await gate.terminal.record([case("two men climb the wall", 2)])
        await receipted(gate)
        assert await briefs(gate.terminal) == ["two men climb the wall"]
        entry = await gate.terminal.entry(record_id(2))
        assert entry is not None
        assert entry.standing is Standing.HELD
        assert (await gate.terminal.history(record_id(2))).entries
        assert not (await gate.terminal.todo()).tasks, "what becomes of it is not told here"
        await gate.terminal.change(record_id(2), {"brief": "three men climb the wall"})
        await receipted(gate)
        assert gate.terminal.status.refused == 0
        with pytest.raises(UnknownRecord):
            await gate.terminal.change(record_id(1), {"brief": "x"})
        # The next frames of the feed, and a base built anew, leave it where it is.
        await grid.terminal.record([Draft("household", record_id(3), G1, {"door": "1-1-101"})])
        door = LedgerQuery("household")

        async def door_is_here() -> bool:
            return bool((await gate.terminal.ledger(door, 0, 9)).entries)

        await until_async(door_is_here, "the door is at the gate")
        assert await briefs(gate.terminal) == ["three men climb the wall"]
    async with place(rig, tmp_path / "gate") as gate:
        assert await briefs(gate.terminal) == ["three men climb the wall"]
    key_id = load_identity(tmp_path / "gate").key.key_id
    assert examine(tmp_path / "gate" / STORE_FILE, key_id).is_sound


async def test_a_reveal_made_offline_reaches_the_office_and_nobody_else(
    rig: Rig, tmp_path: Path
) -> None:
    """It is counted; neither its author nor the street office takes it back or reads it."""
    look: Patch = {"of": record_id(3).hex(), "of_kind": "household", "why": "call"}
    async with (
        place(rig, tmp_path / "grid", G1, online=False) as grid,
        place(rig, tmp_path / "street", "lianhu", Role.STREET) as street,
    ):
        await grid.terminal.record([Draft("reveal", record_id(7), G1, look)])
        with pytest.raises(InvalidRecord):
            await grid.terminal.void(record_id(7), "never happened")
        grid.terminal.go_online()
        await until(lambda: grid.terminal.status.connected, "the grid worker is online")
        await receipted(grid)
        (row,) = (await rig.office.records_page("reveal", "lianhu", None, 9)).views
        assert (row.id, row.text("why"), row.unit) == (record_id(7), "call", G1)
        today = rig.office.today
        cells = (await rig.office.rollup_cells("lianhu", 0, today, today)).cells
        assert cells[today, "lianhu"]["reveals.call"] == 1
        assert (await rig.office.audit()).differences == []

        async def is_marked() -> bool:
            return bool(await street.terminal.entry(record_id(8)))

        await grid.terminal.record([Draft("household", record_id(8), G1, {"door": "1-1-101"})])
        await until_async(is_marked, "what came after it is at the street office")
        assert await street.terminal.entry(record_id(7)) is None
        assert (await street.terminal.history(record_id(7))).entries == ()


@pytest.mark.parametrize("role", ["checkpoint", "grid"])
async def test_a_receipt_after_the_feed_leaves_it_too(tmp_path: Path, role: str) -> None:
    """Only what is handed in: what the feed would have brought has left the scope."""
    who = identity(G1, role=role)
    async with local_terminal(tmp_path, who=who) as local:
        office, replica = MiniOffice(local.clock.now_ms), local.terminal.replica
        welcome = msgspec.structs.replace(office.welcome(KEY_ID), role=role, scope=[G1])
        await replica.adopt_welcome(welcome, new_epoch=True, clear_base=True, now_ms=1)
        await local.terminal.record([case("smoke", 1)])
        batch = await local.store.waiting(0, 500, 1 << 20)
        assert batch is not None
        late = office.take(batch, KEY_ID)
        frame, _rows = office.feed(0)
        await replica.apply_feed(msgspec.structs.replace(frame, body=wire.pack_list([])), [], 1)
        empty = wire.CaughtUp(office.seq, office.hist, NO_ID, 0)
        assert await replica.caught_up(empty, 1)
        await replica.apply_receipts(late, 1)
        assert bool(await local.terminal.entry(record_id(1))) == (role == "checkpoint")
