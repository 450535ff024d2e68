"""Who works in the demo: 23 people with a terminal each."""

from __future__ import annotations

import random
from dataclasses import dataclass

from scripts.demo_community import COMMUNITY, OFFICE_CODE, Community, invented_name

GATES = ("东门", "西门", "南门", "北门")
SILENT_GRID = 3
"""Nobody there reports: the board has to say so."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person and the terminal that the office gives out for them.

    Attributes:
        key: short and unique, names the terminal's folder.
        person: the name.
        role: a `permissions.Role` value.
        unit: code of the unit that the terminal is enrolled for.
        grid: number of the grid, 0 for those above the grids.
    """

    key: str
    person: str
    role: str
    unit: str
    grid: int = 0


def build_crew(community: Community, seed: int) -> tuple[Member, ...]:
    """A worker per grid, four liaisons, a guard per gate, and three who look after it all."""
    rng = random.Random(seed + 1)
    members = []
    first_of_grid = {place.grid: place for place in reversed(community.places)}
    for grid, place in sorted(first_of_grid.items()):
        unit = place.code.rpartition("/")[0]
        members.append(Member(f"grid{grid:02}", invented_name(rng), "grid", unit, grid))
    for grid in (1, 5, 8, 11):
        place = first_of_grid[grid]
        members.append(Member(f"liaison{grid:02}", invented_name(rng), "liaison", place.code, grid))
    for number, _gate in enumerate(GATES, 1):
        members.append(Member(f"gate{number}", invented_name(rng), "checkpoint", COMMUNITY))
    members.append(Member("chief", invented_name(rng), "chief", f"{COMMUNITY}/a1"))
    members.append(Member("community", invented_name(rng), "community", COMMUNITY))
    members.append(Member("street", invented_name(rng), "street", OFFICE_CODE))
    return tuple(members)
