"""A staff list into drafts: a person with posts in the unit of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from armband.server.imports.declared import declared_words
from armband.server.imports.places import Place
from armband.server.imports.plan import Outcome, Plan, PlannedRow, RowRefused
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import UnitTree
from armband.server.imports.values import Reading, read_name, read_phone, tight
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.normal import clean, is_none_mark
from armband.shared.units import lineage

POST_WORDS: Mapping[str, str] = {
    **declared_words("staff", "posts"),
    "网格长": "grid_manager", "总网格长": "grid_manager", "党支部书记": "branch_secretary",
    "支部书记": "branch_secretary", "楼长": "building_head", "楼院长": "building_head",
    "单元长": "building_head", "物业": "property", "民警": "police", "社区民警": "police",
    "医生": "doctor", "家庭医生": "doctor", "值守人员": "guard", "值守": "guard",
    "社区党委书记": "secretary", "网格员": "worker", "工作人员": "worker", "两委": "worker",
}  # fmt: skip
_APART = re.compile(r"[、,;/\s]+")


def plan_staff(
    registers: Sequence[Register],
    tree: UnitTree,
    base: str,
    posts: Mapping[bytes, Sequence[int | str]],
) -> Plan:
    """The plan of a staff list; ``posts`` are those on record, which a row adds to."""
    planner = _Planner(tree, base, posts, Plan())
    for register in registers:
        planner.take(register)
    return planner.plan


@dataclass(slots=True)
class _Planner:
    tree: UnitTree
    base: str
    posts: Mapping[bytes, Sequence[int | str]]
    plan: Plan
    seen: dict[bytes, tuple[str, Patch]] = field(default_factory=dict)

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
        read_phone(row.text("phone"), into)
        if not is_none_mark(row.text("organisation")):
            into.fields["organisation"] = clean(row.text("organisation"))[:200]
        unit = place.unit_of(row, into)
        posts = _read_posts(row, into)
        into.set_note(row)
        phone = into.fields.get("phone")
        grids = (code for code in lineage(unit) if self.tree.level_of(code) == "grid")
        key = phone if isinstance(phone, str) else next(grids, unit)
        record = natural_record_id(self.tree.office, "staff", name, key)
        where = f"row {row.number}" + (f" of sheet {row.sheet}" if row.sheet else "")
        earlier, known = self.seen.setdefault(record, (where, {**into.fields, "posts": posts}))
        if earlier != where:
            if known == {**into.fields, "posts": posts}:
                return _stopped(row, Outcome.REPEATED, f"the same as {earlier}")
            reason = f"{earlier} has the same person with other details; that row counts"
            return _stopped(row, Outcome.REFUSED, reason)
        held = list(dict.fromkeys([*self.posts.get(record, ()), *posts]))
        if held:
            into.fields["posts"] = held
        needs = self.plan.share(self.tree.new_drafts_for(unit))
        draft = Draft("staff", record, unit, into.fields)
        return PlannedRow(row.sheet, row.number, (draft,), needs, warnings=tuple(into.warnings))


def _read_posts(row: DataRow, into: Reading) -> list[int | str]:
    posts: list[int | str] = []
    if is_none_mark(row.text("posts")):
        return posts
    for word in _APART.split(clean(row.text("posts"))):
        post = POST_WORDS.get(tight(word))
        if post is None:
            into.warnings.append(f"post {word[:20]!r} is unknown; kept in the note")
            into.remarks.append(word[:200])
        elif post not in posts:
            posts.append(post)
    return posts


def _stopped(row: DataRow, outcome: Outcome, reason: str) -> PlannedRow:
    return PlannedRow(row.sheet, row.number, stopped=outcome, reason=reason)
