"""Re-gridding (网格调整): where what is filed to a unit goes after the unit moved, merged or split.

The records of units say it themselves: ``moved_to`` of one that is closed, ``doors_moved`` of one
that gave some doors away. So the table is as durable as any record, is the same at the office and
on every terminal, and comes back with a backup. Pure; a circle leads nowhere.

Standing records (households, people, posts, shops) go along. Dated work stays where it was done,
so that old figures keep the old unit; what is dated from ``moved_on`` on and still names the old
unit is filed to the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from armband.shared.errors import InvalidUnit
from armband.shared.fields import Value
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.units import check_unit, lineage

STEPS_MAX = 8
"""Re-griddings in a row that are followed."""
_NUMBERS = re.compile(r"[0-9]+|[^0-9-]+")

DoorKey = tuple[tuple[int, str], ...]


def door_key(door: str) -> DoorKey:
    """A door for comparing: ``3-2-502`` is 3, 2, 502."""
    return tuple(
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part)
        for part in _NUMBERS.findall(door)
    )


@dataclass(frozen=True, slots=True)
class DoorRule:
    """Doors of a unit, both ends included, and the unit to which they belong now.

    A shorter end stands for all doors below it: ``3-1`` to ``3-2`` holds 3-2-502.
    """

    low: str
    high: str
    unit: str

    @classmethod
    def parse(cls, text: str) -> DoorRule | None:
        """``3-1..3-2 lianhu/yg/a1/g4``, as stored; None when it is none."""
        doors, blank, unit = text.rpartition(" ")
        low, dots, high = doors.partition("..")
        try:
            check_unit(unit)
        except InvalidUnit:
            return None
        return cls(low, high if dots else low, unit) if blank and low else None

    def stored(self) -> str:
        """As `parse` reads it."""
        return f"{self.low}..{self.high} {self.unit}"

    def holds(self, door: str) -> bool:
        """Whether a door is one of these."""
        key, low, high = door_key(door), door_key(self.low), door_key(self.high)
        return bool(key) and low <= key[: max(len(low), 1)] and key[: len(high)] <= high


@dataclass(frozen=True, slots=True)
class Forward:
    """What a unit says of itself: where all of it went, or some doors, and from which day on."""

    whole: str = ""
    doors: tuple[DoorRule, ...] = ()
    since: str = ""


@dataclass(slots=True)
class Forwards:
    """All units that say something; `take` keeps it new. A reader in another thread sees one state
    or the next."""

    by_unit: dict[str, Forward] = field(default_factory=dict)
    _by_record: dict[bytes, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_unit)

    @property
    def by_door(self) -> bool:
        """Whether any unit gave some doors away: then households have to be looked at."""
        return any(forward.doors for forward in self.by_unit.values())

    def take(self, view: View) -> None:
        """Take a record of the kind ``unit`` as it is now."""
        by_unit = dict(self.by_unit)
        old = self._by_record.pop(view.id, None)
        if old is not None:
            by_unit.pop(old, None)
        forward = forward_of(view)
        if forward is not None and view.unit and not view.void:
            self._by_record[view.id] = view.unit
            by_unit[view.unit] = forward
        self.by_unit = by_unit

    def target(self, kind: str, unit: str, fields: Mapping[str, Value], home: str = "") -> str:
        """The unit to which a record belongs; ``unit`` itself when nothing moved.

        Args:
            home: where the household that the record refers to hangs, when that is known.
        """
        seen = [unit]
        while len(seen) <= STEPS_MAX:
            further = self._step(kind, seen[-1], fields, home)
            if further == seen[-1]:
                return further
            if further in seen:
                return unit
            seen.append(further)
        return unit

    def _step(self, kind: str, unit: str, fields: Mapping[str, Value], home: str) -> str:
        for above in lineage(unit):
            forward = self.by_unit.get(above)
            if forward is None or not goes_along(kind, fields, forward.since):
                continue
            if forward.whole:
                return forward.whole + unit.removeprefix(above)
            if above == unit and (by_door := _by_door(forward, fields, home)):
                return by_door
        return unit

    def leads(self, old: str, new: str) -> bool:
        """Whether work for ``old`` may end in ``new``, by whatever rule."""
        open_ends, seen = [old], {old}
        while open_ends and len(seen) <= 64:
            unit = open_ends.pop()
            if unit == new:
                return True
            for above in lineage(unit):
                forward = self.by_unit.get(above)
                if forward is None:
                    continue
                ends = [forward.whole + unit.removeprefix(above)] if forward.whole else []
                ends += [rule.unit for rule in forward.doors if above == unit]
                open_ends += [end for end in ends if end not in seen]
                seen.update(ends)
        return False


def _by_door(forward: Forward, fields: Mapping[str, Value], home: str) -> str:
    """By its own door, or by that of the household it is about."""
    door = fields.get("door")
    for rule in forward.doors:
        if home == rule.unit or (isinstance(door, str) and rule.holds(door)):
            return rule.unit
    return ""


def goes_along(kind: str, fields: Mapping[str, Value], since: str) -> bool:
    """Whether a record of this kind follows its unit, for a re-gridding on the day ``since``."""
    declared = CATALOGUE.get(kind)
    if kind == "unit" or declared is None:
        return False
    if not declared.dated or declared.follows_people:
        return True
    return str(fields.get(declared.dated) or "") >= since > ""


def forward_of(view: View) -> Forward | None:
    """What the record of a unit says; None when it says nothing."""
    whole, doors = view.text("moved_to"), view.fields.get("doors_moved")
    texts: Iterable[object] = doors if isinstance(doors, list) else ()
    rules = [rule for text in texts if (rule := DoorRule.parse(str(text))) is not None]
    try:
        moved = check_unit(whole) if whole and whole != view.unit else ""
    except InvalidUnit:
        moved = ""
    if not moved and not rules:
        return None
    return Forward(moved, tuple(rules), view.text("moved_on"))
