"""What a terminal shows of a record: the office's base with its own operations on top. Pure.

The base comes only from the office's feed. Own operations that the base does not hold yet lie over
it as writes that nobody else can have seen; they are never merged into the base itself.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from armband.client.model import Standing
from armband.shared import hlc
from armband.shared.kinds.declare import View
from armband.shared.merge import State, Write, merge, view
from armband.shared.ops import Payload


class OpState(enum.IntEnum):
    """Where an own operation stands, as stored."""

    WAITING = 0
    HELD = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class OwnOp:
    """One of this terminal's operations.

    Attributes:
        shown: whether it lies on top of the base.
        in_tray: refused, and neither mended nor set aside.
        eff: the office's stamp, 0 before the receipt.
    """

    counter: int
    id: bytes
    hlc: int
    state: OpState
    shown: bool
    in_tray: bool
    eff: int
    payload: Payload


def write_of(op: OwnOp, key_id: bytes) -> Write:
    """An own operation as a write over the base."""
    body = op.payload
    return Write(
        stamp=op.eff or op.hlc,
        op=op.id,
        branch=key_id,
        counter=op.counter,
        seen=body.seen,
        author=body.author,
        suspect=False,
        patch=body.patch,
        landed=hlc.MAX_STAMP,
    )


def laid_over(
    base: State | None, record: bytes, own: Sequence[OwnOp], key_id: bytes
) -> State | None:
    """The record's state with the shown operations of ``own`` on top, if there is any."""
    shown = [op for op in own if op.shown]
    if not shown:
        return base
    kind = base.kind if base else shown[0].payload.kind
    return merge(base, record, kind, (write_of(op, key_id) for op in shown))


def shown_view(
    base: State | None, record: bytes, own: Sequence[OwnOp], key_id: bytes
) -> View | None:
    """The record as screens show it; None while it hangs on no unit (its beginning is missing)."""
    state = laid_over(base, record, own, key_id)
    found = view(state) if state else None
    return found if found and found.unit else None


def standing_of(own: Sequence[OwnOp]) -> Standing:
    """Where the newest change of this terminal stands; HELD for what came from the office."""
    if any(op.state is OpState.WAITING and op.shown for op in own):
        return Standing.WRITTEN
    if any(op.in_tray for op in own):
        return Standing.REFUSED
    return Standing.HELD


def seen_by_next(base: State | None, own: Sequence[OwnOp]) -> int:
    """The version that the author of the next operation has seen.

    While a base is being built anew, a record that is not there yet was seen as far as this
    terminal's unsent operations had seen it. A base that is there counts alone, also when an
    earlier operation had seen more: the office was restored from an older copy, and what its author
    looks at now is the record as it was then.
    """
    if base is not None:
        return base.stamp
    return max((op.payload.seen for op in own if op.shown), default=0)
