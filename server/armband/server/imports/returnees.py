"""An issued list of returnees into drafts: each a returnee of the row's unit, with the measure.

Of whoever is on record already only the facts are brought up to date: who found them first, what
was decided and how far it has come is not the list's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field

from armband.server.imports.declared import declared_words
from armband.server.imports.places import Place, door_of
from armband.server.imports.plan import Outcome, Plan, PlannedRow, RowRefused
from armband.server.imports.residents import read_phone_of_person
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import UnitTree
from armband.server.imports.values import (
    IdHasher,
    Reading,
    read_choice,
    read_id_number,
    read_name,
    tight,
)
from armband.shared.days import day_begins_ms
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.isolation import filled
from armband.shared.kinds.returnee_flow import PEOPLE
from armband.shared.normal import clean, clean_phone, is_none_mark
from armband.shared.policy import Policy
from armband.shared.text_values import parse_field

KIND = CATALOGUE["returnee"]
_RISKS: Mapping[str, str] = {
    **declared_words("returnee", "risk"),
    "高风险": "high", "高": "high", "中高风险": "high", "中高风险区": "high", "中风险": "medium",
    "中": "medium", "低风险": "low", "低": "low", "入境": "abroad", "密切接触者": "contact",
    "其他": "other", "无": "other",
}  # fmt: skip
_TRANSPORT: Mapping[str, str] = {
    **declared_words("returnee", "transport"),
    "火车": "rail", "高铁": "rail", "动车": "rail", "航班": "air", "大巴": "coach",
    "长途客车": "coach", "汽车": "coach", "自驾车": "self_drive", "私家车": "self_drive",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an import of returnees has to know of the office.

    Attributes:
        policy: with the table of measures.
        today: the office's day, for days without a year.
        known: the returnees on record.
    """

    policy: Policy = field(default_factory=Policy)
    today: str = "2022-01-01"
    known: AbstractSet[bytes] = frozenset()


def plan_returnees(
    registers: Sequence[Register], tree: UnitTree, base: str, hasher: IdHasher, ruling: Ruling
) -> Plan:
    """The plan of an issued list whose units hang below ``base``."""
    planner = _Planner(tree, base, hasher, ruling, Plan())
    for register in registers:
        planner.take(register)
    return planner.plan


@dataclass(slots=True)
class _Planner:
    tree: UnitTree
    base: str
    hasher: IdHasher
    ruling: Ruling
    plan: Plan
    seen: dict[bytes, str] = field(default_factory=dict)

    def take(self, register: Register) -> None:
        place = Place(self.tree, self.base, register)
        self.plan.notes.extend(register.notes)
        for row in register.rows:
            try:
                planned = self._read(row, place)
            except RowRefused as refusal:
                planned = _stopped(row, Outcome.REFUSED, str(refusal))
            self.plan.rows.append(planned)

    def _read(self, row: DataRow, place: Place) -> PlannedRow:
        into = Reading()
        name = read_name(row.text("name"), into, "name")
        if not name:
            raise RowRefused("no name (姓名)")
        arrived = _day(row, "arrived", self.ruling.today)
        if arrived is None:
            raise RowRefused("no day of arrival (抵达日期)")
        into.fields["arrived"] = arrived
        ordered = _day(row, "ordered", self.ruling.today)
        if ordered is not None:
            into.fields["ordered"] = ordered
        self._read_person(row, into)
        unit = place.unit_of(row, into)
        with suppress(RowRefused):  # a list without a door still says who came
            into.fields["address"] = door_of(row)
        into.set_note(row)
        who = str(into.fields.get("phone") or into.fields.get("id_hash") or unit)
        record = natural_record_id(self.tree.office, KIND.name, name, who, arrived)
        where = f"row {row.number}" + (f" of sheet {row.sheet}" if row.sheet else "")
        if (earlier := self.seen.setdefault(record, where)) != where:
            return _stopped(row, Outcome.REPEATED, f"the same person and day as {earlier}")
        if record not in self.ruling.known:
            self._decide(into.fields, ordered or arrived)
        needs = self.plan.share(self.tree.new_drafts_for(unit))
        draft = Draft(KIND.name, record, unit, into.fields)
        return PlannedRow(row.sheet, row.number, (draft,), needs, warnings=tuple(into.warnings))

    def _decide(self, fields: Patch, day: str) -> None:
        """A new one is registered, dated to the list's day, and ordered what the table says."""
        fields |= {"source": "issued", "state": "registered", "day": day}
        fields["at"] = day_begins_ms(day, self.ruling.policy)
        fields |= filled({}, fields, self.ruling.policy)

    def _read_person(self, row: DataRow, into: Reading) -> None:
        read_phone_of_person(row, into)
        read_id_number(row, into, self.hasher)
        read_choice(row.text("risk"), _RISKS, into, "risk")
        into.fields.setdefault("risk", "other")
        read_choice(row.text("transport"), _TRANSPORT, into, "transport")
        for name in ("came_from", "number"):
            if not is_none_mark(row.text(name)):
                into.fields[name] = clean(row.text(name))[:200]
        for role in PEOPLE:
            read_name(row.text(f"{role}_name"), into, f"{role}_name")
            phone = clean_phone(row.text(f"{role}_phone"))
            if phone is not None:
                into.fields[f"{role}_phone"] = phone


def _day(row: DataRow, name: str, today: str) -> str | None:
    text = row.text(name)
    if is_none_mark(text):
        return None
    first = clean(text).replace("T", " ").split(" ")[0]
    try:
        value = parse_field(KIND, name, tight(first), today)
    except InvalidRecord:
        raise RowRefused(f"{name}: {clean(text)[:20]!r} is no day, such as 2022-03-31") from None
    return str(value) if value is not None else None


def _stopped(row: DataRow, outcome: Outcome, reason: str) -> PlannedRow:
    return PlannedRow(row.sheet, row.number, stopped=outcome, reason=reason)
