"""Staff, posts and households: one report at the office and on a terminal, assigning, twins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.merging import make_same
from armband.client.people import assign, homes_of, possible_duplicates, report
from armband.client.terminal import Terminal
from armband.server.admin import Admin
from armband.server.cli.staffing import staffing_of
from armband.server.desk import _DirectDesk
from armband.shared.drafts import Draft
from armband.shared.duplicates import CIRCLE, SAME_DOOR, SAME_NAME, SAME_PHONE, SOUNDS_ALIKE
from armband.shared.fields import Patch
from armband.shared.kinds.post_roles import GRID_POSTS
from armband.shared.kinds.same import SAME_AS
from armband.shared.permissions import Role
from support.office_rig import G1, G2, OFFICE, Rig, office_rig
from support.terminals import place
from support.waiting import until

YG = "lianhu/yg"
WANG, LI, ZHAO, OLD = b"w" * 16, b"l" * 16, b"z" * 16, b"o" * 16


def draft(kind: str, number: int, unit: str, **fields: object) -> Draft:
    patch: Patch = fields  # type: ignore[assignment]  # any value of the kind
    return Draft(kind, kind.encode()[:1] * 12 + number.to_bytes(4, "big"), unit, patch)


def people() -> list[Draft]:
    named = [(WANG, "王建国", G1), (LI, "李雪婷", YG), (ZHAO, "赵梅", YG), (OLD, "孙立", G2)]
    more: dict[bytes, Patch] = {
        WANG: {"posts": ["grid_manager", "property"]},
        ZHAO: {"reserve": True},
        OLD: {"posts": ["volunteer"], "until": "2022-06-01"},
    }
    return [Draft("staff", r, unit, {"name": n, **more.get(r, {})}) for r, n, unit in named]


def posts(today: str) -> list[Draft]:
    return [
        *(draft("post", n, G2, staff=LI.hex(), role=r) for n, r in enumerate(GRID_POSTS[:3])),
        draft("post", 7, G1, staff=LI.hex(), role="monitor", until="2022-06-01"),
        draft("post", 8, G1, staff=LI.hex(), role="monitor", since="2023-01-01"),
        draft("post", 9, YG, staff=LI.hex(), role="secretary", since=today),
        draft("post", 10, OFFICE, staff=LI.hex(), role="police"),
    ]


def homes() -> list[Draft]:
    mine = [draft("household", n, G1, door=f"1-1-{n}", liaison=WANG.hex()) for n in range(3)]
    return [*mine, *(draft("household", n, G1, door=f"2-1-{n}") for n in range(10, 12))]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as opened:
        yield opened


async def test_the_report_is_the_same_on_both_sides_and_true_to_the_figures(
    rig: Rig, tmp_path: Path
) -> None:
    today = rig.office.today
    unmanaged = Draft("unit", b"u" * 16, f"{G1}/c1", {"name": "纺织家属院", "level": "compound"})
    unmanaged.fields.update({"no_manager": True, "partner": "市统计局"})
    async with place(rig, tmp_path / "a", OFFICE, Role.STREET) as here:
        await here.terminal.record([*people(), *posts(today), *homes(), unmanaged])
        await until(lambda: here.terminal.status.waiting == 0, "the office holds them")
        found = await report(here.terminal)
        office = await staffing_of(_DirectDesk(Admin(rig.office, rig.environment)), "")
        assert office == found
    by_unit = {team.unit: team.vacant for team in found.grids}
    # A post that is over, or has not begun, is vacant.
    assert by_unit[G1] == ["feeling_officer", "monitor", "security_officer", "branch_secretary"]
    assert by_unit[G2] == ["security_officer", "branch_secretary"]
    assert {gap.unit: gap.missing for gap in found.gaps}[G1] == ["party"]
    assert {gap.unit: gap.others for gap in found.gaps}[G2] == 0
    trio = next(team for team in found.teams if team.unit == YG)
    assert ([h.role for h in trio.holders], trio.vacant) == (["secretary", "police"], ["doctor"])
    assert [person.name for person in found.no_grid] == []
    assert [person.name for person in found.reserve] == ["赵梅"]
    assert [person.name for person in found.expired] == ["孙立"]
    assert [(p.name, p.partner) for p in found.unmanaged] == [("纺织家属院", "市统计局")]
    assert (found.households, found.without_liaison) == (5, 2)
    assert [(load.name, load.households) for load in found.loads] == [("王建国", 3)]
    cells = (await rig.office.rollup_cells(OFFICE, 0, today, today)).cells["", OFFICE]
    assert cells["households.without_liaison"] == found.without_liaison
    # The sums cannot tell that one of the named has yet to begin.
    assert cells["posts.filled"] == 5 * len(found.grids) - found.vacant + 1
    assert (await rig.office.audit()).differences == []


async def test_a_liaison_has_own_households_and_orphans_are_given_away(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a", G1) as here:
        terminal = here.terminal
        visit: Patch = {"household": homes()[1].id.hex(), "channel": "door", "outcome": "met"}
        visit |= {"next_day": "2022-06-20"}
        await terminal.record([*people()[:1], *homes(), Draft("visit", b"v" * 16, G1, visit)])
        mine = await homes_of(terminal, WANG.hex())
        # Longest not visited first.
        assert [home.entry.view.text("door") for home in mine] == ["1-1-0", "1-1-2", "1-1-1"]
        assert (mine[2].last_visit, mine[2].next_day) == (terminal.today, "2022-06-20")
        orphans = [home.entry.view.id for home in await homes_of(terminal, "")]
        assert len(orphans) == 2
        assert await assign(terminal, orphans, WANG.hex()) == 2
        assert await assign(terminal, orphans, WANG.hex()) == 0
        assert len(await homes_of(terminal, WANG.hex())) == 5
        assert await assign(terminal, orphans[:1], None) == 1
        assert len(await homes_of(terminal, "")) == 1


async def test_what_may_be_one_is_listed_by_reason_and_leaves_when_it_is_merged(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a", G1) as here:
        terminal = here.terminal
        doors = [draft("household", n, G1, door="3-2-502") for n in (1, 2)]
        at, far = doors[0].id.hex(), "f" * 32
        names = [("李雪婷", at, ""), ("李雪停", at, ""), ("赵梅", at, "13800000001")]
        names += [("赵梅", far, "13800000001"), ("王建国", at, ""), ("王建国", at, "")]
        persons = [
            draft("resident", n, G1, name=name, household=home, **({"phone": p} if p else {}))
            for n, (name, home, p) in enumerate(names)
        ]
        await terminal.record([*doors, *persons])
        found = {group.why: len(group.records) for group in await possible_duplicates(terminal)}
        assert found == {SAME_DOOR: 2, SAME_PHONE: 2, SAME_NAME: 2, SOUNDS_ALIKE: 2}
        await make_same(terminal, doors[1].id, "household", at)
        await make_same(terminal, persons[1].id, "resident", persons[0].id.hex())
        assert await reasons(terminal) == {SAME_PHONE, SAME_NAME}
        # Two people merge them unseen of each other, each the other way round.
        await terminal.change(persons[0].id, {SAME_AS: persons[1].id.hex()})
        assert await reasons(terminal) == {SAME_PHONE, SAME_NAME, CIRCLE}


async def reasons(terminal: Terminal) -> set[str]:
    return {group.why for group in await possible_duplicates(terminal)}
