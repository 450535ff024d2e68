"""The office's log: a chain without gaps, stamps that rise and are bounded (I7, I9, I11, I24)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from sim.files import OfficeFile, TerminalFile

DRIFT_MS = 300_000
ID_BYTES = 16


def chain_holds(office: OfficeFile) -> Iterable[str]:
    """I11, I24: every link of the history follows from the one before, up to the office's row."""
    hist = bytes(ID_BYTES)
    for place, row in enumerate(office.log, 1):
        step = row.id + row.eff.to_bytes(8, "big") + row.branch + bytes([row.suspect])
        hist = _chained(hist, step)
        if row.seq != place or row.hist != hist:
            yield f"I11 the history breaks at seq {row.seq}: {row.id.hex()}"
            return
    if (office.seq, office.hist) != (len(office.log), hist):
        yield f"I11 the office says {office.seq}, its log ends at {len(office.log)}"


def _chained(before: bytes, step: bytes) -> bytes:
    return blake2b(before + step, digest_size=ID_BYTES, person=b"armband-hist-1").digest()


def chains_rise(office: OfficeFile) -> Iterable[str]:
    """I7: an operation has a higher place and a higher stamp than its predecessor."""
    placed = {row.id: row for row in office.log}
    for row in office.log:
        before = placed.get(row.prev)
        if before is not None and before.seq > row.seq and office.forks.get(row.id):
            # An orphan: its predecessor came back from another file, after it.
            continue
        if before is not None and not (before.seq < row.seq and before.eff < row.eff):
            yield (
                f"I7 {row.id.hex()} at seq {row.seq} with {row.eff} follows seq {before.seq} "
                f"with {before.eff}"
            )


def stamps_are_bounded(office: OfficeFile, newest_ms: int) -> Iterable[str]:
    """I9: no stamp runs ahead of the office's clock by more than the drift and ties."""
    for row in office.log:
        if row.eff > ((newest_ms + DRIFT_MS) << 16) + row.seq:
            yield f"I9 {row.id.hex()} at seq {row.seq}: its stamp is ahead of the office's clock"


def clocks_follow_what_was_seen(office: OfficeFile) -> Iterable[str]:
    """I8: a terminal that has seen a record stamps above it, also with a clock of the year before.

    The office's own operations are decided where they land; they need no clock for it.
    """
    for row in office.log:
        if row.hlc <= row.seen and row.key_id in office.readers:
            yield f"I8 {row.id.hex()} on {row.record.hex()} saw {row.seen} and stamped {row.hlc}"


def a_clock_is_not_behind_its_base(own: TerminalFile) -> Iterable[str]:
    """I8: a terminal's next stamp is above all that it holds of the office."""
    for record, (_seq, raw) in own.base.items():
        version = max((write[8] or write[0] for write in msgspec.msgpack.decode(raw)[2]), default=0)
        if own.hlc < version:
            yield f"I8 {own.name}'s clock is at {own.hlc}, its {record.hex()} at {version}"
            return
