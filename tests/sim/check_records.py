"""Records and replicas: what the log says, the same everywhere, nothing outside of a scope
(I5, I6, I16, I22), and digests that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from sim.files import HELD, OfficeFile, TerminalFile
from sim.oracle import Shown

Base = dict[bytes, tuple[int, bytes]]


def records_are_the_fold(office: OfficeFile) -> Iterable[str]:
    """I6, I22: a record is what the oracle makes of its operations, unknown fields and all."""
    for record in sorted(office.folded.keys() | office.records.keys()):
        stored = office.records.get(record)
        folded = office.folded.get(record)
        if stored is None or folded is None:
            yield f"I6 {record.hex()} is a record without operations, or the reverse"
            continue
        _id, _kind, writes = msgspec.msgpack.decode(stored.state)
        if writes != folded:
            yield f"I6 {record.hex()} is {writes}, by its operations {folded}"
        elif stored.unit != office.views[record].unit:
            yield f"I6 {record.hex()} hangs on {stored.unit!r}, not {office.views[record].unit!r}"
    newest = {row.record: row.seq for row in office.log}
    for record, stored in office.records.items():
        if newest.get(record) != stored.seq:
            yield f"I6 {record.hex()} says seq {stored.seq}, its newest is {newest.get(record)}"


def base_is_the_scope(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """I5, I10, I16: a base is the office's records in scope, to the byte, and nothing else."""
    wanted = wanted_base(own.key_id, office)
    for record in sorted(wanted.keys() | own.base.keys()):
        here, there = own.base.get(record), wanted.get(record)
        if here == there:
            continue
        if there is None:
            yield f"I16 {own.name} holds {record.hex()}, which is not in its scope"
        elif here is None:
            yield f"I10 {own.name} lacks {record.hex()} of seq {there[0]}"
        else:
            yield f"I5 {own.name} has {record.hex()} at seq {here[0]}, the office at {there[0]}"


def wanted_base(key_id: bytes, office: OfficeFile) -> Base:
    """What a terminal of this key must hold."""
    if key_id in office.revoked:
        return {}
    reader = office.readers[key_id]
    return {
        record: (row.seq, row.state)
        for record, row in office.records.items()
        if row.unit and reader.may_read(row.kind, row.unit)
    }


def equal_places_have_equal_bases(files: list[TerminalFile], office: OfficeFile) -> Iterable[str]:
    """I5: who stands at the same point with the same scope has the same bytes."""
    first: dict[object, TerminalFile] = {}
    for own in files:
        if own.key_id in office.revoked:
            continue
        place = (own.epoch, own.cursor, office.readers[own.key_id])
        other = first.setdefault(place, own)
        if other.base != own.base:
            yield f"I5 {other.name} and {own.name} stand at {own.cursor} and differ"


def screens_show_the_base(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """What screens read is the oracle's view of each record in scope, once nothing waits."""
    wanted = wanted_base(own.key_id, office)
    for record in sorted(wanted.keys() | own.views.keys()):
        if record not in wanted:
            yield f"I16 {own.name} shows {record.hex()}, which is not in its scope"
        elif record not in own.views:
            yield f"I5 {own.name} does not show {record.hex()}"
        elif _look(own.views[record]) != office.views[record]:
            yield (
                f"I5 {own.name} shows {_look(own.views[record])} of {record.hex()}, "
                f"it is {office.views[record]}"
            )


def _look(row: tuple[str, str, str, str, bytes]) -> Shown:
    _kind, unit, void, conflicts, fields = row
    return Shown(unit, void, msgspec.msgpack.decode(fields), tuple(conflicts.split()))


def nothing_held_lies_on_top(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """What the office holds and has fed is no overlay any more; deferred ones are fed to nobody."""
    for op in own.ops:
        record = office.records.get(op.record)
        if op.state == HELD and op.shown and record is not None and record.unit:
            yield f"I5 {own.name}'s {op.id.hex()} on {op.record.hex()} still lies over the base"


def digests_prove_it(office: OfficeFile) -> Iterable[str]:
    """The stored digests are those of the records."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for record, row in office.records.items():
        if row.unit:
            count, total = counted.get((row.kind, row.unit), (0, 0))
            raw = blake2b(record + row.seq.to_bytes(8, "big"), digest_size=16).digest()
            counted[row.kind, row.unit] = (count + 1, total ^ int.from_bytes(raw, "big"))
    for key in sorted(counted.keys() | office.digests.keys()):
        count, total = counted.get(key, (0, 0))
        if office.digests.get(key) != (count, total.to_bytes(16, "big")):
            yield f"digest of {key}: {office.digests.get(key)}, counted {count}"


def deferred_are_replayed(office: OfficeFile) -> Iterable[str]:
    """An operation that came before its record takes effect when the record comes.

    By the fold that is so; what is left without a unit must lack the operation that gives it one.
    """
    for record, row in office.records.items():
        made = any("unit" in write[7] for write in office.folded.get(record, ()))
        if made and not row.unit:
            yield f"deferred: {record.hex()} was made, and hangs nowhere"
