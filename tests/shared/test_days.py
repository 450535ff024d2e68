from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from armband.shared.days import add_days, at_clock, clock_of, day_begins_ms, day_of, is_day
from armband.shared.policy import Policy

MOMENTS = st.integers(0, 4_102_444_800_000)  # 1970 to 2100
POLICIES = st.builds(
    Policy,
    utc_offset_min=st.integers(-720, 840),
    day_starts_at_min=st.integers(0, 1439),
)


@given(MOMENTS, POLICIES)
def test_days_and_clocks_against_datetime(ms: int, policy: Policy) -> None:
    zone = timezone(timedelta(minutes=policy.utc_offset_min))
    local = datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)
    local = local.replace(microsecond=0)
    work = local - timedelta(minutes=policy.day_starts_at_min)
    assert day_of(ms - ms % 1000, policy) == work.date().isoformat()
    assert clock_of(ms - ms % 1000, policy) == local.time().isoformat()


def test_the_office_of_shanghai() -> None:
    """16:00 UTC is midnight there; with a day from 08:00 the night belongs to the day before."""
    midnight = 1_648_742_400_000  # 2022-03-31T16:00:00Z
    assert day_of(midnight, Policy()) == "2022-04-01"
    assert day_of(midnight - 1, Policy()) == "2022-03-31"
    assert clock_of(midnight, Policy()) == "00:00:00"
    assert day_of(midnight, Policy(day_starts_at_min=480)) == "2022-03-31"
    assert day_of(midnight + 8 * 3_600_000, Policy(day_starts_at_min=480)) == "2022-04-01"


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-9999, 9999))
def test_adding_days(day: date, count: int) -> None:
    moved = add_days(day.isoformat(), count)
    assert moved == (day + timedelta(days=count)).isoformat()
    assert add_days(moved, -count) == day.isoformat()


@given(
    st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
)
def test_what_is_a_day(text: str) -> None:
    try:
        expected = date.fromisoformat(text).isoformat() == text
    except ValueError:
        expected = False
    assert is_day(text) == expected


def test_other_ways_to_write_a_day_are_none() -> None:
    assert is_day("2024-02-29")
    for text in ("2023-02-29", "20240229", "2024-W09-4", "2024-2-29", "2024-02-29T00:00", ""):
        assert not is_day(text)


@given(MOMENTS, POLICIES)
def test_a_day_begins_with_its_first_moment(ms: int, policy: Policy) -> None:
    day = day_of(ms, policy)
    begins = day_begins_ms(day, policy)
    assert begins <= ms < begins + 86_400_000
    assert day_of(begins, policy) == day
    assert day_of(begins - 1, policy) == add_days(day, -1)


@given(MOMENTS, POLICIES, st.integers(0, 1439))
def test_the_clock_of_a_day_shows_what_was_asked(ms: int, policy: Policy, minute: int) -> None:
    day = day_of(ms, policy)
    at = at_clock(day, minute, policy)
    assert day_of(at, policy) == day
    assert clock_of(at, policy) == f"{minute // 60:02}:{minute % 60:02}:00"
