"""Shifts: which day the night belongs to, and where nobody stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armband.shared.days import at_clock
from armband.shared.fields import Patch
from armband.shared.kinds import View, kind_named
from armband.shared.kinds.shift import Span, day_at, gaps, span_of
from armband.shared.policy import Policy

POLICY = Policy()
GATE = "c" * 32
DAY, NEXT = "2022-03-31", "2022-04-01"
HOUR = 3_600_000
NIGHT: Patch = {
    "checkpoint": GATE,
    "day": DAY,
    "begins_min": 20 * 60,
    "ends_min": 8 * 60,
    "state": "planned",
}


def test_a_night_shift_reaches_into_the_next_morning() -> None:
    span = span_of(NIGHT, POLICY)
    assert span is not None
    assert (span.from_ms, span.to_ms) == (at_clock(DAY, 1200, POLICY), at_clock(NEXT, 480, POLICY))
    whole = span_of({**NIGHT, "ends_min": 20 * 60}, POLICY)
    assert whole is not None
    assert whole.to_ms - whole.from_ms == 24 * HOUR
    assert span_of({**NIGHT, "state": "cancelled"}, POLICY) is None
    assert span_of({**NIGHT, "day": "2022-02-30"}, POLICY) is None


def test_work_after_midnight_belongs_to_the_day_of_its_shift() -> None:
    night = span_of(NIGHT, POLICY)
    morning = span_of({**NIGHT, "day": NEXT, "begins_min": 7 * 60 + 30, "ends_min": 960}, POLICY)
    assert night is not None
    assert morning is not None
    spans = [morning, night]
    two_at_night = at_clock(NEXT, 2 * 60, POLICY)
    assert day_at(spans, two_at_night) == DAY
    assert day_at(spans, at_clock(NEXT, 7 * 60 + 45, POLICY)) == DAY  # both stand
    assert day_at(spans, at_clock(NEXT, 8 * 60, POLICY)) == NEXT
    assert day_at(spans, night.from_ms - 1) == ""


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 12)), max_size=6))
def test_gaps_are_exactly_the_hours_in_which_nobody_stands(shifts: list[tuple[int, int]]) -> None:
    spans = [Span(GATE, DAY, begins, begins + length) for begins, length in shifts]
    free = gaps(spans, 5, 45)
    bare = [h for h in range(5, 45) if not any(s.from_ms <= h < s.to_ms for s in spans)]
    assert [hour for begin, end in free for hour in range(begin, end)] == bare
    assert all(begin < end for begin, end in free)


def test_the_note_is_asked_for_at_the_end_and_read_by_the_next() -> None:
    kind = kind_named("shift")
    span = span_of(NIGHT, POLICY)
    assert span is not None

    def duty(**fields: object) -> tuple[str, int, int]:
        told = {**NIGHT, **fields}
        view = View(b"s" * 16, "shift", "o", told)  # type: ignore[arg-type]  # any value
        (found,) = kind.duties_of(view, POLICY)
        return found.step, found.from_ms, found.due_ms

    assert duty() == ("begin", span.from_ms - 12 * HOUR, span.from_ms)
    assert duty(state="standing") == ("end", span.to_ms - HOUR // 4, span.to_ms)
    ended = span.to_ms + 5
    assert duty(state="ended", ended_at=ended) == ("read", ended, ended + HOUR // 2)
    read = View(b"s" * 16, "shift", "o", {**NIGHT, "state": "read"})
    assert kind.duties_of(read, POLICY) == ()
