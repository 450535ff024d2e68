"""The district of a simulation: its places, its people and its register."""

from __future__ import annotations

from dataclasses import dataclass

from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id

OFFICE = "lianhu"
OFFICE_NAME = "莲湖街道办事处"
COMMUNITY = f"{OFFICE}/yangguang"
GRIDS = (f"{COMMUNITY}/a1/g1", f"{COMMUNITY}/a1/g2")
DOORS_PER_GRID = 3
START_MS = 1_648_684_800_000
"""2022-03-31 08:00 in Zhengzhou."""
YEAR_MS = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Person:
    """Whose terminal it is."""

    name: str
    role: str
    unit: str


PEOPLE = (
    Person("t1", "grid", GRIDS[0]),
    Person("t2", "grid", GRIDS[1]),
    Person("t3", "community", COMMUNITY),
    Person("t4", "street", OFFICE),
)
SCOPES = ((GRIDS[0],), (GRIDS[1],), GRIDS, (COMMUNITY,), (OFFICE,), (f"{COMMUNITY}/a1",))
"""What a terminal may be given."""


def door_of(grid: str, number: int) -> tuple[bytes, str]:
    """Record id and door of a household of the register."""
    door = f"1-1-{number + 1}01"
    return natural_record_id(OFFICE, "household", grid, door), door


def register() -> list[Draft]:
    """The units, and a few doors in each grid."""
    places = {COMMUNITY: "community", f"{COMMUNITY}/a1": "area", **dict.fromkeys(GRIDS, "grid")}
    root: Patch = {"name": OFFICE_NAME, "level": "office"}
    drafts = [Draft("unit", natural_record_id(OFFICE, "unit", OFFICE), OFFICE, root)]
    for code, level in places.items():
        fields: Patch = {"name": code.rpartition("/")[2], "level": level}
        drafts.append(Draft("unit", natural_record_id(OFFICE, "unit", code), code, fields))
    for grid in GRIDS:
        for number in range(DOORS_PER_GRID):
            record, door = door_of(grid, number)
            drafts.append(Draft("household", record, grid, {"door": door, "people": 3}))
    return drafts
