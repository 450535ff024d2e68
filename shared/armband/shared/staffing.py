"""Who serves where: the five posts of each grid, its 3+N, the three-person team, liaisons and their
households. Pure; the terminal and the office work it out of their records with this code alone.

The 3+N (page A): 社区工作人员 + 物管人员 + 党员, and N others: 楼栋长, 协会组织, 驻区单位, 志愿者.
The three-person team (page E): 社区党委书记, 辖区片警, 辖区片医.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from armband.shared.kinds.declare import View
from armband.shared.kinds.post_roles import GRID_POSTS
from armband.shared.kinds.same import survivor
from armband.shared.units import CLOSED, is_within, lineage, unit_order
from armband.shared.wire import UnitName

THREE: Mapping[str, tuple[str, ...]] = {
    "worker": ("worker", "grid_manager", "feeling_officer", "monitor", "security_officer"),
    "property": ("property",),
    "party": ("branch_secretary", "liaison", "retired_party", "secretary"),
}
"""Which roles stand for each of the three of a 3+N."""
OTHERS = (
    "building_head",
    "volunteer",
    "owners_committee",
    "self_management",
    "co_builder",
)
"""The roles of its N."""
TRIO = ("secretary", "police", "doctor")
MOST_HOUSEHOLDS = 30
"""A liaison with more is overloaded; the page's average is 20.7 (1,056 for 21,822)."""
GRID_LEVELS = frozenset({"grid", "microgrid", "compound", "building", "group"})
Wanted = Callable[[View], bool]
KINDS = ("staff", "post", "household", "unit")
"""The kinds out of which a report is made."""


class Holder(msgspec.Struct, frozen=True):
    """Somebody in a post. ``until`` is the last day, ``""`` when none is set."""

    staff: str
    name: str
    phone: str
    role: str
    unit: str
    until: str = ""


class Team(msgspec.Struct, frozen=True):
    """A unit's people: those of a grid's five posts, or a community's three-person team."""

    unit: str
    name: str
    holders: list[Holder]
    vacant: list[str]


class Gap(msgspec.Struct, frozen=True):
    """The 3+N of a grid: which of the three is missing, and how many the N are."""

    unit: str
    name: str
    missing: list[str]
    others: int


class Unmanaged(msgspec.Struct, frozen=True):
    """A compound without property management, and who stands in for it."""

    unit: str
    name: str
    partner: str


class Load(msgspec.Struct, frozen=True):
    """A liaison and the number of households that they look after."""

    staff: str
    name: str
    households: int


class Staffing(msgspec.Struct, frozen=True):
    """The report of a unit on a day: the JSON of ``armband staffing``; keys may be added.

    ``vacant`` counts posts of grids; ``orphans`` are the ids of households without a liaison.
    """

    unit: str
    day: str
    vacant: int
    grids: list[Team]
    gaps: list[Gap]
    teams: list[Team]
    no_grid: list[Holder]
    expired: list[Holder]
    reserve: list[Holder]
    unmanaged: list[Unmanaged]
    households: int
    without_liaison: int
    orphans: list[str]
    loads: list[Load]
    overloaded: int


@dataclass(slots=True)
class Roster:
    """Records, sorted for questions; feed it with `take`, then ask."""

    day: str
    units: Mapping[str, UnitName]
    staff: dict[str, View] = field(default_factory=dict)
    posts: list[View] = field(default_factory=list)
    households: list[View] = field(default_factory=list)
    places: list[View] = field(default_factory=list)
    _same: dict[str, str] = field(default_factory=dict)

    def take(self, views: Iterable[View]) -> None:
        """Take records of `KINDS`; of merged ones only who stands for them."""
        for view in views:
            if view.void or not view.unit:
                continue
            if view.kind == "staff":
                self._same[view.id.hex()] = view.same_as
            if view.same_as:
                continue
            if view.kind == "staff":
                self.staff[view.id.hex()] = view
            elif view.kind == "post":
                self.posts.append(view)
            elif view.kind == "household":
                self.households.append(view)
            elif view.kind == "unit" and not view.text("moved_to"):
                self.places.append(view)

    def person(self, ref: str) -> str:
        """The id of the record that stands for a member of staff."""
        return survivor(ref, self._same.get)

    def holders(self) -> list[Holder]:
        """Everybody's posts on the day, by unit and name; the reserve has none."""
        found: dict[tuple[str, str, str], Holder] = {}
        for ref, view in self.staff.items():
            held = view.fields.get("posts")
            until = view.text("until")
            if view.fields.get("reserve") or (until and until < self.day):
                continue
            for role in held if isinstance(held, list) else ():
                found[view.unit, ref, str(role)] = _holder(ref, view, str(role), view.unit, until)
        for post in self.posts:
            ref = self.person(post.text("staff"))
            person, until = self.staff.get(ref), post.text("until")
            if person is None or not (post.text("since") <= self.day <= (until or "9999")):
                continue
            role = post.text("role")
            found[post.unit, ref, role] = _holder(ref, person, role, post.unit, until)
        return sorted(found.values(), key=lambda h: (unit_order(h.unit), h.role, h.name, h.staff))

    def loads(self, unit: str) -> dict[str, list[View]]:
        """Liaison to households; ``""`` for those without one."""
        found: dict[str, list[View]] = {}
        for home in self.households:
            if is_within(home.unit, unit):
                ref = home.text("liaison")
                found.setdefault(self.person(ref) if ref else "", []).append(home)
        return found


