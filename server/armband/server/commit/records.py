"""The records of one group, as they change with each decided operation."""

from __future__ import annotations

from dataclasses import dataclass

from armband.server.commit.asked import Target
from armband.server.commit.rows import Loaded, Move, StoredRecord
from armband.server.commit.writes import Stamp, landed_write
from armband.server.model import ChangedRow
from armband.shared import wire
from armband.shared.kinds import UNIT, View
from armband.shared.merge import (
    State,
    Write,
    candidates,
    decode_state,
    encode_state,
    merge,
    never_in_conflict,
    saw,
    view,
)
from armband.shared.ops import Payload


@dataclass(slots=True)
class Present:
    """A record as it stands now; ``before`` as the group found it."""

    kind: str
    unit: str
    state: State | None
    before: StoredRecord | None
    seq: int = 0
    """Of its newest change within the group, 0 for none."""
    left: str = ""
    """The unit that it left within the group, the first if there were several."""

    @property
    def version(self) -> int:
        """What a reader of it has seen."""
        return self.state.stamp if self.state is not None else 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a group did to one record: the row to store, and the views before and after."""

    before: StoredRecord | None
    row: ChangedRow
    old: View | None
    new: View


class Records:
    """The records that the operations of a group are about."""

    def __init__(self, loaded: Loaded) -> None:
        self._stored = loaded.records
        self._present: dict[bytes, Present] = {}
        self.moves: list[Move] = []

    def get(self, record: bytes) -> Present | None:
        """A record, or None when nothing is known of it."""
        present = self._present.get(record)
        if present is None and record in self._stored:
            stored = self._stored[record]
            present = Present(stored.kind, stored.unit, decode_state(stored.state), stored)
            self._present[record] = present
        return present

    def target(self, record: bytes) -> Target | None:
        """What permission and validation have to know of a record."""
        present = self.get(record)
        return None if present is None else Target(present.kind, present.unit, present.state)

    def apply(self, body: Payload, stamp: Stamp, seq: int) -> int:
        """Merge an operation that was taken in; its ``wire.STATUS_`` code."""
        present = self.get(body.record)
        if present is None:
            present = self._present[body.record] = Present(body.kind, "", None, None)
        write = landed_write(present.state, body, stamp)
        status = _status(body.kind, present.state, write)
        present.state = merge(present.state, body.record, body.kind, [write])
        present.seq = seq
        if UNIT in body.patch:
            self._hang(present, body.record, seq)
        return status if present.unit else wire.STATUS_DEFERRED

    def _hang(self, present: Present, record: bytes, seq: int) -> None:
        assert present.state is not None, "the state holds at least this patch"
        old_unit = present.unit
        unit = candidates(present.state, UNIT)[0].value
        present.unit = unit if isinstance(unit, str) else ""
        if old_unit and old_unit != present.unit:
            self.moves.append(Move(seq, record, old_unit))
            present.left = present.left or old_unit

    def steps(self) -> list[Step]:
        """What happened to each changed record, by seq."""
        steps = [
            _step(record, present, present.state)
            for record, present in self._present.items()
            if present.seq and present.state is not None
        ]
        return sorted(steps, key=lambda step: step.row.seq)


def _step(record: bytes, present: Present, state: State) -> Step:
    before = present.before
    row = ChangedRow(
        seq=present.seq,
        record=record,
        kind=present.kind,
        unit=present.unit,
        # One that is made and filed to another unit at once: its maker must hear that it left.
        old_unit=(before.unit if before is not None else "") or present.left or present.unit,
        state=encode_state(state),
    )
    old = None if before is None else view(decode_state(before.state))
    return Step(before, row, old, view(state))


def _status(kind: str, state: State | None, write: Write) -> int:
    """What the write meets that its author had not seen."""
    unseen = [other for other in (state.writes if state else ()) if not saw(write, other)]
    if not unseen:
        return wire.STATUS_ACCEPTED
    never = never_in_conflict(kind)
    for other in unseen:
        for name in (write.patch.keys() & other.patch.keys()) - never:
            if write.patch[name] != other.patch[name]:
                return wire.STATUS_CONFLICT
    return wire.STATUS_MERGED
