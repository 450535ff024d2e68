"""The office's unit tree while a register is read: known units found by name, new ones coded."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from armband.server.errors import UnknownUnit
from armband.server.imports.naming import clean_unit_name, new_code, unit_key
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import kind_named
from armband.shared.units import LEVELS, check_unit, is_within, lineage, parent_of, unit_order
from armband.shared.wire import UnitName

Step = tuple[str, str]
"""(level, name)."""
MAX_UNIT_NAME = 60
_NEAR = 5


class UnitTree:
    """Finds or makes the unit that a row names; what was made is in `drafts`."""

    def __init__(
        self,
        office: str,
        known: Iterable[UnitName],
        moved: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self.office = office
        self._moved = moved or {}
        self._levels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._children: dict[str, dict[tuple[str, str], str]] = {}
        self._codes_below: dict[str, set[str]] = {}
        self._placed: dict[tuple[str, Sequence[Step]], str] = {}
        self._drafts: dict[str, Draft] = {}
        for unit in sorted(known, key=lambda unit: unit.code):
            self._learn(unit.code, unit.name, unit.level)

    def check_under(self, code: str) -> str:
        """``code`` when it is a unit of the office.

        Raises:
            UnknownUnit: it is not; the text lists units that look like it.
        """
        if code in self._levels or code == self.office:
            return code
        raise UnknownUnit(f"--under {code}: no such unit{self._near_ones(code)}")

    def _near_ones(self, wanted: str) -> str:
        by_name = [code for code, name in self._names.items() if wanted and wanted in name]
        by_tail = [code for code in self._levels if code.rpartition("/")[2] == wanted]
        near = difflib.get_close_matches(wanted, list(self._levels), n=_NEAR, cutoff=0.5)
        found = list(dict.fromkeys([*by_name, *by_tail, *near]))[:_NEAR]
        if not found:
            found = sorted(self._levels, key=lambda code: (code.count("/"), unit_order(code)))[
                :_NEAR
            ]
        listed = ", ".join(f"{code} ({self._names[code]})" for code in found)
        return f"; near ones: {listed}" if listed else "; the office has no units yet"

    def place(self, base: str, steps: Sequence[Step]) -> str:
        """The unit below ``base`` that ``steps`` (from the top down) lead to.

        A step that names the base itself or one of the units above it is no step.

        Raises:
            InvalidUnit: the code would be too long or too deep.
            ValueError: a name is too long.
        """
        key = (base, steps)
        code = self._placed.get(key)
        if code is None:
            code = base
            for level, name in steps:
                code = self._step(base, code, level, name)
            self._placed[key] = code
        return code

    def _step(self, base: str, at: str, level: str, name: str) -> str:
        key = (level, unit_key(name, level))
        if at == base and self.is_at_or_above(base, level, name):
            return at
        found = self._children.get(at, {}).get(key)
        if found is None and level == "community":
            found = self._only_one_below(at, key)
        return found or self._make(at, level, name)

    def is_at_or_above(self, base: str, level: str, name: str) -> bool:
        """Whether the name is that of the base or of a unit above it."""
        key = (level, unit_key(name, level))
        return any(
            key == (self._levels[code], unit_key(self._names[code], self._levels[code]))
            for code in lineage(base)
            if code in self._levels
        )

    def _only_one_below(self, base: str, key: tuple[str, str]) -> str | None:
        """A community that hangs on a sub-district of the base, when its name leaves no doubt."""
        found = [
            children[key]
            for parent, children in self._children.items()
            if key in children and is_within(parent, base)
        ]
        return found[0] if len(found) == 1 else None

    def _make(self, parent: str, level: str, name: str) -> str:
        shown = clean_unit_name(name, level)
        if len(shown) > MAX_UNIT_NAME:
            raise ValueError(f"the name of a unit has more than {MAX_UNIT_NAME} characters")
        code = f"{parent}/{new_code(name, level, self.codes_below(parent))}"
        self.add(check_unit(code), shown, level, {})
        return code

    def add(self, code: str, name: str, level: str, more: Patch) -> Draft:
        """Take a unit with a given code into the tree and the drafts."""
        self._learn(code, name, level)
        draft = Draft(
            kind="unit",
            id=self.id_of(code),
            unit=code,
            fields={"name": name, "level": level, **more},
        )
        self._drafts[code] = draft
        return draft

    def id_of(self, code: str) -> bytes:
        """The id of a unit's record."""
        return self.record_id("unit", code, {})

    def record_id(self, kind: str, unit: str, fields: Patch) -> bytes:
        """The id that a record has by its natural key, the same wherever it is entered."""
        record = kind_named(kind).natural_id(self.office, unit, fields)
        assert record is not None, "a row without its key was refused before"
        return self._moved.get(record, record)

    def find(self, base: str, wanted: str, level: str) -> str | None:
        """The unit that the parent column of a unit of ``level`` means: its code, its code below
        ``base``, or its name.

        A name counts when it is the only one of its kind below ``base`` that is of a higher level;
        a community's only grid is often called like the community.
        """
        for code in (wanted, f"{base}/{wanted}"):
            if code in self._levels and is_within(code, base):
                return code
        named = [
            code
            for code, own in self._levels.items()
            if is_within(code, base) and unit_key(self._names[code], own) == unit_key(wanted, own)
        ]
        higher = [code for code in named if _rank(self._levels[code]) < _rank(level)]
        found = _topmost(higher or named)
        return found[0] if len(found) == 1 else None

    def codes_below(self, parent: str) -> set[str]:
        """The last words of the codes directly below ``parent``."""
        return self._codes_below.get(parent, set())

    def _learn(self, code: str, name: str, level: str) -> None:
        self._levels[code] = level
        self._names[code] = name
        parent = parent_of(code)
        self._children.setdefault(parent, {}).setdefault((level, unit_key(name, level)), code)
        self._codes_below.setdefault(parent, set()).add(code.rpartition("/")[2])

    def level_of(self, code: str) -> str:
        """A unit's level, ``""`` when it is not known."""
        return self._levels.get(code, "")

    def name_of(self, code: str) -> str:
        """A unit's name, ``""`` when it is not known."""
        return self._names.get(code, "")

    def child_named(self, parent: str, level: str, name: str) -> str | None:
        """The unit of that level and name directly below ``parent``."""
        return self._children.get(parent, {}).get((level, unit_key(name, level)))

    def new_drafts_for(self, code: str) -> list[Draft]:
        """Drafts of the units on the way to ``code`` that are new, the highest first."""
        return [self._drafts[above] for above in reversed(lineage(code)) if above in self._drafts]


def _topmost(codes: Sequence[str]) -> list[str]:
    """Those that do not hang on another one of them."""
    return [
        code
        for code in codes
        if not any(code != other and is_within(code, other) for other in codes)
    ]


def _rank(level: str) -> int:
    """Where a level stands, from the top down."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
