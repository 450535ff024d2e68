"""A re-gridding plan: rows of a table, and what is wrong with them before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from armband.server.errors import BadRequest
from armband.server.imports.reader import read_book
from armband.shared.errors import InvalidUnit
from armband.shared.kinds import View
from armband.shared.normal import clean
from armband.shared.regridding import DoorRule, door_key
from armband.shared.units import LEVELS, check_unit, is_within, parent_of

HEADS: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "原辖区", "原辖区代码"),
    "to": ("to", "新辖区", "新辖区代码"),
    "doors": ("doors", "门牌", "门牌号"),
    "name": ("name", "名称", "新名称"),
    "level": ("level", "级别"),
}
_GAPS = re.compile(r"[;；、]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a whole unit, or some of its doors, goes to another unit.

    Attributes:
        number: its place in the file.
        doors: ends of ranges; empty for the whole unit with all below it.
        name, level: of the new unit, where the office does not have it yet.
    """

    number: int
    old: str
    new: str
    doors: tuple[tuple[str, str], ...] = ()
    name: str = ""
    level: str = ""

    def rules(self) -> list[DoorRule]:
        """The rules for the doors, as the old unit's record holds them."""
        return [DoorRule(low, high, self.new) for low, high in self.doors]


def read_plan(path: Path) -> list[Row]:
    """The rows of a plan (csv or xlsx); `check_plan` compares them with the office.

    Raises:
        UnreadableFile: it is no table.
        BadRequest: a row cannot be read; all problems, one a line.
    """
    table = read_book(path).sheets[0].rows
    places = _places(table[0] if table else [])
    rows, problems = [], []
    for number, cells in enumerate(table[1:], 2):
        told = {name: clean(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        if not any(told.values()):
            continue
        try:
            rows.append(_row(number, told))
        except (InvalidUnit, BadRequest) as error:
            problems.append(f"row {number}: {error}")
    if not rows and not problems:
        problems.append("it has no rows")
    if problems:
        raise BadRequest(f"{path.name}: " + "\n".join(problems))
    return rows


def _places(heads: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        for name, words in HEADS.items():
            if clean(head).lower() in words:
                found.setdefault(name, place)
    missing = [name for name in ("from", "to") if name not in found]
    if missing:
        raise BadRequest(
            "the first row of a plan names the columns from and to, and doors, name, level where "
            f"they are needed; there is no {' and no '.join(missing)}"
        )
    return found


def _row(number: int, told: Mapping[str, str]) -> Row:
    level = told.get("level", "")
    if level and level not in LEVELS:
        raise BadRequest(f"{level!r} is no level; there are: {', '.join(LEVELS)}")
    doors = []
    for part in _GAPS.split(told.get("doors", "")):
        if part.strip():
            low, dots, high = part.strip().partition("..")
            low, high = low.strip(), (high.strip() if dots else low.strip())
            if not door_key(low) or door_key(high)[: len(door_key(low))] < door_key(low):
                raise BadRequest(f"{part.strip()!r} are no doors; write 3-1..3-2, or 3-2-502")
            doors.append((low, high))
    old, new = check_unit(told["from"]), check_unit(told["to"])
    return Row(number, old, new, tuple(doors), told.get("name", ""), level)


def check_plan(rows: Sequence[Row], units: Mapping[str, View]) -> None:
    """Refuse a plan that does not fit the units of the office, by code.

    Raises:
        BadRequest: all problems, one a line.
    """
    wholes: dict[str, Row] = {}
    given = {row.new for row in rows}
    problems = []
    for row in rows:
        problems += [f"row {row.number}: {problem}" for problem in _problems(row, given, units)]
        earlier = row if row.doors else wholes.setdefault(row.old, row)
        if earlier is not row:
            problems.append(f"row {row.number}: row {earlier.number} moves {row.old} already")
    problems += [
        f"row {row.number}: {row.new} goes away itself in row {wholes[row.new].number}"
        for row in rows
        if row.new in wholes
    ]
    if problems:
        raise BadRequest("the plan does not fit the office: " + "\n".join(problems))


def _problems(row: Row, given: Set[str], units: Mapping[str, View]) -> Iterator[str]:
    old = units.get(row.old)
    # A plan that has begun is completed by running it again.
    if old is None or old.text("moved_to") not in ("", row.new):
        yield f"the office has no unit {row.old}"
    if row.new == row.old or (is_within(row.new, row.old) and not row.doors):
        yield f"{row.new} is {row.old} itself or stands in it"
    above = parent_of(row.new)
    if above not in units and above not in given:
        yield f"there is no unit above {row.new}"
    if row.new not in units and row.doors and not row.level:
        yield f"{row.new} is new: give its name and level"
