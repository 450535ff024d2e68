"""Where a row's record hangs: the unit and the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armband.server.imports.heads import UNIT_HEADS
from armband.server.imports.plan import RowRefused
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import Step, UnitTree
from armband.server.imports.values import Reading
from armband.shared.errors import InvalidUnit
from armband.shared.normal import clean_building, clean_door, door_text, is_none_mark
from armband.shared.units import LEVELS

MAX_DOOR = 60
_HEAD_WORDS: Mapping[str, str] = {
    "building": "building (楼栋)",
    "stair": "stairwell unit (单元)",
    **{level: f"{level} ({heads[0]})" for level, heads in UNIT_HEADS.items()},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Finds the units that the rows of one register name, below one unit of the office."""

    tree: UnitTree
    base: str
    register: Register

    def unit_of(self, row: DataRow, into: Reading) -> str:
        """The code of the row's unit, made when it is new.

        Raises:
            RowRefused: the code would be too long, a name too long.
        """
        steps: list[Step] = []
        for level in UNIT_HEADS:
            name = row.text(level) or self._around(level)
            if name and not is_none_mark(name):
                steps.append((level, name))
            elif level in row.missing:
                into.warnings.append(f"no {_HEAD_WORDS[level]}; the row hangs on the unit above")
        try:
            return self.tree.place(self.base, tuple(steps))
        except (InvalidUnit, ValueError) as error:
            raise RowRefused(str(error)) from None

    def _around(self, level: str) -> str:
        """The unit that the sheet itself names, when it stands below the base.

        A register that says 平安街社区 and is imported under another community is that one's, as
        asked for; a sheet of another grid than the one it is imported under is a mistake.
        """
        name = self.register.around.get(level, "")
        base_level = self.tree.level_of(self.base)
        if not name or base_level not in LEVELS or LEVELS.index(level) > LEVELS.index(base_level):
            return name
        if level == "community" or self.tree.is_at_or_above(self.base, level, name):
            return ""
        raise RowRefused(
            f"the sheet is of {name}, but --under names {self.tree.name_of(self.base)}"
        )


def warn_of_doubts(row: DataRow, into: Reading) -> None:
    """Say which values came from a row above a subtotal."""
    for name, origin in row.doubtful.items():
        word = _HEAD_WORDS.get(name, name)
        into.warnings.append(f"no {word}; taken from row {origin}, above a subtotal")


def door_of(row: DataRow) -> str:
    """The row's door, such as ``3-1-101``.

    Raises:
        RowRefused: the row does not say which door.
    """
    if "building" in row.missing:
        raise RowRefused("no building number (楼栋); write / where a house has none")
    building, stair = (_given(row.text(name)) for name in ("building", "stair"))
    room, whole = (_given(row.text(name)) for name in ("room", "door"))
    last = room or whole
    if not last:
        has_room = "room" in row.cells
        raise RowRefused("no room number (房号)" if has_room else "no door number (门牌号)")
    door = clean_door(last)
    if not (building and door.startswith(clean_building(building) + "-")):
        door = door_text(building, stair, door)
    if not 0 < len(door) <= MAX_DOOR:
        raise RowRefused(f"the door has more than {MAX_DOOR} characters")
    return door


def _given(text: str) -> str:
    return "" if is_none_mark(text) else text
