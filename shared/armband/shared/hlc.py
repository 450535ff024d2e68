"""The hybrid logical clock, and the office's stamp.

A stamp is one integer: milliseconds since 1970 in the high 48 bits, a logical counter in the low
16. Stamps of one terminal rise even when its wall clock stands or falls; after a terminal has seen
a stamp of somebody else, its next one is higher.

The design follows Kulkarni, Demirbas et al., "Logical Physical Clocks" (2014).
"""

from __future__ import annotations

from armband.shared.errors import ClockOverflow

LOGICAL_BITS = 16
MAX_STAMP = (1 << 63) - 1
DRIFT_MS = 5 * 60 * 1000
"""How far ahead of the office's clock a stamp may run before it is clamped."""


def stamp_at(ms: int) -> int:
    """The first stamp of a millisecond; a clock before 1970 counts as 1970."""
    return max(ms, 0) << LOGICAL_BITS


def stamp_ms(stamp: int) -> int:
    """The wall-clock milliseconds of a stamp."""
    return stamp >> LOGICAL_BITS


def tick(last: int, now_ms: int) -> int:
    """The next stamp of a clock whose newest stamp is ``last``.

    Raises:
        ClockOverflow: the stamp would not fit into 63 bits.
    """
    stamp = max(last + 1, stamp_at(now_ms))
    if stamp > MAX_STAMP:
        raise ClockOverflow(f"stamp {stamp} does not fit")
    return stamp


def observe(last: int, seen: int) -> int:
    """The newest stamp after seeing ``seen``: the next `tick` will be above both."""
    return max(last, seen)


def lowered(last: int, office_now_ms: int) -> int:
    """A clock that ran ahead comes back to the office's time plus the drift.

    Only for a terminal with nothing unsent: its own unsent stamps must stay below its next one.
    """
    return min(last, stamp_at(office_now_ms + DRIFT_MS))


def effective_stamp(hlc: int, now_ms: int, top: int, previous: int) -> int:
    """The stamp that the office gives an operation, once, and that merge uses.

    ``top`` is the highest stamp the office has given so far, ``previous`` that of the operation's
    predecessor in its chain (0 if none). No clock can stamp more than five minutes ahead of the
    office's, and still whoever saw a value writes above it.
    """
    limit = max(stamp_at(now_ms + DRIFT_MS), top + 1)
    return max(min(hlc, limit), previous + 1)


def is_clamped(hlc: int, now_ms: int, top: int) -> bool:
    """Whether `effective_stamp` had to bring this clock back."""
    return hlc > max(stamp_at(now_ms + DRIFT_MS), top + 1)
