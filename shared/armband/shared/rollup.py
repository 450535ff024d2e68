"""Roll-ups: the only code that counts. The office, the terminals and the scripts use it.

A record contributes to cells ``(day, unit, metric)``, a change contributes the difference between
what the record gave before and what it gives now, and a cell rolls up into every unit above.
Distinct counts keep membership: which units a member was counted in, and how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.policy import Policy
from armband.shared.units import CLOSED, is_within, lineage, unit_order

NOW = ""
"""The day of cells that count what exists now."""
REPORTED = "activity.records"
"""A unit with at least one of these on a day has reported for it."""

CellKey = tuple[str, str]
"""(day, unit)."""
Metrics = dict[str, int]
MemberKey = tuple[str, str, str]
"""(day, metric, member)."""
Places = dict[str, int]
"""Unit to how many records count the member there."""


@dataclass(slots=True)
class Change:
    """What a batch of changed records does to the roll-ups, before membership is known."""

    sums: dict[CellKey, Metrics] = field(default_factory=dict)
    members: dict[MemberKey, Places] = field(default_factory=dict)

    def replace(self, old: View | None, new: View | None, policy: Policy) -> None:
        """Count a record's step from ``old`` to ``new`` (None: it was not there, or is gone)."""
        if old is not None:
            self._count(old, policy, -1)
        if new is not None:
            self._count(new, policy, 1)

    def _count(self, view: View, policy: Policy, sign: int) -> None:
        kind = CATALOGUE.get(view.kind)
        if kind is None:
            return
        for part in kind.contributions(view, policy):
            if part.member is None:
                _add(self.sums, (part.day, view.unit), part.metric, sign * part.count)
            else:
                key = (part.day, part.metric, part.member)
                places = self.members.setdefault(key, {})
                places[view.unit] = places.get(view.unit, 0) + sign

    def settle(
        self, known: Mapping[MemberKey, Places]
    ) -> tuple[dict[CellKey, Metrics], dict[MemberKey, Places]]:
        """What to add to the cells at every level, and the new membership of each touched member.

        ``known`` is the stored membership of (at least) the members in `members`.
        """
        cells: dict[CellKey, Metrics] = {}
        for (day, unit), metrics in self.sums.items():
            for above in lineage(unit):
                for metric, count in metrics.items():
                    _add(cells, (day, above), metric, count)
        after: dict[MemberKey, Places] = {}
        for key, steps in self.members.items():
            before = known.get(key, {})
            after[key] = _moved(before, steps)
            day, metric, _member = key
            for unit in _above(after[key]) - _above(before):
                _add(cells, (day, unit), metric, 1)
            for unit in _above(before) - _above(after[key]):
                _add(cells, (day, unit), metric, -1)
        return {key: metrics for key, metrics in cells.items() if any(metrics.values())}, after


def _add(cells: dict[CellKey, Metrics], key: CellKey, metric: str, count: int) -> None:
    metrics = cells.setdefault(key, {})
    metrics[metric] = metrics.get(metric, 0) + count


def _moved(before: Places, steps: Places) -> Places:
    after = dict(before)
    for unit, step in steps.items():
        after[unit] = after.get(unit, 0) + step
    return {unit: count for unit, count in sorted(after.items()) if count}


def _above(places: Places) -> set[str]:
    return {above for unit in places for above in lineage(unit)}


def added(cell: Mapping[str, int], delta: Mapping[str, int]) -> Metrics:
    """A cell after a delta: zeros vanish, names in order, so that equal cells have equal bytes."""
    total = {**cell}
    for metric, count in delta.items():
        total[metric] = total.get(metric, 0) + count
    return {metric: count for metric, count in sorted(total.items()) if count}


def recount(
    views: Iterable[View], policy: Policy
) -> tuple[dict[CellKey, Metrics], dict[MemberKey, Places]]:
    """All cells and all membership, from the records alone: what the stored ones must equal."""
    change = Change()
    for view in views:
        change.replace(None, view, policy)
    cells, members = change.settle({})
    clean = {key: added({}, metrics) for key, metrics in cells.items()}
    return {k: m for k, m in clean.items() if m}, {k: p for k, p in members.items() if p}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which grids have reported on a day."""

    reported: int
    expected: int
    missing: tuple[str, ...]


def coverage(
    unit: str, levels: Mapping[str, str], day: str, cells: Mapping[CellKey, Metrics]
) -> Coverage:
    """Coverage of ``unit`` on ``day``.

    Expected are the grids at or below the unit; a unit with no grid below it (a micro-grid, or an
    office that has only communities so far) answers for itself and its direct parts.

    Args:
        levels: unit code to level, of every unit known.
        cells: must hold the day's cells of those units that have any.
    """
    levels = {code: level for code, level in levels.items() if level != CLOSED}
    grids = [code for code, level in levels.items() if level == "grid" and is_within(code, unit)]
    if not grids:
        parts = [code for code in levels if code.rpartition("/")[0] == unit]
        grids = parts or [unit]
    missing = [code for code in grids if not cells.get((day, code), {}).get(REPORTED)]
    return Coverage(len(grids) - len(missing), len(grids), tuple(sorted(missing, key=unit_order)))


def all_metrics() -> dict[str, str]:
    """Every metric of every kind, with its definition; the order is the catalogue's."""
    names: dict[str, str] = {}
    for kind in CATALOGUE.values():
        names.update(kind.metrics)
    return names
