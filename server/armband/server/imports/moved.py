"""What a re-gridding has moved, for registers that name the old units or the new ones.

A record that moved keeps its id, which follows from where it was: without this a register that
names the new unit would make a second record of the door.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from armband.server.desk_office import PAGE_RECORDS, DeskOffice
from armband.shared.kinds import View, kind_named
from armband.shared.kinds.declare import MOVED_FROM
from armband.shared.regridding import forward_of
from armband.shared.wire import UnitName

_IMPORTED = ("household", "resident")
"""The kinds of a register whose ids follow from their unit or their door."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Units as registers know them, closed ones too, and the records that moved.

    Attributes:
        units: every unit with the level that it has or had.
        records: the id that a record would have where it hangs now, to the one that it has.
    """

    units: tuple[UnitName, ...]
    records: Mapping[bytes, bytes] = field(default_factory=dict)


async def moved_in(office: DeskOffice) -> Moved:
    """Ask an office; costs a walk over its households only where units have moved."""
    views = [view async for view in _views(office, "unit")]
    levels = {view.unit: view.text("level") for view in views if not view.void}
    units = tuple(
        UnitName(unit.code, unit.name, levels.get(unit.code, unit.level))
        for unit in office.units.values()
    )
    if not any(forward_of(view) for view in views):
        return Moved(units)
    records: dict[bytes, bytes] = {}
    for kind in _IMPORTED:
        async for view in _views(office, kind):
            if view.fields.get(MOVED_FROM):
                natural = kind_named(kind).natural_id(office.code, view.unit, view.fields)
                if natural is not None:
                    records[natural] = view.id
    return Moved(units, records)


async def _views(office: DeskOffice, kind: str) -> AsyncIterator[View]:
    after: tuple[str, bytes] | None = None
    while True:
        page = await office.records(kind, office.code, after, PAGE_RECORDS)
        for view in page.views:
            yield view
        after = page.after
        if after is None:
            return
