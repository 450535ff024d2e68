"""A household register into drafts: the door, its head as a resident, its liaison, its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from armband.server.imports.places import Place, door_of, warn_of_doubts
from armband.server.imports.plan import Outcome, Plan, PlannedRow, RowRefused
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import UnitTree
from armband.server.imports.values import (
    IdHasher,
    Reading,
    read_care,
    read_id_number,
    read_name,
    read_people,
    read_phone,
    tight,
)
from armband.shared.drafts import Draft
from armband.shared.fields import Patch, Value
from armband.shared.ids import natural_record_id
from armband.shared.normal import is_none_mark
from armband.shared.units import lineage

_EMPTY_HOMES = frozenset({"空户", "空房", "空置", "空置房", "无人", "无人居住", "未入住", "待租"})
_LIAISON_POST = "liaison"

Posts = Mapping[bytes, Sequence[int | str]]
"""Staff id to the posts that the office has on record, which an import adds to."""


def plan_households(
    registers: Sequence[Register], tree: UnitTree, base: str, hasher: IdHasher, posts: Posts
) -> Plan:
    """The plan of a household register whose units hang below ``base``."""
    planner = _Planner(tree, base, hasher)
    for register in registers:
        planner.take(register)
    return planner.finish(posts)


@dataclass(slots=True)
class _Liaison:
    fields: Patch
    units: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Seen:
    where: str
    household: Patch
    resident: Patch | None


@dataclass(slots=True)
class _Row:
    """A row read, before the liaisons' units are known."""

    row: DataRow
    drafts: tuple[Draft, ...]
    units: tuple[Draft, ...]
    liaison: bytes | None
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Planner:
    tree: UnitTree
    base: str
    hasher: IdHasher
    rows: list[_Row | PlannedRow] = field(default_factory=list)
    liaisons: dict[bytes, _Liaison] = field(default_factory=dict)
    seen: dict[bytes, _Seen] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, register: Register) -> None:
        place = Place(self.tree, self.base, register)
        self.notes.extend(register.notes)
        for row in register.rows:
            try:
                self.rows.append(self._read(row, place))
            except RowRefused as refusal:
                self.rows.append(_stopped(row, Outcome.REFUSED, str(refusal)))

    def _read(self, row: DataRow, place: Place) -> _Row | PlannedRow:
        into = Reading()
        warn_of_doubts(row, into)
        door = door_of(row)
        unit = place.unit_of(row, into)
        household_id = self.tree.record_id("household", unit, {"door": door})
        into.fields["door"] = door
        name = self._read_head(row, into)
        read_phone(row.text("phone"), into)
        read_people(row.text("people"), into)
        read_care(row.text("care"), into)
        resident = self._head_draft(row, into, household_id, unit, name)
        liaison = self._read_liaison(row, into, unit)
        if liaison is not None:
            into.fields["liaison"] = liaison.hex()
        into.set_note(row)
        household = Draft("household", household_id, unit, into.fields)
        repeated = self._compare(row, household, resident)
        if repeated is not None:
            return repeated
        if liaison is not None:
            self.liaisons[liaison].units[unit] += 1
        drafts = (household,) if resident is None else (household, resident)
        units = tuple(self.tree.new_drafts_for(unit))
        return _Row(row, drafts, units, liaison, tuple(into.warnings))

    def _read_head(self, row: DataRow, into: Reading) -> str:
        text = row.text("head")
        if tight(text) in _EMPTY_HOMES:
            into.remarks.append(tight(text))
            return ""
        return read_name(text, into, "head")

    def _head_draft(
        self, row: DataRow, into: Reading, household: bytes, unit: str, name: str
    ) -> Draft | None:
        person = Reading()
        read_id_number(row, person, self.hasher)
        into.warnings += person.warnings
        if not name:
            return None
        fields: Patch = {
            "name": name,
            "household": household.hex(),
            "relation": "head",
            **person.fields,
        }
        if "phone" in into.fields:
            fields["phone"] = into.fields["phone"]
        record = self.tree.record_id("resident", unit, fields)
        return Draft("resident", record, unit, fields)

    def _read_liaison(self, row: DataRow, into: Reading, unit: str) -> bytes | None:
        if is_none_mark(row.text("liaison")):
            return None
        person = Reading()
        name = read_name(row.text("liaison"), person, "name")
        read_phone(row.text("liaison_phone"), person)
        into.warnings += [f"liaison: {warning}" for warning in person.warnings]
        into.remarks += person.remarks
        if not name:
            return None
        phone = person.fields.get("phone")
        key = phone if isinstance(phone, str) else self._grid_of(unit)
        record = natural_record_id(self.tree.office, "staff", name, key)
        self.liaisons.setdefault(record, _Liaison(person.fields))
        return record

    def _grid_of(self, unit: str) -> str:
        """The grid that the unit stands in, or the unit itself."""
        grids = (code for code in lineage(unit) if self.tree.level_of(code) == "grid")
        return next(grids, unit)

    def _compare(self, row: DataRow, household: Draft, resident: Draft | None) -> PlannedRow | None:
        """Whether an earlier row has this door: a repeat, or a contradiction to refuse."""
        where = f"row {row.number}" + (f" of sheet {row.sheet}" if row.sheet else "")
        person = None if resident is None else resident.fields
        earlier = self.seen.setdefault(household.id, _Seen(where, household.fields, person))
        if earlier.where == where:
            return None
        differing = _differing(earlier.household, household.fields)
        differing += [
            name
            for name in _differing(earlier.resident or {}, person or {})
            if name not in ("phone", "name")
        ]
        if not differing:
            return _stopped(row, Outcome.REPEATED, f"the same as {earlier.where}")
        reason = (
            f"the door {household.fields['door']} is already in {earlier.where} with another "
            f"{', '.join(differing)}; that row counts"
        )
        return _stopped(row, Outcome.REFUSED, reason)

    def finish(self, posts: Posts) -> Plan:
        plan = Plan(notes=self.notes)
        for read in self.rows:
            if isinstance(read, _Row):
                plan.share(read.units)
        staff = {
            record: self._staff_draft(record, posts)
            for record, liaison in self.liaisons.items()
            if liaison.units  # else only rows that are not imported name them
        }
        for read in self.rows:
            if isinstance(read, PlannedRow):
                plan.rows.append(read)
                continue
            helpers = () if read.liaison is None else (staff[read.liaison],)
            needs = (*(draft.id for draft in read.units), *plan.share(helpers))
            plan.rows.append(
                PlannedRow(
                    read.row.sheet,
                    read.row.number,
                    read.drafts,
                    needs,
                    warnings=read.warnings,
                )
            )
        return plan

    def _staff_draft(self, record: bytes, posts: Posts) -> Draft:
        liaison = self.liaisons[record]
        held: list[int | str] = list(posts.get(record, ()))
        if _LIAISON_POST not in held:
            held.append(_LIAISON_POST)
        fields: dict[str, Value] = {**liaison.fields, "posts": held}
        return Draft("staff", record, common_unit(sorted(liaison.units)), fields)


def common_unit(units: Sequence[str]) -> str:
    """The lowest unit that holds all of ``units``."""
    shared = lineage(units[0])
    for unit in units[1:]:
        above = set(lineage(unit))
        shared = tuple(code for code in shared if code in above)
    return shared[0]


def _differing(first: Mapping[str, Value], second: Mapping[str, Value]) -> list[str]:
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def _stopped(row: DataRow, outcome: Outcome, reason: str) -> PlannedRow:
    return PlannedRow(row.sheet, row.number, stopped=outcome, reason=reason)
