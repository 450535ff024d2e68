"""Who may do what: one table of roles × kinds, and scope by unit.

The office enforces it on everything that it takes in and gives out. A terminal uses the same table
only to hide what would be refused.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from armband.shared.units import in_scope

OFFICE_WIDE = frozenset({"unit"})
"""Kinds that everyone in the office may read wherever they hang: names of places, no people."""


class Role(enum.Enum):
    """The role of a terminal or of a script's token."""

    CHECKPOINT = "checkpoint"
    GRID = "grid"
    LIAISON = "liaison"
    CHIEF = "chief"
    COMMUNITY = "community"
    STREET = "street"
    SCRIPT = "script"


_PEOPLE = frozenset({"household", "resident", "staff"})
_WORK = frozenset({"visit", "check"})
_PLACES = frozenset({"unit", "checkpoint"})
_ALL = _PEOPLE | _WORK | _PLACES

_WRITES: Mapping[Role, frozenset[str]] = {
    Role.CHECKPOINT: frozenset({"check", "checkpoint", "resident"}),
    Role.GRID: _PEOPLE | _WORK | {"checkpoint"},
    Role.LIAISON: frozenset({"household", "resident"}) | _WORK,
    Role.CHIEF: _ALL,
    Role.COMMUNITY: _ALL,
    Role.STREET: _ALL,
    Role.SCRIPT: frozenset(),
}
_READS: Mapping[Role, frozenset[str]] = {
    **dict.fromkeys(Role, _ALL),
    Role.CHECKPOINT: _ALL - {"visit"},
    Role.SCRIPT: frozenset({"unit"}),
}


def may_write(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether an operation on a record of ``kind`` hanging on ``unit`` is allowed."""
    known = kind in _ALL
    allowed = kind in _WRITES[role] or (not known and bool(_WRITES[role]))
    return allowed and in_scope(unit, scope)


def may_read(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether a record of ``kind`` hanging on ``unit`` may be sent."""
    if kind in OFFICE_WIDE:
        return True
    known = kind in _ALL
    allowed = kind in _READS[role] or (not known and role is not Role.SCRIPT)
    return allowed and in_scope(unit, scope)


def totals_scope(scope: Iterable[str], *, is_script: bool) -> tuple[str, ...]:
    """The units at or below which roll-ups may be read.

    A terminal sees the totals of its whole office, its neighbours' too: they name nobody. A
    script's token is for its own units.
    """
    if is_script:
        return tuple(scope)
    return tuple(dict.fromkeys(code.partition("/")[0] for code in scope))


def writable_kinds(role: Role) -> frozenset[str]:
    """The kinds whose forms a terminal of this role offers."""
    return _WRITES[role]
