"""A table of units into drafts: one unit a row, its place given by columns or by its parent.

Two shapes are read: a column per level (街道, 社区 …; the lowest that is filled is the row's unit),
or name, level, parent and code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from armband.server.imports.declared import declared_words
from armband.server.imports.heads import UNIT_HEADS
from armband.server.imports.naming import clean_unit_name, new_code
from armband.server.imports.places import Place
from armband.server.imports.plan import Outcome, Plan, PlannedRow, RowRefused
from armband.server.imports.table import DataRow, Register
from armband.server.imports.tree import UnitTree
from armband.server.imports.values import Reading, a_word_each, read_choice, tight
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidUnit
from armband.shared.fields import Patch
from armband.shared.normal import is_none_mark
from armband.shared.units import check_unit, is_within

_LEVEL_WORDS: Mapping[str, str] = {
    **declared_words("unit", "level"),
    "街道办": "office", "街道办事处": "office", "乡镇": "office", "村": "community",
    "居委会": "community", "村委会": "community", "小区": "compound", "楼": "building",
    "组": "group",
}  # fmt: skip
_PLACE_WORDS: Mapping[str, str] = {
    **declared_words("unit", "place"),
    "住宅": "residence", "居民区": "residence", "商铺": "shops", "商业街": "shops",
}  # fmt: skip
_LEVEL_OF_NAME = (
    ("office", re.compile("(街道|街道办|办事处|镇|乡)$")),
    ("community", re.compile("(社区|村|居委会|村委会|委员会)$")),
    ("microgrid", re.compile("微网格")),
    ("grid", re.compile("网格")),
    ("area", re.compile("片区")),
    ("group", re.compile("组$")),
    ("building", re.compile("(号楼|栋|幢)$")),
    ("compound", re.compile("(院|小区|花园|家园)$")),
)
_OFFICIAL = "_official_code"
_CODE_WORD = re.compile("[a-z0-9][a-z0-9-]*")


def plan_units(registers: Sequence[Register], tree: UnitTree, base: str) -> Plan:
    """The plan of a unit table whose units hang below ``base``."""
    plan = Plan()
    for register in registers:
        plan.notes.extend(register.notes)
        if "name" in register.fields:
            _Listed(tree, base, plan).take(register)
        else:
            _take_columns(register, tree, base, plan)
    return plan


def _take_columns(register: Register, tree: UnitTree, base: str, plan: Plan) -> None:
    place = Place(tree, base, register)
    seen: dict[str, str] = {}
    for row in register.rows:
        try:
            planned = _column_row(row, place, plan, seen)
        except RowRefused as refusal:
            planned = _stopped(row, Outcome.REFUSED, str(refusal))
        plan.rows.append(planned)


def _column_row(row: DataRow, place: Place, plan: Plan, seen: dict[str, str]) -> PlannedRow:
    into = Reading()
    filled = [level for level in UNIT_HEADS if not is_none_mark(row.text(level))]
    if not filled:
        raise RowRefused("no unit in any of the unit columns")
    code = place.unit_of(row, into)
    needs: list[bytes] = []
    for draft in place.tree.new_drafts_for(code):
        if draft.unit != code:
            level = str(draft.fields["level"])
            official = _official_of(row, level)
            more: Patch = {"official_code": official} if official else {}
            known = plan.shared.get(draft.id, draft)
            whole = Draft(draft.kind, draft.id, draft.unit, {**known.fields, **more})
            needs += plan.share([whole])
    lowest = filled[-1]
    if code == place.base:
        raise RowRefused(f"{row.text(lowest)} is the unit that the table hangs on")
    fields: Patch = {"name": clean_unit_name(row.text(lowest), lowest), "level": lowest}
    official = _official_of(row, lowest) or _given(row.text("official_code"))
    if official:
        fields["official_code"] = official
    return _own_row(row, place.tree, code, fields, tuple(needs), into, seen)


def _own_row(
    row: DataRow,
    tree: UnitTree,
    code: str,
    fields: Patch,
    needs: tuple[bytes, ...],
    into: Reading,
    seen: dict[str, str],
) -> PlannedRow:
    where = f"row {row.number}" + (f" of sheet {row.sheet}" if row.sheet else "")
    earlier = seen.setdefault(code, where)
    if earlier != where:
        return _stopped(row, Outcome.REPEATED, f"the same unit as {earlier}")
    read_choice(row.text("place"), _PLACE_WORDS, into, "place")
    fields.update({name: value for name, value in into.fields.items() if name == "place"})
    draft = Draft("unit", tree.id_of(code), code, fields)
    return PlannedRow(row.sheet, row.number, (draft,), needs, warnings=tuple(into.warnings))


def _official_of(row: DataRow, level: str) -> str:
    return _given(row.text(level + _OFFICIAL))


def _given(text: str) -> str:
    return "" if is_none_mark(text) else tight(text)[:60]


def _parent_words(row: DataRow) -> str:
    """What the row says of its parent: by name or code, else with its own code."""
    return _given(row.text("parent")) or _given(row.text("code")).rpartition("/")[0]


class _Listed:
    """Rows of name, level, parent and code; a parent may stand below its children."""

    def __init__(self, tree: UnitTree, base: str, plan: Plan) -> None:
        self._tree = tree
        self._base = base
        self._plan = plan
        self._seen: dict[str, str] = {}

    def take(self, register: Register) -> None:
        planned: dict[int, PlannedRow] = {}
        waiting = list(register.rows)
        while waiting:
            left: list[DataRow] = []
            for row in waiting:
                result = self._try(row)
                if result is None:
                    left.append(row)
                else:
                    planned[row.number] = result
            if len(left) == len(waiting):
                for row in left:
                    reason = f"no unit {_parent_words(row)!r} to hang it on"
                    planned[row.number] = _stopped(row, Outcome.REFUSED, reason)
                break
            waiting = left
        self._plan.rows.extend(planned[row.number] for row in register.rows)

    def _try(self, row: DataRow) -> PlannedRow | None:
        """The planned row, or None while its parent is not known."""
        try:
            name = _given(row.text("name"))
            if not name:
                raise RowRefused("no name (名称)")
            level = _level_of(row, name)
            code = self._code_of(row, name, level)
            if code is None:
                return None
            fields: Patch = {"name": clean_unit_name(name, level), "level": level}
            official = _given(row.text("official_code"))
            if official:
                fields["official_code"] = official
            needs = tuple(
                draft.id for draft in self._tree.new_drafts_for(code) if draft.unit != code
            )
            if not self._tree.level_of(code):
                self._tree.add(code, clean_unit_name(name, level), level, {})
            into = Reading()
            result = _own_row(row, self._tree, code, fields, needs, into, self._seen)
        except (RowRefused, InvalidUnit) as problem:
            return _stopped(row, Outcome.REFUSED, str(problem))
        self._plan.share(result.drafts)
        return result

    def _code_of(self, row: DataRow, name: str, level: str) -> str | None:
        parent: str | None = self._base
        if level == self._tree.level_of(self._base) and self._is_base(row):
            return self._base
        wanted = _given(row.text("parent"))
        given = _given(row.text("code")).lower()
        if wanted:
            parent = self._tree.find(self._base, wanted, level)
        elif "/" in given:
            parent = self._tree.find(self._base, given.rpartition("/")[0], level)
        if parent is None:
            return None
        word = given.rpartition("/")[2]
        if not word:
            known = self._tree.child_named(parent, level, name)
            return known or f"{parent}/{new_code(name, level, self._tree.codes_below(parent))}"
        if _CODE_WORD.fullmatch(word) is None:
            raise RowRefused(f"code {given!r}: words of a-z, 0-9 and '-' joined by '/'")
        code = check_unit(f"{parent}/{word}")
        if "/" in given and not (code == given or code.endswith("/" + given)):
            raise RowRefused(f"code {given!r} does not stand below its parent {parent}")
        assert is_within(code, self._base)
        return code

    def _is_base(self, row: DataRow) -> bool:
        """Whether the row is the unit that the table hangs on, as its own first row."""
        return _given(row.text("code")).lower() == self._base and not _given(row.text("parent"))


def _level_of(row: DataRow, name: str) -> str:
    given = _given(row.text("level")).lower()
    if given:
        level = _LEVEL_WORDS.get(given)
        if level is None:
            raise RowRefused(f"level {given!r} is none of {a_word_each(_LEVEL_WORDS)}")
        return level
    for level, pattern in _LEVEL_OF_NAME:
        if pattern.search(name):
            return level
    raise RowRefused("no level (级别), and the name does not tell it")


def _stopped(row: DataRow, outcome: Outcome, reason: str) -> PlannedRow:
    return PlannedRow(row.sheet, row.number, stopped=outcome, reason=reason)
