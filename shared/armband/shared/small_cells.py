"""Small cells: figures so low that they point at a household or a person are left out. Pure.

Promise, for each metric on each day that adds up over units: in what is told of the whole tree of
units there is no figure from 1 to ``below - 1``, and none follows by taking figures of units from
that of the unit above. Where only small ones would be left out, the next larger one goes with them,
until at least two are, with a sum of at least ``below``.

Not promised: what follows from other metrics of the same row (a sum and all of its parts but one),
or from the same figure a moment earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import RAW
from armband.shared.rollup import CellKey, Metrics
from armband.shared.units import parent_of

_OF_PEOPLE = (
    *("household", "resident", "visit", "check", "case", "call", "service", "delivery"),
    *("round", "sample", "returnee", "followup", "screening", "inquiry", "stay", "reveal"),
)
"""Kinds whose figures count the people who live here, their doors, or what happens to them."""
_NAMES = {name: kind for kind in _OF_PEOPLE for name in CATALOGUE[kind].metrics}


def kind_counted(metric: str) -> str:
    """The kind about people that gives a metric, ``""`` where the metric is about none."""
    return _NAMES.get(metric.partition(RAW)[0], "")


def without_small(
    cells: Mapping[CellKey, Metrics], below: int
) -> tuple[dict[CellKey, Metrics], dict[CellKey, list[str]]]:
    """The cells without what is left out, and the metrics left out of each cell, by name.

    Raw material from which percentiles and the like are worked out goes as a whole: a part of it
    would give wrong ones. What would have been worked out of it is named as left out.

    Args:
        cells: of the whole office, at every level; a cell that is not there is 0.
        below: figures from 1 to this, itself not included, are small; 0 leaves everything.
    """
    hidden: dict[CellKey, set[str]] = {}
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for (day, unit), row in cells.items():
        for metric, count in row.items():
            if count > 0 and below > 1 and kind_counted(metric):
                counted.setdefault((day, metric), {})[unit] = count
    for (day, metric), counts in counted.items():
        for unit in _left_out(counts, below):
            hidden.setdefault((day, unit), set()).add(metric)
    shown = {}
    told: dict[CellKey, list[str]] = {}
    for key, row in cells.items():
        gone = hidden.get(key, set())
        shown[key] = {m: n for m, n in row.items() if m not in gone}
        if gone:
            told[key] = sorted(_named(shown[key], row, gone, key[0]))
    return shown, told


def _left_out(counts: Mapping[str, int], below: int) -> set[str]:
    """The units whose figure of one metric on one day is left out, from the top down."""
    children: dict[str, list[str]] = {}
    for unit in sorted(counts):
        children.setdefault(parent_of(unit), []).append(unit)
    gone: set[str] = set()
    tops = [unit for unit in sorted(counts) if parent_of(unit) not in counts]
    gone.update(top for top in tops if counts[top] < below)
    waiting = list(tops)
    while waiting:
        unit = waiting.pop()
        parts = {child: counts[child] for child in children.get(unit, ())}
        gone |= set(parts) if unit in gone else _hidden_parts(counts[unit], parts, below)
        waiting.extend(parts)
    return gone


def _hidden_parts(whole: int, parts: Mapping[str, int], below: int) -> set[str]:
    """The parts of a shown figure that are left out; what hangs on the unit itself is one, too."""
    own = whole - sum(parts.values())
    every = {**parts, **({"": own} if own > 0 else {})}
    gone = {name for name, count in every.items() if count < below}
    rest = sorted((n for n in every if n not in gone), key=lambda n: (every[n], n))
    while gone and rest and (len(gone) < 2 or sum(every[n] for n in gone) < below):
        gone.add(rest.pop(0))
    return gone - {""}


def _named(shown: Metrics, row: Metrics, gone: Collection[str], day: str) -> Iterable[str]:
    """The metrics left out as people know them; drops raw material that is no longer whole."""
    yield from (metric for metric in gone if RAW not in metric)
    for kind in sorted({kind_counted(metric) for metric in gone}):
        derive = CATALOGUE[kind].derive
        if derive is None:
            continue
        raw = [m for m in shown if RAW in m and kind_counted(m) == kind]
        for metric in raw:
            del shown[metric]
        yield from (m for m, count in derive(row, day).items() if count)
