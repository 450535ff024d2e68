"""A role and a scope as ranges over (kind, unit): what a store may give out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from armband.shared.permissions import OFFICE_WIDE, Role, goes_down, may_read
from armband.shared.units import is_within, lineage


@dataclass(frozen=True, slots=True)
class UnitRange:
    """Records of ``kind`` on the units from ``low`` to ``high``, both included."""

    kind: str
    low: str
    high: str


_ANY = ("-", "~")
"""Every unit code (of a-z, 0-9, ``-`` and ``/``), but not the ``""`` of records not made yet."""


def readable_ranges(role: Role, scope: Sequence[str], kinds: Iterable[str]) -> list[UnitRange]:
    """The ranges that hold all that ``role`` may read in ``scope``, and nothing twice."""
    roots = outermost(scope)
    ranges = []
    for kind in sorted(kinds):
        if kind in OFFICE_WIDE:
            ranges.append(UnitRange(kind, *_ANY))
        elif roots and may_read(role, kind, roots[0], roots):
            ranges.extend(UnitRange(kind, *bounds) for unit in roots for bounds in within(unit))
            if goes_down(kind):
                ranges.extend(UnitRange(kind, unit, unit) for unit in _above(roots))
    return ranges


def _above(roots: Iterable[str]) -> tuple[str, ...]:
    """The units above these, once each."""
    return tuple(dict.fromkeys(unit for root in roots for unit in lineage(root)[1:]))


def within(unit: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The unit and all below it as two ranges of codes."""
    return ((unit, unit), (f"{unit}/", f"{unit}/~"))


def outermost(scope: Sequence[str]) -> tuple[str, ...]:
    """The units of a scope without those that stand inside another one."""
    units = sorted(set(scope))
    return tuple(
        unit
        for unit in units
        if not any(other != unit and is_within(unit, other) for other in units)
    )
