"""Which records count otherwise on a day than they did at an earlier moment of the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from armband.server.audit import replayed
from armband.server.reports.model import MAX_RECORDS, ChangedRecord
from armband.server.store.audit_rows import AuditOp
from armband.shared.hlc import stamp_ms
from armband.shared.kinds import View
from armband.shared.merge import State, view
from armband.shared.policy import Policy
from armband.shared.rollup import Change
from armband.shared.units import is_within


def changed_records(
    ops: Iterable[AuditOp], seq: int, unit: str, day: str, policy: Policy
) -> tuple[list[ChangedRecord], int]:
    """The records within ``unit`` whose contribution to ``day`` is another than at ``seq``.

    Args:
        ops: all operations of every record that changed after ``seq``, by (record, seq).

    Returns:
        By kind and id, at most `MAX_RECORDS`, and how many more there are.
    """
    found = []
    for record, group in groupby(ops, key=lambda op: op.record):
        operations = list(group)
        if any(op.payload is None for op in operations):
            # Purged: what it counted is settled for good.
            continue
        before = _view(replayed([op for op in operations if op.seq <= seq]))
        after = _view(replayed(operations))
        metrics = dict(_differences(before, after, unit, day, policy))
        if metrics:
            newest = operations[-1]
            place = after or before
            assert place is not None, "a record that contributes was made by some operation"
            found.append(
                ChangedRecord(record.hex(), newest.kind, place.unit, stamp_ms(newest.eff), metrics)
            )
    found.sort(key=lambda changed: (changed.kind, changed.id))
    return found[:MAX_RECORDS], max(0, len(found) - MAX_RECORDS)


def _view(state: State | None) -> View | None:
    return None if state is None else view(state)


def _differences(
    before: View | None, after: View | None, unit: str, day: str, policy: Policy
) -> Iterator[tuple[str, int]]:
    """Metric and difference; a distinct count by how many records more hold the member here."""
    change = Change()
    change.replace(before, after, policy)
    counted: dict[str, int] = {}
    for (on, place), metrics in change.sums.items():
        if on == day and is_within(place, unit):
            for metric, count in metrics.items():
                counted[metric] = counted.get(metric, 0) + count
    for (on, metric, _member), places in change.members.items():
        if on == day:
            here = sum(step for place, step in places.items() if is_within(place, unit))
            counted[metric] = counted.get(metric, 0) + here
    yield from ((metric, count) for metric, count in sorted(counted.items()) if count)
