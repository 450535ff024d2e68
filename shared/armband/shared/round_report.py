"""Who should be sampled in a round of testing, how it stands with each, and the figures. Pure.

The roster are the residents of the round's unit, and for each household as many more people as the
register counts there without naming them; at least one where it names nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from armband.shared.kinds.declare import View
from armband.shared.units import is_within, lineage, unit_order

STATUSES = ("sampled", "refused", "exempt", "absent")


class RosterLine(msgspec.Struct, frozen=True):
    """A person, or the people of a household whom the register does not name.

    ``name`` is the head's where it names nobody of the household, ``""`` for those beside others.
    ``id`` and ``kind`` are of the resident or household, ``household`` the hex id of the door;
    ``status`` is ``""`` while nothing is recorded, ``sample`` the hex id of the record then.
    """

    id: str
    kind: str
    household: str
    unit: str
    door: str
    name: str
    people: int
    status: str = ""
    sample: str = ""

    @property
    def building(self) -> str:
        """The unit, with the building that the door names."""
        first, dash, _rest = self.door.partition("-")
        return f"{self.unit} {first}" if dash else self.unit


class UnitCount(msgspec.Struct, frozen=True):
    """The people of a unit in a round. ``missing``: nothing is recorded of them."""

    unit: str
    people: int
    sampled: int
    refused: int
    exempt: int
    absent: int
    missing: int
    coverage_pct: int


class RoundReport(msgspec.Struct, frozen=True):
    """A round, the figures of its unit and of all units below, and who is missing.

    Of several rounds side by side ``missing`` is empty: ask for one.
    """

    round: str
    name: str
    day: str
    state: str
    unit: str
    total: UnitCount
    units: list[UnitCount]
    missing: list[RosterLine]


def roster(
    unit: str, households: Iterable[View], residents: Iterable[View], samples: Iterable[View]
) -> list[RosterLine]:
    """Everybody to be sampled at or below a unit, by unit and door, with what is recorded."""
    doors = {h.id.hex(): h for h in households if _counts(h)}
    people = [r for r in residents if _counts(r)]
    named = Counter(r.text("household") for r in people)
    recorded = {_whom(sample): sample for sample in samples if not sample.void}
    lines = []
    for resident in people:
        door = doors.get(resident.text("household"))
        place = resident.unit if door is None else door.unit
        if is_within(place, unit):
            lines.append(
                _line(resident, door, place, 1, recorded.get(("resident", resident.id.hex())))
            )
    for hex_id, door in doors.items():
        count = door.fields.get("people")
        more = (count if isinstance(count, int) else 0) - named[hex_id]
        more = max(more, 0 if named[hex_id] else 1)
        if more and is_within(door.unit, unit):
            line = _line(door, door, door.unit, more, recorded.get(("household", hex_id)))
            lines.append(msgspec.structs.replace(line, name="") if named[hex_id] else line)
    return sorted(
        lines,
        key=lambda line: (
            unit_order(line.unit),
            unit_order(line.door),
            line.kind != "resident",
            line.id,
        ),
    )


def _counts(view: View) -> bool:
    return not view.void and not view.same_as


def _whom(sample: View) -> tuple[str, str]:
    if sample.text("resident"):
        return "resident", sample.text("resident")
    return ("name" if sample.text("name") else "household"), sample.text("household")


def _line(view: View, door: View | None, unit: str, people: int, sample: View | None) -> RosterLine:
    status = sample.text("status") if sample is not None else ""
    return RosterLine(
        id=view.id.hex(),
        kind=view.kind,
        household=door.id.hex() if door is not None else "",
        unit=unit,
        door=door.text("door") if door is not None else "",
        name=view.text("name") or view.text("head"),
        people=people,
        status=status if status in STATUSES else "",
        sample=sample.id.hex() if sample is not None else "",
    )


def counted(lines: Sequence[RosterLine], top: str) -> list[UnitCount]:
    """The figures of ``top`` and of each unit below it that has people."""
    sums: dict[str, dict[str, int]] = {top: {}}
    for line in lines:
        for unit in lineage(line.unit):
            if is_within(unit, top):
                count = sums.setdefault(unit, {})
                count["people"] = count.get("people", 0) + line.people
                status = line.status or "missing"
                count[status] = count.get(status, 0) + line.people
    return [
        _unit_count(unit, count)
        for unit, count in sorted(sums.items(), key=lambda item: unit_order(item[0]))
    ]


def _unit_count(unit: str, count: dict[str, int]) -> UnitCount:
    people, sampled = count.get("people", 0), count.get("sampled", 0)
    return UnitCount(
        unit,
        people,
        sampled,
        count.get("refused", 0),
        count.get("exempt", 0),
        count.get("absent", 0),
        count.get("missing", 0),
        100 * sampled // people if people else 0,
    )


def side_by_side(
    rounds: Iterable[View], everybody: Sequence[RosterLine], samples: Mapping[str, Sequence[View]]
) -> list[RoundReport]:
    """The figures of several rounds over one roster, without the lists of who is missing.

    Args:
        everybody: of `roster`, with nothing recorded.
        samples: by hex id of their round.
    """
    people = {(line.kind, line.id): line for line in everybody}
    bases: dict[str, dict[str, int]] = {}
    reports = []
    for of in rounds:
        if of.unit not in bases:
            bases[of.unit] = _people(everybody, of.unit)
        recorded = {_whom(s): s.text("status") for s in samples.get(of.id.hex(), ()) if not s.void}
        sums = {unit: {"people": n, "missing": n} for unit, n in bases[of.unit].items()}
        for whom, status in recorded.items():
            line = people.get(whom)
            if line is not None and status in STATUSES and is_within(line.unit, of.unit):
                _move(sums, line, status)
        units = [_unit_count(unit, sums[unit]) for unit in sorted(sums, key=unit_order)]
        reports.append(_report(of, units, ()))
    return reports


def _people(lines: Iterable[RosterLine], top: str) -> dict[str, int]:
    counts = {top: 0}
    for line in lines:
        for unit in lineage(line.unit):
            if is_within(unit, top):
                counts[unit] = counts.get(unit, 0) + line.people
    return counts


def _move(sums: Mapping[str, dict[str, int]], line: RosterLine, status: str) -> None:
    """The people of a line are no longer missing."""
    for unit in lineage(line.unit):
        if unit in sums:
            sums[unit]["missing"] -= line.people
            sums[unit][status] = sums[unit].get(status, 0) + line.people


def round_report(of: View, lines: Sequence[RosterLine]) -> RoundReport:
    """The figures of a round over its `roster`."""
    return _report(of, counted(lines, of.unit), [line for line in lines if not line.status])


def _report(of: View, units: Sequence[UnitCount], missing: Sequence[RosterLine]) -> RoundReport:
    return RoundReport(
        round=of.id.hex(),
        name=of.text("name"),
        day=of.text("day"),
        state=of.text("state"),
        unit=of.unit,
        total=units[0],
        units=list(units[1:]),
        missing=list(missing),
    )
