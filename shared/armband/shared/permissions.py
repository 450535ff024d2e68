"""Who may do what: roles by kind, as each kind declares them, and scope by unit.

The declarations of the kinds are the one truth; `rights_table` gives them as the table that
shared/ROLES.md prints. A kind that this release does not know is carried for every terminal.

The office enforces it on everything that it takes in and gives out. A terminal uses the same table
only to hide what would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from armband.shared.kinds import CATALOGUE
from armband.shared.roles import FIELD, SETTLERS, STAFF, Right, Role
from armband.shared.units import in_scope, is_within

OFFICE_WIDE = frozenset({"unit"})
"""Kinds that everyone in the office may read wherever they hang: names of places, no people."""
OF_NEWER_KINDS: Mapping[Right, frozenset[Role]] = {
    Right.READ: STAFF,
    Right.WRITE: STAFF,
    Right.SETTLE: SETTLERS,
    Right.ADMINISTER: FIELD,
}
"""The roles that have a right to records of a kind that this release does not know."""


def roles_with(right: Right, kind: str) -> frozenset[Role]:
    """The roles that have a right to records of ``kind`` within their scope."""
    declared = CATALOGUE.get(kind)
    return OF_NEWER_KINDS[right] if declared is None else declared.roles(right)


def rights_table() -> dict[str, dict[Role, frozenset[Right]]]:
    """Kind to role to rights, of all kinds that this release knows."""
    return {
        kind: {
            role: frozenset(right for right in Right if role in roles_with(right, kind))
            for role in Role
        }
        for kind in CATALOGUE
    }


def may_write(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether an operation on a record of ``kind`` hanging on ``unit`` is allowed."""
    return role in roles_with(Right.WRITE, kind) and in_scope(unit, scope)


def may_settle(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether one may choose between the values of a conflict."""
    return role in roles_with(Right.SETTLE, kind) and in_scope(unit, scope)


def may_administer(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether one may void a record, merge it into another, or move it."""
    return role in roles_with(Right.ADMINISTER, kind) and in_scope(unit, scope)


def may_read(role: Role, kind: str, unit: str, scope: Iterable[str]) -> bool:
    """Whether a record of ``kind`` hanging on ``unit`` may be sent."""
    if kind in OFFICE_WIDE:
        return True
    if role not in roles_with(Right.READ, kind):
        return False
    return in_scope(unit, scope) or (goes_down(kind) and is_above(unit, scope))


def is_above(unit: str, scope: Iterable[str]) -> bool:
    """Whether a unit of ``scope`` stands below ``unit``."""
    return bool(unit) and any(is_within(own, unit) for own in scope)


def goes_down(kind: str) -> bool:
    """Whether records of this kind are read in all units below theirs."""
    return kind in CATALOGUE and CATALOGUE[kind].goes_down


def only_hands_in(role: Role, kind: str) -> bool:
    """Whether a role makes records of ``kind`` without reading those of others."""
    may_make = role in roles_with(Right.WRITE, kind)
    return may_make and kind not in OFFICE_WIDE and role not in roles_with(Right.READ, kind)


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
    return frozenset(
        name for name, kind in CATALOGUE.items() if role in kind.writers and not kind.append_only
    )


def readable_kinds(role: Role) -> frozenset[str]:
    """The kinds whose records the office sends to a terminal of this role."""
    return frozenset(
        name for name, kind in CATALOGUE.items() if name in OFFICE_WIDE or role in kind.readers
    )


def listed_kinds(role: Role) -> frozenset[str]:
    """The kinds of which a terminal of this role may hold records: others', or its own."""
    return readable_kinds(role) | writable_kinds(role)


def handed_in_kinds(role: Role) -> frozenset[str]:
    """The kinds of which a terminal of this role sees its own records alone."""
    return frozenset(kind for kind in CATALOGUE if only_hands_in(role, kind))


__all__ = [
    "OFFICE_WIDE",
    "Right",
    "Role",
    "goes_down",
    "handed_in_kinds",
    "is_above",
    "listed_kinds",
    "may_administer",
    "may_read",
    "may_settle",
    "may_write",
    "only_hands_in",
    "readable_kinds",
    "rights_table",
    "roles_with",
    "totals_scope",
    "writable_kinds",
]
