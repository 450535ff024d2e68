"""Who may do what: roles by kind, as each kind declares them, and scope by unit.

A kind that this release does not know is carried for every terminal.

The office enforces it on everything that it takes in and gives out. A terminal uses the same table
only to hide what would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from armband.shared.kinds import CATALOGUE
from armband.shared.roles import STAFF, Role
from armband.shared.units import in_scope, is_within

OFFICE_WIDE = frozenset({"unit"})
"""Kinds that everyone in the office may read wherever they hang: names of places, no people."""


def may_write(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether an operation on a record of ``kind`` hanging on ``unit`` is allowed."""
    declared = CATALOGUE.get(kind)
    allowed = role in STAFF if declared is None else role in declared.writers
    return allowed and in_scope(unit, scope)


def may_read(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether a record of ``kind`` hanging on ``unit`` may be sent."""
    if kind in OFFICE_WIDE:
        return True
    declared = CATALOGUE.get(kind)
    if declared is None:
        return role in STAFF and in_scope(unit, scope)
    if role not in declared.readers:
        return False
    return in_scope(unit, scope) or (declared.goes_down and is_above(unit, scope))


def is_above(unit: str, scope: Iterable[str]) -> bool:
    """Whether a unit of ``scope`` stands below ``unit``."""
    return bool(unit) and any(is_within(own, unit) for own in scope)


def goes_down(kind: str) -> bool:
    """Whether records of this kind are read in all units below theirs."""
    return kind in CATALOGUE and CATALOGUE[kind].goes_down


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
    return frozenset(name for name, kind in CATALOGUE.items() if role in kind.writers)


def readable_kinds(role: Role) -> frozenset[str]:
    """The kinds whose records the office sends to a terminal of this role."""
    return frozenset(
        name for name, kind in CATALOGUE.items() if name in OFFICE_WIDE or role in kind.readers
    )


__all__ = [
    "OFFICE_WIDE",
    "Role",
    "goes_down",
    "is_above",
    "may_read",
    "may_write",
    "readable_kinds",
    "totals_scope",
    "writable_kinds",
]
