"""What a plan means for the units and the records that are there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from armband.server.regrid.plan import Row
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.declare import MOVED_FROM
from armband.shared.regridding import Forwards, goes_along
from armband.shared.units import is_within, unit_order

MOVING = tuple(
    name
    for name, kind in CATALOGUE.items()
    if name != "unit" and (not kind.dated or kind.follows_people)
)
"""The kinds whose records go along with their unit, households first: others follow their door."""
_OF_THE_MOVE = ("moved_to", "doors_moved", "moved_on")


class Moved(msgspec.Struct, frozen=True):
    """How many records of each kind go from a unit to another."""

    unit: str
    to: str
    records: dict[str, int]


class Told(msgspec.Struct, frozen=True):
    """A terminal that works in units that change.

    Attributes:
        waiting: its unsent work, as it last said; None when it has never been here.
        scope: what it shall have.
    """

    terminal: str
    id: str
    person: str
    waiting: int | None
    scope: list[str]


class Outcome(msgspec.Struct, frozen=True):
    """What a re-gridding does, or did: the JSON of the command."""

    households: int
    unsent: int
    moves: list[Moved]
    units_made: list[str]
    units_closed: list[str]
    same_doors: list[str]
    terminals: list[Told]


@dataclass(slots=True)
class Units:
    """The unit records before and after."""

    made: list[Draft] = field(default_factory=list)
    closed: list[Draft] = field(default_factory=list)
    forwards: Forwards = field(default_factory=Forwards)


def units_of(rows: Sequence[Row], known: Mapping[str, View], office: str, today: str) -> Units:
    """The new units, the marks on the old ones, and the table that follows from them.

    Args:
        known: the records of the units that are there, by code.
    """
    units, marks = Units(), dict[str, Patch]()
    for row in rows:
        for code in sorted(known, key=unit_order):
            if code == row.old or (not row.doors and is_within(code, row.old)):
                _take(row, known[code], row.new + code.removeprefix(row.old), marks, today)
        _make(row.new, known, row, units, office)
        if not row.doors:
            for code in sorted(known, key=unit_order):
                if is_within(code, row.old) and code != row.old:
                    _make(row.new + code.removeprefix(row.old), known, row, units, office, code)
    units.closed = [
        Draft("unit", known[code].id, code, patch)
        for code, patch in sorted(marks.items(), key=lambda mark: unit_order(mark[0]))
    ]
    after = {**known}
    for draft in units.closed:
        view = known[draft.unit]
        after[draft.unit] = View(view.id, "unit", view.unit, {**view.fields, **draft.fields})
    for draft in units.made:
        after[draft.unit] = View(draft.id, "unit", draft.unit, draft.fields)
    for view in after.values():
        units.forwards.take(view)
    return units


def _take(row: Row, view: View, new: str, marks: dict[str, Patch], today: str) -> None:
    again = view.text("moved_to") == new and not row.doors
    mark = marks.setdefault(view.unit, {"moved_on": view.text("moved_on") if again else today})
    if not row.doors:
        mark["moved_to"] = new
        return
    held = mark.get("doors_moved", view.fields.get("doors_moved"))
    before = [str(text) for text in held] if isinstance(held, list) else []
    stored = [rule.stored() for rule in row.rules()]
    mark["doors_moved"] = [*(text for text in before if text not in stored), *stored]


def _make(
    code: str, known: Mapping[str, View], row: Row, units: Units, office: str, like: str = ""
) -> None:
    """The unit record of ``code``, where there is none or where it was closed once."""
    if code in {draft.unit for draft in units.made}:
        return
    present = known.get(code)
    if present is not None:
        if present.text("moved_to"):
            fields: Patch = {"moved_to": None}
            units.made.append(Draft("unit", present.id, code, fields))
        return
    old = known[like or row.old].fields
    fields = {name: value for name, value in old.items() if name not in _OF_THE_MOVE}
    if row.doors:
        # A part that is split off has its own people and groups; only its kind of place is known.
        fields = {name: old[name] for name in ("level", "place") if name in old}
    if not like:
        fields["name"] = row.name or str(old.get("name", code))
        fields["level"] = row.level or str(old.get("level", "grid"))
    units.made.append(Draft("unit", natural_record_id(office, "unit", code), code, fields))


@dataclass(slots=True)
class Sorter:
    """Finds the records that hang where they should not; households are to be shown first."""

    forwards: Forwards
    homes: dict[str, str] = field(default_factory=dict)
    doors: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def take(self, view: View) -> Draft | None:
        """The draft that moves a record; None when it stays."""
        if not view.unit or not goes_along(view.kind, view.fields, ""):
            return None
        ref = view.fields.get("household")
        home = self.homes.get(ref, "") if isinstance(ref, str) else ""
        target = self.forwards.target(view.kind, view.unit, view.fields, home)
        if view.kind == "household":
            self.homes[view.id.hex()] = target
            if not view.void and not view.same_as:
                self.doors[target, view.text("door")] += 1
        if target == view.unit:
            return None
        self.counts.setdefault((view.unit, target), Counter())[view.kind] += not view.void
        return Draft(view.kind, view.id, target, {MOVED_FROM: view.unit})

    def moves(self) -> list[Moved]:
        """What was found, by unit."""
        ordered = sorted(self.counts.items(), key=lambda item: unit_order(item[0][0]))
        return [Moved(old, new, dict(sorted(count.items()))) for (old, new), count in ordered]

    def same_doors(self) -> list[str]:
        """Doors that stand in one unit twice afterwards: to be merged by people."""
        return sorted(f"{unit} {door}" for (unit, door), count in self.doors.items() if count > 1)


def scope_after(scope: Sequence[str], forwards: Forwards) -> list[str]:
    """A terminal's units: the old ones stay, for what is dated there, and the new ones come."""
    after = dict.fromkeys(scope)
    for unit, forward in sorted(forwards.by_unit.items()):
        if not forward.whole or not any(is_within(unit, code) for code in scope):
            continue
        if not any(is_within(forward.whole, code) for code in after):
            after[forward.whole] = None
    return list(after)


def touches(scope: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a terminal works in a unit that changes."""
    return any(
        is_within(row.old, code) or (not row.doors and is_within(code, row.old))
        for row in rows
        for code in scope
    )
