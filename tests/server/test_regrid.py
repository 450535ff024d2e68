"""Re-gridding with a real office and two terminals: late work is filed, old figures stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from armband.server.admin import Admin
from armband.server.desk import plain
from armband.server.desk_office import DeskOffice
from armband.server.errors import BadRequest
from armband.server.imports.build import Target, make_plan, read_source
from armband.server.imports.moved import moved_in
from armband.server.imports.run import run_plan
from armband.server.regrid.plan import read_plan
from armband.server.regrid.run import regrid
from armband.server.regrid.work_out import Outcome
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.kinds import View
from armband.shared.permissions import Role
from armband.shared.regridding import DoorRule
from support.office_rig import G1, G2, OFFICE, Rig, office_rig
from support.terminals import Place, place
from support.waiting import until, until_async

G3 = "lianhu/hy/g3"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as opened:
        yield opened


class _Desk:
    def __init__(self, rig: Rig) -> None:
        self._admin = Admin(rig.office, rig.environment)

    async def call(self, verb: str, args: dict[str, Any] | None = None, _p: object = None) -> Any:
        return plain(await self._admin.call(verb, plain(args or {})))


async def carry_out(rig: Rig, folder: Path, *rows: str, dry_run: bool = False) -> Outcome:
    plan = folder / "plan.csv"
    plan.write_text("\n".join(["from,to,doors,name,level", *rows]), "utf-8")
    return await regrid(_Desk(rig), read_plan(plan), dry_run=dry_run)


def door(text: str, unit: str = G1) -> Draft:
    record = natural_record_id(OFFICE, "household", unit, text)
    return Draft("household", record, unit, {"door": text})


async def hangs_on(rig: Rig, record: bytes) -> str:
    for kind in ("household", "resident", "visit"):
        page = await rig.office.records_page(kind, OFFICE, None, 100)
        for view in page.views:
            if view.id == record:
                return view.unit
    return ""


async def seen(here: Place, record: bytes) -> View | None:
    entry = await here.terminal.entry(record)
    return None if entry is None else entry.view


async def has_scope(here: Place) -> bool:
    return here.terminal.status.connected and G3 in here.terminal.identity.scope


async def is_there(here: Place, home: bytes) -> bool:
    view = await seen(here, home)
    return view is not None and (view.unit, view.fields.get("people")) == (G3, 4)


async def all_gone(here: Place, records: tuple[bytes, ...]) -> bool:
    return all([await seen(here, record) is None for record in records])


async def counted(rig: Rig, unit: str, day: str, metric: str) -> int:
    found = await rig.office.rollup_cells(unit, 0, day, day)
    return found.cells.get((day, unit), {}).get(metric, 0) or found.cells.get(("", unit), {}).get(
        metric, 0
    )


def visit(rig: Rig, record: bytes, home: bytes, day: str) -> Draft:
    fields: Patch = {"household": home.hex(), "channel": "door", "outcome": "met"}
    return Draft("visit", record, G1, {**fields, "at": rig.clock(), "day": day})


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("3-1..3-2 o/g", ("3-1", "3-1-101", "3-2-502"), ("3", "3-3-101", "4-1-101", "")),
        ("3 o/g", ("3-1-101", "3"), ("13-1-101", "30")),
        ("9..10 o/g", ("9-1", "10-2-1"), ("11", "1", "90")),
    ],
)
def test_ranges_of_doors(rule: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    parsed = DoorRule.parse(rule)
    assert parsed is not None
    assert [text for text in (*inside, *outside) if parsed.holds(text)] == list(inside)


async def test_a_unit_moves_and_what_comes_late_is_filed(rig: Rig, tmp_path: Path) -> None:
    yesterday, home = "2022-06-11", door("3-1-101")
    async with (
        place(rig, tmp_path / "a", G1) as at_home,
        place(rig, tmp_path / "b", G1, Role.CHIEF) as away,
    ):
        await at_home.terminal.record([home, visit(rig, b"v" * 16, home.id, yesterday)])
        await until(lambda: at_home.terminal.status.waiting == 0, "the office holds them")
        await until(lambda: away.terminal.status.last_contact is not None, "it was there")
        away.wire.up = False
        away.wire.cut()
        await until(lambda: not away.terminal.status.connected, "it is away")
        late, late_visit, old_visit = door("3-1-102"), b"w" * 16, b"x" * 16
        today = rig.office.today
        await away.terminal.record(
            [
                late,
                Draft("household", home.id, "", {"people": 4}),
                visit(rig, late_visit, home.id, today),
                visit(rig, old_visit, home.id, yesterday),
            ]
        )
        told = await carry_out(rig, tmp_path, f"{G1},{G3},,第3网格,", dry_run=True)
        assert (told.households, told.unsent, len(told.terminals)) == (1, 0, 2)
        assert await hangs_on(rig, home.id) == G1
        done = await carry_out(rig, tmp_path, f"{G1},{G3},,第3网格,")
        assert [(move.unit, move.to, move.records) for move in done.moves] == [
            (G1, G3, {"household": 1})
        ]
        assert done.units_closed == [G1]
        away.wire.up = True
        await until(lambda: away.terminal.status.waiting == 0, "late work is in", 20)
        # Standing records and today's work are filed to the new unit, yesterday's stay.
        assert [await hangs_on(rig, r) for r in (home.id, late.id, late_visit)] == [G3] * 3
        assert await hangs_on(rig, old_visit) == await hangs_on(rig, b"v" * 16) == G1
        assert await rig.office.quarantine(9) == []
        for here in (at_home, away):
            await until_async(partial(has_scope, here), "the new scope came", 20)
        await until_async(lambda: is_there(at_home, home.id), "the move and the late people")
    assert await counted(rig, G1, yesterday, "visits.total") == 2
    assert await counted(rig, G3, today, "visits.total") == 1
    assert await counted(rig, G3, today, "households.total") == 2
    assert (await rig.office.audit()).differences == []
    # The name of the old unit stays for its figures; to run the plan again changes nothing.
    assert rig.office.units[G1].name == "第1网格"
    seq = rig.office.seq
    assert (await carry_out(rig, tmp_path, f"{G1},{G3},,第3网格,")).moves == []
    assert rig.office.seq == seq
    # And back again.
    back = await carry_out(rig, tmp_path, f"{G3},{G1},,,")
    assert (back.households, back.units_closed) == (2, [G3])
    assert await hangs_on(rig, home.id) == await hangs_on(rig, late.id) == G1
    assert (await rig.office.audit()).differences == []


async def test_doors_are_split_off_and_their_people_go_along(rig: Rig, tmp_path: Path) -> None:
    stays, goes = door("3-1-101"), door("4-1-101")
    person = Draft("resident", b"p" * 16, G1, {"name": "李雪婷", "household": goes.id.hex()})
    async with place(rig, tmp_path / "a", G1) as here:
        await here.terminal.record([stays, goes, person])
        await until(lambda: here.terminal.status.waiting == 0, "the office holds them")
        here.wire.up = False
        here.wire.cut()
        await until(lambda: not here.terminal.status.connected, "it is away")
        late = Draft("resident", b"q" * 16, G1, {"name": "王建国", "household": goes.id.hex()})
        new_door = door("4-9-901")
        await here.terminal.record([late, new_door, Draft("household", goes.id, "", {"people": 2})])
        done = await carry_out(rig, tmp_path, f"{G1},{G2},4,,")
        assert done.households == 1
        assert await hangs_on(rig, stays.id) == G1
        here.wire.up = True
        await until(lambda: here.terminal.status.waiting == 0, "late work is in", 20)
        moved = (goes.id, person.id, late.id, new_door.id)
        assert [await hangs_on(rig, record) for record in moved] == [G2] * 4
        assert await rig.office.quarantine(9) == []
        # What left the terminal's units is removed from it, what stayed is there.
        await until(lambda: here.terminal.status.connected, "it is back", 20)
        await until_async(lambda: all_gone(here, moved), "what left is removed")
        assert await seen(here, stays.id) is not None
    assert (await rig.office.audit()).differences == []


REGISTER = "社区,网格,楼号,单元,房号,户主\n阳光社区,{grid},4,1,101,李雪婷\n"


async def test_a_register_finds_what_moved_by_the_old_unit_and_by_the_new(
    rig: Rig, tmp_path: Path
) -> None:
    for grid in ("第1网格", "第1网格", "第2网格"):
        await take_in(rig, tmp_path, REGISTER.format(grid=grid))
        page = await rig.office.records_page("household", OFFICE, None, 100)
        if grid == "第1网格":
            await carry_out(rig, tmp_path, f"{G1},{G2},,,")
    assert [view.text("door") for view in page.views] == ["4-1-101"]
    assert page.views[0].unit == G2
    seq = rig.office.seq
    for grid in ("第1网格", "第2网格"):
        await take_in(rig, tmp_path, REGISTER.format(grid=grid))
    assert rig.office.seq == seq
    assert sum(1 for unit in rig.office.units.values() if unit.level == "grid") == 2


async def take_in(rig: Rig, folder: Path, text: str) -> None:
    file = folder / "register.csv"
    file.write_text(text, "utf-8")
    office = await DeskOffice.reach(_Desk(rig))
    moved = await moved_in(office)
    target = Target(OFFICE, moved.units, OFFICE, lambda _number: "", {}, moved.records)
    report = await run_plan(
        make_plan(read_source("households", file), target), office, dry_run=False
    )
    assert report.refused == 0, report.lines


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("lianhu/nowhere,lianhu/yg/g9,,,", "no unit lianhu/nowhere"),
        (f"{G1},{G1},,,", "itself"),
        (f"{G1},{G1}/m1,,,", "stands in it"),
        (f"{G1},lianhu/zz/g1,,,", "no unit above"),
        (f"{G1},lianhu/yg/g9,3,,", "name and level"),
        (f"{G1},{G2},-,,", "no doors"),
        (f"{G1},{G2},9..3,,", "no doors"),
        (f"{G1},Lianhu,,,", "no unit code"),
    ],
)
async def test_what_is_wrong_with_a_plan_is_said_and_nothing_is_touched(
    rig: Rig, tmp_path: Path, row: str, told: str
) -> None:
    seq = rig.office.seq
    with pytest.raises(BadRequest, match=told):
        await carry_out(rig, tmp_path, row)
    assert rig.office.seq == seq
