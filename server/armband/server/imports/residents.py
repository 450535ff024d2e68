"""A register of persons into drafts: each a resident of a door, the door made when it is new."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from armband.server.imports.declared import declared_words
from armband.server.imports.places import Place, door_of, warn_of_doubts
from armband.server.imports.plan import Outcome, Plan, PlannedRow, RowRefused
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import UnitTree
from armband.server.imports.values import (
    IdHasher,
    Reading,
    read_birth_year,
    read_choice,
    read_id_number,
    read_name,
    read_phone,
    tight,
)
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.normal import clean, is_none_mark

_SEX: Mapping[str, str] = declared_words("resident", "sex")
_RELATIONS: Mapping[str, str] = {
    **declared_words("resident", "relation"),
    "本人": "head", "妻": "spouse", "妻子": "spouse", "夫": "spouse", "丈夫": "spouse",
    "子": "child", "女": "child", "儿子": "child", "女儿": "child", "长子": "child",
    "次子": "child", "长女": "child", "次女": "child", "父": "parent", "母": "parent",
    "父亲": "parent", "母亲": "parent",
}  # fmt: skip
_RESIDENCE: Mapping[str, str] = {
    **declared_words("resident", "residence"),
    "常住人口": "resident", "户籍": "resident", "户籍人口": "resident", "流动人口": "floating",
    "暂住": "floating", "租户": "floating", "租住": "floating",
}  # fmt: skip
_FLAGS: Mapping[str, bool] = {
    "是": True, "有": True, "√": True, "y": True, "yes": True, "true": True, "1": True,
    "否": False, "×": False, "n": False, "no": False, "false": False, "0": False,
}  # fmt: skip
_OTHER_RELATION = re.compile("[\u4e00-\u9fff]{1,6}")


def plan_residents(
    registers: Sequence[Register], tree: UnitTree, base: str, hasher: IdHasher
) -> Plan:
    """The plan of a register of persons whose units hang below ``base``."""
    planner = _Planner(tree, base, hasher, Plan())
    for register in registers:
        planner.take(register)
    return planner.plan


@dataclass(slots=True)
class _Planner:
    tree: UnitTree
    base: str
    hasher: IdHasher
    plan: Plan
    seen: dict[bytes, tuple[str, Patch]] = field(default_factory=dict)

    def take(self, register: Register) -> None:
        place = Place(self.tree, self.base, register)
        self.plan.notes.extend(register.notes)
        for row in register.rows:
            try:
                planned = self._read(row, place)
            except RowRefused as refusal:
                planned = PlannedRow(
                    row.sheet, row.number, stopped=Outcome.REFUSED, reason=str(refusal)
                )
            self.plan.rows.append(planned)

    def _read(self, row: DataRow, place: Place) -> PlannedRow:
        into = Reading()
        warn_of_doubts(row, into)
        door = door_of(row)
        name = read_name(row.text("name"), into, "name")
        if not name:
            raise RowRefused("no name (姓名)")
        unit = place.unit_of(row, into)
        household_id = self.tree.record_id("household", unit, {"door": door})
        into.fields["household"] = household_id.hex()
        _read_person(row, into, self.hasher)
        into.set_note(row)
        record = self.tree.record_id("resident", unit, into.fields)
        repeated = self._compare(row, record, into.fields)
        if repeated is not None:
            return repeated
        household_fields: Patch = {"door": door}
        if into.fields.get("relation") == "head":
            household_fields["head"] = name
        earlier = self.plan.shared.get(household_id)
        if earlier is not None:
            household_fields = {**household_fields, **earlier.fields}
        household = Draft("household", household_id, unit, household_fields)
        needs = self.plan.share([*self.tree.new_drafts_for(unit), household])
        draft = Draft("resident", record, unit, into.fields)
        return PlannedRow(row.sheet, row.number, (draft,), needs, warnings=tuple(into.warnings))

    def _compare(self, row: DataRow, record: bytes, fields: Patch) -> PlannedRow | None:
        where = f"row {row.number}" + (f" of sheet {row.sheet}" if row.sheet else "")
        earlier, known = self.seen.setdefault(record, (where, fields))
        if earlier == where:
            return None
        differing = sorted(
            name for name in {*known, *fields} if known.get(name) != fields.get(name)
        )
        if not differing:
            reason = f"the same as {earlier}"
            return PlannedRow(row.sheet, row.number, stopped=Outcome.REPEATED, reason=reason)
        reason = (
            f"{earlier} has the same name at the same door with another {', '.join(differing)}; "
            "that row counts"
        )
        return PlannedRow(row.sheet, row.number, stopped=Outcome.REFUSED, reason=reason)


def _read_person(row: DataRow, into: Reading, hasher: IdHasher) -> None:
    read_phone_of_person(row, into)
    read_id_number(row, into, hasher)
    read_choice(row.text("sex"), _SEX, into, "sex")
    read_choice(row.text("residence"), _RESIDENCE, into, "residence")
    read_birth_year(row.text("birth"), into)
    relation = tight(row.text("relation"))
    if not is_none_mark(relation):
        known = _RELATIONS.get(relation.lower())
        into.fields["relation"] = known or "other"
        if known is None and _OTHER_RELATION.fullmatch(relation):
            into.remarks.append(relation)
    elsewhere = row.text("registered_elsewhere")
    if not is_none_mark(elsewhere):
        flag = _FLAGS.get(tight(elsewhere).lower())
        if flag is None:
            into.warnings.append("registered_elsewhere: neither 是 nor 否; kept in the note")
            into.remarks.append(clean(elsewhere)[:200])
        else:
            into.fields["registered_elsewhere"] = flag


def read_phone_of_person(row: DataRow, into: Reading) -> None:
    """A resident has no field for a telephone as given: what is no number goes to the note."""
    read_phone(row.text("phone"), into)
    as_given = into.fields.pop("phone_as_given", None)
    if as_given is not None:
        into.remarks.append(str(as_given))
