"""The invariants of the office's history, from the rows of its log alone."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from armband.shared.hlc import DRIFT_MS, stamp_at
from armband.shared.merge import Write, encode_state, merge
from armband.shared.ops import CHAIN_START, decode_payload, next_history
from sim.machines import OFFICE

Row = tuple[Any, ...]
_LOG = """
    SELECT seq, id, prev, branch, counter, eff, suspect, record, kind, payload, hist
    FROM ops WHERE office = ? ORDER BY seq
"""


def check_history(held: sqlite3.Connection, now_ms: int, seed: int) -> list[str]:
    """Every broken invariant of the log, as text."""
    rows = held.execute(_LOG, (OFFICE,)).fetchall()
    return [
        *_chain(rows),
        *_stamps(rows, now_ms),
        *_fold(held, rows, random.Random(seed)),
    ]


def _chain(rows: Iterable[Row]) -> Iterable[str]:
    """I11, I24: no gap, and every link of the history follows from the one before."""
    hist = CHAIN_START
    for place, row in enumerate(rows, 1):
        seq, op, eff, stored = row[0], row[1], row[5], row[10]
        hist = next_history(hist, op, eff)
        if seq != place or stored != hist:
            yield f"I11 the history breaks at seq {seq}"
            return


def _stamps(rows: Iterable[Row], now_ms: int) -> Iterable[str]:
    """I7, I9: a chain's stamps and places rise, and none runs ahead of the office's clock."""
    placed: dict[object, tuple[int, int]] = {}
    for count, row in enumerate(rows, 1):
        seq, op, prev, eff = row[0], row[1], row[2], row[5]
        before = placed.get(prev)
        if before is not None and not (before[0] < seq and before[1] < eff):
            yield f"I7 seq {seq}: its predecessor has seq {before[0]}, stamps {before[1]} and {eff}"
        if eff > stamp_at(now_ms + DRIFT_MS) + count:
            yield f"I9 seq {seq}: its stamp is ahead of the office's clock"
        placed[op] = (seq, eff)


def _fold(held: sqlite3.Connection, rows: Iterable[Row], rng: random.Random) -> Iterable[str]:
    """I6: a record is the merge of its operations, in whatever order and batches they come."""
    writes: dict[tuple[bytes, str], list[Write]] = {}
    versions: dict[bytes, int] = {}
    for _seq, op, _prev, branch, counter, eff, suspect, record, kind, raw, _hist in rows:
        body = decode_payload(raw)
        version = versions.get(record, 0)
        landed = versions[record] = max(eff, version + 1)
        seen = min(body.seen, version)
        write = Write(eff, op, branch, counter, seen, body.author, bool(suspect), body.patch)
        if landed != eff:
            write = msgspec.structs.replace(write, landed=landed)
        writes.setdefault((record, kind), []).append(write)
    for (record, kind), known in writes.items():
        rng.shuffle(known)
        cut = rng.randrange(len(known) + 1)
        state = merge(None, record, kind, known[:cut])
        state = merge(state, record, kind, [*known[cut:], *known[: cut // 2]])
        stored = held.execute(
            "SELECT state FROM records WHERE office = ? AND id = ?", (OFFICE, record)
        ).fetchone()
        if stored is None or stored[0] != encode_state(state):
            yield f"I6 record {record.hex()} is not the merge of its {len(known)} operations"
