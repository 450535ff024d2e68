"""The recount: from the stored operations to everything that was derived from them.

Pure over an `AuditSource`, row by row. Only the totals themselves are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from armband.server.commit.effects import NO_RECORDS
from armband.server.commit.rows import DigestKey, UnitDigest
from armband.server.commit.writes import Stamp, landed_write
from armband.server.model import AuditReport, OfficeRow
from armband.server.store.audit_rows import AuditOp, AuditRecord
from armband.server.store.port import AuditSource
from armband.shared.merge import State, decode_state, encode_state, merge, view
from armband.shared.ops import (
    CHAIN_START,
    WireOp,
    decode_payload,
    join_digests,
    next_history,
    op_id_of,
    payload_hash_of,
    set_digest,
)
from armband.shared.rollup import Change, added

MAX_DIFFERENCES = 1000
"""More are counted in the last entry and not listed."""

Difference = dict[str, str | int]
K = TypeVar("K")


class Differences:
    """What does not add up, up to a bound."""

    def __init__(self) -> None:
        self._found: list[Difference] = []
        self._more = 0

    def add(self, what: str, **parts: str | int) -> None:
        """Note one difference."""
        if len(self._found) < MAX_DIFFERENCES:
            self._found.append({"what": what, **parts})
        else:
            self._more += 1

    def listed(self) -> list[Difference]:
        """All of them, or the first ones and how many more there are."""
        if self._more:
            return [*self._found, {"what": "more", "count": self._more}]
        return self._found


def audit(source: AuditSource) -> AuditReport:
    """Recount one moment of the store."""
    differences = Differences()
    office = source.office()
    operations = _check_history(source, office, differences)
    recount = _Recount(office)
    records = 0
    for record, operations_on_it in _side_by_side(source):
        records += record is not None
        _check_record(record, operations_on_it, recount, differences)
    cells = recount.compare(source, differences)
    return AuditReport(records, cells, operations, differences.listed())


# -- the office's history and the terminals' chains --------------------------------------------


def _check_history(source: AuditSource, office: OfficeRow, differences: Differences) -> int:
    """Seqs without gaps, ids that are their content, the chain of history, stamps that rise."""
    hist, seq, top = CHAIN_START, 0, 0
    newest: dict[bytes, AuditOp] = {}
    for op in source.ops():
        seq += 1
        if op.seq != seq:
            differences.add("gap", seq=seq, found=op.seq)
            seq = op.seq
        if op.eff < 0 or op.hist != _history_after(hist, op):
            differences.add("history", seq=op.seq)
        hist = op.hist
        _check_content(op, differences)
        _check_order(op, newest.get(op.branch), differences)
        newest[op.branch] = op
        top = max(top, op.eff)
    for what, stored, counted in (("seq", office.seq, seq), ("top", office.top, top)):
        if stored != counted:
            differences.add(what, stored=stored, counted=counted)
    if office.hist != hist:
        differences.add("head", stored=office.hist.hex(), counted=hist.hex())
    return seq


def _history_after(hist: bytes, op: AuditOp) -> bytes:
    return next_history(hist, op.id, op.eff, op.branch, suspect=bool(op.suspect))


def _check_content(op: AuditOp, differences: Differences) -> None:
    """The id is the hash of what the operation says; a purged payload leaves its hash."""
    if op.nonce is None:
        return
    wire = WireOp(op.hlc, int.from_bytes(op.nonce, "big"), op.payload or b"")
    try:
        payload_hash = op.payload_hash if op.payload is None else payload_hash_of(wire)
        op_id = op_id_of(op.prev, op.key_id, op.counter, wire, payload_hash)
    except OverflowError:
        # A number below 0 or a nonce of another length: nothing that an operation can have.
        op_id = b""
    if op_id != op.id or payload_hash != op.payload_hash:
        differences.add("operation", seq=op.seq, id=op.id.hex())


def _check_order(op: AuditOp, before: AuditOp | None, differences: Differences) -> None:
    """Within a branch, stamps and counters rise with the seq."""
    if before is not None and not (before.eff < op.eff and before.counter < op.counter):
        differences.add("order", seq=op.seq, after=before.seq)


# -- the records ---------------------------------------------------------------------------------


def _side_by_side(source: AuditSource) -> Iterator[tuple[AuditRecord | None, list[AuditOp]]]:
    """Each record with its operations, both in order of record id; either may be missing."""
    grouped = groupby(source.ops_by_record(), key=lambda op: op.record)
    operations = ((record, list(group)) for record, group in grouped)
    pending = next(operations, None)
    for record in source.records():
        while pending is not None and pending[0] < record.id:
            yield None, pending[1]
            pending = next(operations, None)
        if pending is not None and pending[0] == record.id:
            yield record, pending[1]
            pending = next(operations, None)
        else:
            yield record, []
    while pending is not None:
        yield None, pending[1]
        pending = next(operations, None)


def _check_record(
    stored: AuditRecord | None,
    operations: list[AuditOp],
    recount: _Recount,
    differences: Differences,
) -> None:
    """A record is what merge makes of its operations; it counts as that, not as it is stored."""
    if stored is None:
        differences.add("record missing", record=operations[0].record.hex())
    if not operations:
        assert stored is not None, "one of the two is there"
        differences.add("record without operations", record=stored.id.hex())
        return
    try:
        state = replayed(operations)
    except ValueError as error:
        differences.add("payload", record=operations[0].record.hex(), problem=str(error))
        return
    if state is None:
        # Its payloads are purged: there is nothing left to replay, the record counts as stored.
        if stored is not None:
            recount.count(decode_state(stored.state), stored.seq)
        return
    seq = operations[-1].seq
    unit = view(state).unit
    if stored is not None and stored.state != encode_state(state):
        differences.add("record state", record=stored.id.hex(), seq=seq)
    if stored is not None and (stored.seq, stored.kind, stored.unit) != (seq, state.kind, unit):
        differences.add("record row", record=stored.id.hex(), seq=seq)
    recount.count(state, seq)


def replayed(operations: list[AuditOp]) -> State | None:
    """Merge a record's operations once more, in the order in which they landed.

    Returns:
        None when there are no operations, or their payloads are purged.

    Raises:
        ValueError: a payload is not what was taken in.
    """
    state: State | None = None
    for op in operations:
        if op.payload is None:
            return None
        body = decode_payload(op.payload)
        stamp = Stamp(op.id, op.branch, op.counter, op.eff, bool(op.suspect))
        write = landed_write(state, body, stamp)
        state = merge(state, op.record, operations[0].kind, [write])
    return state


# -- the totals ----------------------------------------------------------------------------------


class _Recount:
    """The totals as the records give them."""

    def __init__(self, office: OfficeRow) -> None:
        self._policy = office.policy
        self._change = Change()
        self._digests: dict[DigestKey, UnitDigest] = {}

    def count(self, state: State, seq: int) -> None:
        """Count one record."""
        counted = view(state)
        self._change.replace(None, counted, self._policy)
        if counted.unit:
            key = (counted.kind, counted.unit)
            known = self._digests.get(key, NO_RECORDS)
            digest = join_digests(known.digest, set_digest([(counted.id, seq)]))
            self._digests[key] = UnitDigest(known.count + 1, digest)

    def compare(self, source: AuditSource, differences: Differences) -> int:
        """Compare with what is stored; how many cells there are."""
        deltas, members = self._change.settle({})
        cells = {key: added({}, delta) for key, delta in deltas.items()}
        stored = {key: metrics for key, metrics in source.cells() if metrics}
        for key, kept, counted in _unequal(stored, _filled(cells)):
            for metric, (was, now) in _unequal_counts(kept or {}, counted or {}):
                place = {"day": key[0], "unit": key[1], "metric": metric}
                differences.add("cell", **place, stored=was, counted=now)
        for member, _kept, _counted in _unequal(dict(source.members()), _filled(members)):
            differences.add("member", day=member[0], metric=member[1], member=member[2])
        for digest, kept_set, counted_set in _unequal(dict(source.digests()), self._digests):
            counts = {
                "stored": kept_set.count if kept_set else 0,
                "counted": counted_set.count if counted_set else 0,
            }
            differences.add("digest", kind=digest[0], unit=digest[1], **counts)
        return len(stored)


def _filled(totals: Mapping[K, dict[str, int]]) -> dict[K, dict[str, int]]:
    return {key: counts for key, counts in totals.items() if counts}


def _unequal(stored: Mapping[Any, Any], counted: Mapping[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """(key, stored, counted) where the two differ, in order of key; None for what is missing."""
    for key in sorted({*stored, *counted}):
        if stored.get(key) != counted.get(key):
            yield key, stored.get(key), counted.get(key)


def _unequal_counts(
    stored: Mapping[str, int], counted: Mapping[str, int]
) -> Iterable[tuple[str, tuple[int, int]]]:
    for name in sorted({*stored, *counted}):
        pair = (stored.get(name, 0), counted.get(name, 0))
        if pair[0] != pair[1]:
            yield name, pair
