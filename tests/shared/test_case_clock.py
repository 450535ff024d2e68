"""The acceptance clock, percentiles that add up, and who is nearest: pure, to the millisecond."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.fields import Patch, Value
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.case_clock import (
    is_addressee,
    level_at,
    levels,
    undelivered_since,
)
from armband.shared.kinds.histogram import bucket, percentile_s
from armband.shared.nearest import Helper, nearest
from armband.shared.policy import Policy
from armband.shared.roles import Role
from armband.shared.rollup import Change, recount
from armband.shared.rollup_report import finished

LIU = "1" * 32
SENT = 1_648_080_000_000
POLICY = Policy()
DAY = "2022-03-24"
DISPATCHED: Patch = {"state": "dispatched", "dispatched_at": SENT, "rung": "liaison", "to": LIU}


def rung_from(fields: Patch, policy: Policy = POLICY) -> list[tuple[int, tuple[str, ...]]]:
    return [((level.from_ms - SENT) // 1000, level.who) for level in levels(fields, policy)]


def test_each_time_that_the_allowance_runs_out_the_next_level_is_rung() -> None:
    assert rung_from(DISPATCHED) == [
        (0, (LIU,)),
        (300, ("role:chief",)),
        (600, ("role:community",)),
        (900, ("role:street",)),
    ]
    assert rung_from(DISPATCHED, Policy(accept_within_s=60))[1][0] == 60
    assert [w for _s, w in rung_from({**DISPATCHED, "rung": "trio", "to": None})] == [
        ("role:community",),
        ("role:street",),
    ]
    assert rung_from({**DISPATCHED, "rung": "agency", "to": None}) == [(0, ("role:street",))]
    assert rung_from({**DISPATCHED, "state": "accepted"}) == []


@pytest.mark.parametrize(
    ("after_ms", "number"),
    [(-5000, 0), (0, 0), (299_999, 0), (300_000, 1), (599_999, 1), (600_000, 2), (10**9, 3)],
)
def test_the_level_begins_at_its_very_moment(after_ms: int, number: int) -> None:
    level = level_at(DISPATCHED, POLICY, SENT + after_ms)
    assert level is not None
    assert level.number == number


def test_an_arrival_counts_for_its_own_dispatch_only() -> None:
    assert undelivered_since(DISPATCHED) == SENT
    assert undelivered_since({**DISPATCHED, "delivered_of": SENT}) is None
    assert undelivered_since({**DISPATCHED, "delivered_of": SENT - 1}) == SENT
    assert undelivered_since({**DISPATCHED, "state": "accepted"}) is None


def test_who_is_the_addressee() -> None:
    assert is_addressee(DISPATCHED, [LIU], Role.GRID)
    assert not is_addressee(DISPATCHED, [], Role.LIAISON), "somebody else is named"
    unnamed = {**DISPATCHED, "to": None}
    assert is_addressee(unnamed, [], Role.LIAISON)
    assert not is_addressee(unnamed, [], Role.COMMUNITY)


@given(st.integers(0, 60 * 86_400_000))
def test_a_time_comes_back_within_ten_percent_and_half_a_second(took_ms: int) -> None:
    got = percentile_s({bucket("x", took_ms): 1}, "x", 50)
    assert got is not None
    assert abs(got - took_ms / 1000) <= max(1, took_ms / 1000 * 0.0955 + 0.5)


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=200), st.sampled_from([50, 90]))
def test_percentiles_of_a_sum_are_those_of_all_its_times(times: list[int], percent: int) -> None:
    sums: dict[str, int] = {}
    for took_ms in times:
        name = bucket("x", took_ms)
        sums[name] = sums.get(name, 0) + 1
    exact = sorted(times)[ceil(len(times) * percent / 100) - 1] / 1000
    got = percentile_s(sums, "x", percent)
    assert got is not None
    assert abs(got - exact) <= max(1, exact * 0.0955 + 0.5)
    assert percentile_s(sums, "y", percent) is None


def case(number: int, **fields: Value) -> View:
    told: Patch = {
        "category": "security", "brief": "x", "channel": "phone", "state": "reported", "at": SENT,
        "day": DAY, **fields,
    }  # fmt: skip
    return View(bytes([number]) * 16, "case", "o/c1/g1", told)


def test_the_figures_of_a_day_follow_the_steps_and_count_back() -> None:
    minute = 60_000
    accepted: Patch = {
        "state": "accepted",
        "answered_at": SENT + minute,
        "dispatched_at": SENT + minute,
    }
    before = [
        case(1),
        case(2, **accepted, accepted_at=SENT + 6 * minute),
        case(3, **accepted, accepted_at=SENT + 6 * minute + 1),
        case(4, **{**accepted, "state": "closed"}, accepted_at=SENT + 2 * minute,
             closed_at=SENT + 86_400_000),
    ]  # fmt: skip
    cells, _members = recount(before, POLICY)
    day = finished(cells[DAY, "o"], DAY)
    assert (day["cases.opened"], day["cases.accepted"], day["cases.accepted_in_time"]) == (4, 3, 2)
    assert abs(day["cases.accept.p50_s"] - 300) <= 30
    assert abs(day["cases.answer.p90_s"] - 60) <= 6
    assert abs(day["cases.close.p50_s"] - 86_400) <= 8640
    assert not any("@" in name for name in day)
    assert cells["", "o"] == {"cases.open": 3, "cases.open.security": 3}
    assert cells["2022-03-25", "o"] == {"cases.closed": 1, "cases.closed.security": 1}
    change = Change()
    for view in before:
        change.replace(view, None, POLICY)
    gone, _after = change.settle({})
    assert {key: {n: -c for n, c in sums.items() if c} for key, sums in gone.items()} == cells


def helper(staff: str, post: str, unit: str, phone: str = "1") -> Helper:
    return Helper(staff, staff, phone, unit, post)


def test_the_nearest_is_the_households_liaison_and_then_up_the_chain() -> None:
    people = [
        helper("leader", "leader", "o"),
        helper("doctor", "doctor", "o/c1"),
        helper("manager", "grid_manager", "o/c1/g1"),
        helper("head", "building_head", "o/c1/g1/b1"),
        helper("own", "liaison", "o/c1/g1"),
        helper("silent", "liaison", "o/c1/g1/b1", phone=""),
        helper("liaison", "liaison", "o/c1/g1/b1"),
        helper("guard", "guard", "o/c1/g1/b1"),
        helper("far", "liaison", "o/c1/g2"),
        helper("below", "liaison", "o/c1/g1/b1/x"),
        helper("own", "grid_manager", "o/c1/g1"),
    ]
    found = nearest("o/c1/g1/b1", "own", people)
    assert [(s.helper.staff, s.rung) for s in found] == [
        ("own", "liaison"),
        ("liaison", "liaison"),
        ("silent", "liaison"),
        ("head", "building_head"),
        ("manager", "grid"),
        ("doctor", "trio"),
        ("leader", "street"),
    ]


def test_whoever_is_on_duty_comes_first_among_equals_only() -> None:
    people = [
        helper("a", "liaison", "o/g1"),
        replace(helper("b", "liaison", "o/g1"), on_duty=True),
        replace(helper("c", "liaison", "o"), on_duty=True),
        replace(helper("d", "liaison", "o/g1", phone=""), on_duty=True),
    ]
    assert [s.helper.staff for s in nearest("o/g1", "", people)] == ["b", "a", "c", "d"]


def test_every_state_that_is_not_the_last_asks_for_a_step_that_leads_on() -> None:
    kind = CATALOGUE["case"]
    assert kind.workflow is not None
    for state in ("reported", "dispatched", "accepted", "done"):
        told = case(1, state=state, rung="grid", dispatched_at=SENT)
        duties = kind.duties_of(told, POLICY)
        assert duties
        offered = {step.name for step in kind.workflow.offered(state)}
        assert {duty.step for duty in duties} <= offered
        assert len({duty.key for duty in duties}) == len(duties)
        assert len({duty.key.partition("#")[0] for duty in duties}) == 1
    for state in ("closed", "cancelled"):
        assert kind.duties_of(case(1, state=state), POLICY) == ()
