"""The clock: stamps rise, nobody's clock can block others, whoever saw a value writes above it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared import hlc
from armband.shared.errors import ClockOverflow

NOW = 1_650_000_000_000
STAMPS = st.integers(0, hlc.MAX_STAMP - 1)
CLOCKS = st.integers(-(10**12), 10**13)


def test_a_stamp_holds_milliseconds_above_a_counter() -> None:
    assert hlc.stamp_at(NOW) == NOW * 65536
    assert hlc.stamp_ms(hlc.stamp_at(NOW) + 65535) == NOW
    assert hlc.stamp_at(-5) == 0


@given(STAMPS, CLOCKS)
def test_a_tick_is_above_the_last_stamp_and_not_below_the_wall_clock(last: int, now: int) -> None:
    try:
        stamp = hlc.tick(last, now)
    except ClockOverflow:
        assert max(last + 1, hlc.stamp_at(now)) > hlc.MAX_STAMP
        return
    assert stamp > last
    assert stamp >= hlc.stamp_at(now)
    assert stamp == last + 1 or stamp == hlc.stamp_at(now)


def test_a_clock_that_stands_or_falls_still_rises() -> None:
    stamps, last = [], 0
    for now in (NOW, NOW, NOW - 10_000, NOW - 10_000, NOW + 1):
        last = hlc.tick(last, now)
        stamps.append(last)
    assert stamps == sorted(set(stamps))


def test_a_full_clock_says_so() -> None:
    with pytest.raises(ClockOverflow):
        hlc.tick(hlc.MAX_STAMP, NOW)


@given(STAMPS, STAMPS, CLOCKS)
def test_after_seeing_a_stamp_the_next_is_above_it(last: int, seen: int, now: int) -> None:
    observed = hlc.observe(last, seen)
    assert observed >= last
    try:
        assert hlc.tick(observed, now) > seen
    except ClockOverflow:
        assert max(observed + 1, hlc.stamp_at(now)) > hlc.MAX_STAMP


@given(STAMPS, st.integers(0, 10**13))
def test_lowering_never_raises_and_ends_within_the_drift(last: int, now: int) -> None:
    low = hlc.lowered(last, now)
    assert low <= last
    assert low <= hlc.stamp_at(now + hlc.DRIFT_MS)
    if last <= hlc.stamp_at(now):
        assert low == last


@given(STAMPS, st.integers(0, 10**13), STAMPS, STAMPS)
def test_bounds_of_the_effective_stamp(stamp: int, now: int, top: int, previous: int) -> None:
    """I7 and I9: above the predecessor; never ahead of the office by more than the drift."""
    previous = min(previous, top)
    eff = hlc.effective_stamp(stamp, now, top, previous)
    assert eff > previous
    assert eff <= max(hlc.stamp_at(now + hlc.DRIFT_MS), top + 1)
    if previous < stamp <= hlc.stamp_at(now + hlc.DRIFT_MS):
        assert eff == stamp
        assert not hlc.is_clamped(stamp, now, top)
    assert hlc.is_clamped(stamp, now, top) == (
        stamp > max(hlc.stamp_at(now + hlc.DRIFT_MS), top + 1)
    )


@given(st.lists(st.tuples(st.integers(0, 3), STAMPS, st.integers(0, 10**6)), max_size=30))
def test_no_clock_lifts_the_offices_stamps_out_of_reach(
    pushes: list[tuple[int, int, int]],
) -> None:
    """Whatever comes in, the highest stamp stays within the drift, one more for each tie."""
    now, top, heads = NOW, 0, dict.fromkeys(range(4), 0)
    for terminal, stamp, passed_ms in pushes:
        now += passed_ms
        eff = hlc.effective_stamp(stamp, now, top, heads[terminal])
        heads[terminal] = eff
        top = max(top, eff)
    assert top <= hlc.stamp_at(now + hlc.DRIFT_MS) + len(pushes)


@given(STAMPS, st.integers(0, 10**13), STAMPS)
def test_who_saw_the_highest_stamp_lands_above_it(stamp: int, now: int, top: int) -> None:
    """I8: a terminal that observed ``top`` ticks above it, and clamping leaves it above."""
    mine = min(hlc.observe(stamp, top) + 1, hlc.MAX_STAMP)
    if mine > top:
        assert hlc.effective_stamp(mine, now, top, 0) > top
