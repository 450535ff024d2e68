"""What an operation becomes in its record's state, once the office has stamped it."""

from __future__ import annotations

from dataclasses import dataclass

from armband.shared.merge import State, Write
from armband.shared.ops import Payload


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the office decided about an operation, beside its content."""

    op: bytes
    branch: bytes
    counter: int
    eff: int
    suspect: bool


def landed_write(state: State | None, body: Payload, stamp: Stamp) -> Write:
    """The write that joins ``state``, the record as the operation found it."""
    version = state.stamp if state is not None else 0
    # A stamp in the past lands above what is there all the same: see `merge`.
    landed = max(stamp.eff, version + 1)
    return Write(
        stamp=stamp.eff,
        op=stamp.op,
        branch=stamp.branch,
        counter=stamp.counter,
        # Nobody has seen what is not there: a broken terminal must not overrule the future.
        seen=max(0, min(body.seen, version)),
        author=body.author,
        suspect=stamp.suspect,
        patch=body.patch,
        landed=0 if landed == stamp.eff else landed,
    )
