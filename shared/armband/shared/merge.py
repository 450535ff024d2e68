"""Merge: the state of a record as a function of the operations on it, and of nothing else.

A record's state is the set of operations that still say something: each with its patch reduced to
the fields on which nobody who had seen it has written since. Per field the highest stamp wins, ties
by operation id. When more than one of these writes holds a different value for a field, their
authors had not seen each other's: the record carries a conflict, and any later write by somebody
who saw both settles it.

Who had seen what is told by the record's version, not by stamps: an operation recorded offline
keeps its early stamp although it reaches the office late: having seen a high stamp is no proof of
having seen a lower one. The office notes the version at which each write landed in the record.

``saw`` is transitive (a write lands above every version that its author had seen, and what a
terminal has seen only grows), so the union of two states followed by the reduction is a join: it
does not care about order, repetition or batching.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from armband.shared.fields import Patch, Value
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import NEVER_IN_CONFLICT, UNIT, VOID, View


class Write(msgspec.Struct, frozen=True, array_like=True):
    """What one operation still says about a record. New fields go at the end.

    Attributes:
        stamp: the effective stamp; on a terminal, for its own unsent operations, the raw one.
        op: the operation's id.
        branch: the branch of a terminal's chain: its key id, or after a fork the id of the
            branch's first operation.
        counter: the operation's place in the chain.
        seen: the version of the record that its author had seen.
        author: who.
        suspect: its clock was clamped or is known to be wrong.
        patch: the fields on which it still stands.
        landed: the record's version once the office had taken this write in; 0 when that is
            ``stamp``. A terminal gives its own unsent writes `hlc.MAX_STAMP`: nobody has seen them.
    """

    stamp: int
    op: bytes
    branch: bytes
    counter: int
    seen: int
    author: str
    suspect: bool
    patch: Patch
    landed: int = 0

    @property
    def version(self) -> int:
        """The record's version at which this write landed."""
        return self.landed or self.stamp


class State(msgspec.Struct, frozen=True, array_like=True):
    """A record: its id, its kind and the writes that still stand, in order of (stamp, op)."""

    id: bytes
    kind: str
    writes: tuple[Write, ...]

    @property
    def stamp(self) -> int:
        """The record's version: what a reader of it has seen; no lower than any write's stamp."""
        return max((write.version for write in self.writes), default=0)


class Candidate(msgspec.Struct, frozen=True):
    """One of the values that stand for a field."""

    value: Value
    stamp: int
    op: bytes
    author: str
    suspect: bool


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(State)


def encode_state(state: State) -> bytes:
    """The bytes of a state: equal states have equal bytes."""
    return _encoder.encode(state)


def decode_state(raw: bytes) -> State:
    """The state in ``raw``, as stored by `encode_state`."""
    return _decoder.decode(raw)


def saw(later: Write, earlier: Write) -> bool:
    """Whether the author of ``later`` knew ``earlier``."""
    if later.seen >= earlier.version:
        return True
    return later.branch == earlier.branch and later.counter > earlier.counter


def merge(state: State | None, record: bytes, kind: str, writes: Iterable[Write]) -> State:
    """The state after some more writes, whatever their order, and however often they come."""
    standing = {write.op: write for write in (state.writes if state else ())}
    for write in writes:
        if write.op not in standing:
            _add(standing, write)
    ordered = sorted(standing.values(), key=_order)
    return State(record, kind, tuple(ordered))


def _order(write: Write) -> tuple[int, bytes]:
    return (write.stamp, write.op)


def _add(standing: dict[bytes, Write], new: Write) -> None:
    """Join one write: it loses the fields that a standing write overrules, and the reverse."""
    patch = dict(new.patch)
    for other in list(standing.values()):
        common = patch.keys() & other.patch.keys()
        if not common:
            continue
        if saw(other, new):
            for name in common:
                del patch[name]
        elif saw(new, other):
            _drop_fields(standing, other, common)
    if patch:
        standing[new.op] = msgspec.structs.replace(new, patch=patch)


def _drop_fields(standing: dict[bytes, Write], write: Write, names: set[str]) -> None:
    left = {name: value for name, value in write.patch.items() if name not in names}
    if left:
        standing[write.op] = msgspec.structs.replace(write, patch=left)
    else:
        del standing[write.op]


def candidates(state: State, name: str) -> tuple[Candidate, ...]:
    """The values that stand for a field, the winner first."""
    return tuple(
        Candidate(write.patch[name], write.stamp, write.op, write.author, write.suspect)
        for write in reversed(state.writes)
        if name in write.patch
    )


def conflicts(state: State) -> tuple[str, ...]:
    """The fields for which different values stand, in order of their names.

    Reasons and steps never conflict: each belongs to its own change; nor do fields of which any
    value is right.
    """
    if len(state.writes) < 2:
        return ()
    values: dict[str, list[Value]] = {}
    for write in state.writes:
        for name, value in write.patch.items():
            known = values.setdefault(name, [])
            if value not in known:
                known.append(value)
    never = never_in_conflict(state.kind)
    return tuple(
        sorted(name for name, known in values.items() if len(known) > 1 and name not in never)
    )


def never_in_conflict(kind: str) -> frozenset[str]:
    """The fields of a kind for which different values are no conflict."""
    declared = CATALOGUE.get(kind)
    return NEVER_IN_CONFLICT if declared is None else declared.never_in_conflict


def view(state: State) -> View:
    """The record as everyone sees it: per field the winning value."""
    fields: Patch = {}
    for write in state.writes:
        fields.update(write.patch)
    unit = fields.pop(UNIT, None)
    void = fields.pop(VOID, None)
    found = conflicts(state)
    return View(
        id=state.id,
        kind=state.kind,
        unit=unit if isinstance(unit, str) else "",
        fields=fields,
        void=void if isinstance(void, str) else "",
        stamp=state.stamp,
        conflicts=found,
        suspect=bool(found) and any(write.suspect for write in state.writes),
    )