def _holder(ref: str, view: View, role: str, unit: str, until: str) -> Holder:
    return Holder(ref, view.text("name"), view.text("phone"), role, unit, until)


def staffing(roster: Roster, unit: str, *, most: int = MOST_HOUSEHOLDS) -> Staffing:
    """The report of a unit and all below it."""
    named = [
        roster.units[code]
        for code in sorted(roster.units, key=unit_order)
        if is_within(code, unit) and roster.units[code].level != CLOSED
    ]
    holders = roster.holders()
    grids = [_team(name, holders, GRID_POSTS) for name in named if name.level == "grid"]
    loads = roster.loads(unit)
    orphans = loads.pop("", [])
    listed = [_load(roster, ref, len(homes)) for ref, homes in loads.items()]
    by_load = sorted(listed, key=lambda load: (-load.households, load.name, load.staff))
    return Staffing(
        unit=unit,
        day=roster.day,
        vacant=sum(len(grid.vacant) for grid in grids),
        grids=grids,
        gaps=[_gap(name, holders) for name in named if name.level == "grid"],
        teams=[
            _team(name, holders, TRIO, from_above=True)
            for name in named
            if name.level in ("community", "area")
        ],
        no_grid=_in_no_grid(roster, holders, unit),
        expired=_listed(roster, unit, lambda view: "" < view.text("until") < roster.day),
        reserve=_listed(roster, unit, lambda view: bool(view.fields.get("reserve"))),
        unmanaged=[
            Unmanaged(view.unit, view.text("name"), view.text("partner"))
            for view in sorted(roster.places, key=lambda view: unit_order(view.unit))
            if view.fields.get("no_manager") and is_within(view.unit, unit)
        ],
        households=len(orphans) + sum(load.households for load in listed),
        without_liaison=len(orphans),
        orphans=[home.id.hex() for home in orphans],
        loads=by_load,
        overloaded=sum(load.households > most for load in listed),
    )


def _team(
    unit: UnitName, holders: Iterable[Holder], roles: tuple[str, ...], *, from_above: bool = False
) -> Team:
    """Who holds these roles in the unit itself; or, where nobody does, in the nearest one above."""
    found: list[Holder] = []
    vacant = []
    for role in roles:
        fit: list[Holder] = []
        for code in lineage(unit.code) if from_above else (unit.code,):
            fit = fit or [h for h in holders if h.role == role and h.unit == code]
        found += fit
        vacant += [] if fit else [role]
    return Team(unit.code, unit.name, found, vacant)


def _gap(unit: UnitName, holders: Iterable[Holder]) -> Gap:
    inside = [holder for holder in holders if is_within(holder.unit, unit.code)]
    roles = {holder.role for holder in inside}
    missing = [part for part, fitting in THREE.items() if not roles.intersection(fitting)]
    others = len({holder.staff for holder in inside if holder.role in OTHERS})
    return Gap(unit.code, unit.name, missing, others)


def _in_no_grid(roster: Roster, holders: Iterable[Holder], unit: str) -> list[Holder]:
    """People of the list none of whose posts is on a grid or below one."""
    levels = {code: name.level for code, name in roster.units.items()}
    placed = {holder.staff for holder in holders if levels.get(holder.unit) in GRID_LEVELS}
    return [
        person
        for person in _listed(roster, unit, lambda view: not view.fields.get("reserve"))
        if person.staff not in placed and not "" < person.until < roster.day
    ]


def _listed(roster: Roster, unit: str, wanted: Wanted) -> list[Holder]:
    people = [
        _holder(ref, view, "", view.unit, view.text("until"))
        for ref, view in roster.staff.items()
        if is_within(view.unit, unit) and wanted(view)
    ]
    return sorted(people, key=lambda person: (unit_order(person.unit), person.name, person.staff))


def _load(roster: Roster, ref: str, count: int) -> Load:
    person = roster.staff.get(ref)
    return Load(ref, person.text("name") if person is not None else "", count)
