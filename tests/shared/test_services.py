"""Services: the home assessment, what is asked of whom, what counts; visits without an answer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from armband.shared.errors import WrongStep
from armband.shared.fields import Patch, Value
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.workflow import Seen
from armband.shared.policy import Policy
from armband.shared.service_round import stops

POLICY = Policy()
DAY_MS = 86_400_000
MIDNIGHT = 1_648_656_000_000
"""2022-03-31 00:00 in Zhengzhou."""
REF, STAFF = "a" * 32, "b" * 32
SERVICE: Patch = {
    "household": REF,
    "sort": "appointment",
    "state": "open",
    "day": "2022-03-31",
    "at": MIDNIGHT + 9 * 3_600_000,
}


def view(kind: str, number: int, **fields: Value) -> View:
    return View(bytes([number]) * 16, kind, "o/c1/g1", fields)


def duties(kind: str, **fields: Value) -> tuple[Duty, ...]:
    return CATALOGUE[kind].duties_of(view(kind, 1, **fields), POLICY)


def metrics(**fields: Value) -> dict[str, str]:
    parts = CATALOGUE["service"].contributions(view("service", 1, **{**SERVICE, **fields}), POLICY)
    return {part.metric: part.day for part in parts}


def test_the_home_assessment_goes_from_the_need_to_its_outcome() -> None:
    """A son's papers: registered in another district, handed to the federation, dated, done."""
    workflow = CATALOGUE["service"].workflow
    assert workflow is not None
    fields: Patch = dict(SERVICE)
    told: tuple[Patch, ...] = (
        {"step": "assign", "staff": STAFF},
        {"step": "escalate", "agency": "区残联", "registered_at": "惠济区"},
        {"step": "appoint", "appointment_day": "2022-04-01", "appointment_min": 570},
        {"step": "finish", "result": "已鉴定"},
    )
    for number, step in enumerate(told, 1):
        patch = workflow.filled(step, MIDNIGHT + number, "王主任", fields)
        workflow.check("service", patch, Seen(fields, (fields["state"],)))
        fields = {**fields, **patch}
    assert fields["state"] == "done"
    moments = ("assigned_at", "escalated_at", "appointed_at", "done_at")
    assert [fields[name] for name in moments] == [MIDNIGHT + n for n in (1, 2, 3, 4)]
    CATALOGUE["service"].check_patch({n: v for n, v in fields.items() if n != "step"})


@pytest.mark.parametrize(
    ("state", "step", "problem"),
    [("open", "assign", "staff"), ("open", "escalate", "agency"), ("done", "finish", "state")],
)
def test_a_wrong_step_says_what_is_missing(state: str, step: str, problem: str) -> None:
    workflow = CATALOGUE["service"].workflow
    assert workflow is not None
    before: Patch = {**SERVICE, "state": state}
    patch = workflow.filled({"step": step}, 1, "x", before)
    with pytest.raises(WrongStep) as caught:
        workflow.check("service", patch, Seen(before, (state,)))
    assert caught.value.field == problem


def test_it_is_asked_of_whoever_does_it_until_it_is_done() -> None:
    (duty,) = duties("service", **{**SERVICE, "staff": STAFF, "state": "assigned"})
    assert (duty.rank, duty.step, duty.who) == (Rank.SERVICE, "finish", STAFF)
    assert duty.due_ms == MIDNIGHT + 2 * DAY_MS, "by the end of the next day when nobody says"
    wanted: Patch = {**SERVICE, "wanted_day": "2022-03-31", "wanted_min": 18 * 60}
    (soon,) = duties("service", **wanted)
    assert soon.due_ms == MIDNIGHT + 18 * 3_600_000
    dated: Patch = {**SERVICE, "state": "appointed", "appointment_day": "2022-04-01"}
    (then,) = duties("service", **dated)
    assert (then.from_ms, then.due_ms) == (MIDNIGHT + DAY_MS, MIDNIGHT + 2 * DAY_MS)
    (ask,) = duties("service", **{**SERVICE, "state": "escalated", "agency": "民政"})
    assert ask.step == "appoint"
    for state in ("done", "cancelled"):
        assert duties("service", **{**SERVICE, "state": state}) == ()


def test_what_is_done_every_day_is_one_record_and_a_tick_a_day() -> None:
    every: Patch = {**SERVICE, "sort": "delivery", "every_day_until": "2022-04-02"}
    (duty,) = duties("service", **every)
    assert (duty.daily, duty.form, duty.until_ms) == (True, "delivery", MIDNIGHT + 3 * DAY_MS)
    done = view("delivery", 2, at=MIDNIGHT + 5, day="2022-03-31", **duty.prefill)
    keys = [s.key for s in CATALOGUE["delivery"].settled_by(done, POLICY)]
    assert duty.key in keys
    missed = view("delivery", 2, at=5, day="2022-03-31", **{**duty.prefill, "status": "missed"})
    assert CATALOGUE["delivery"].settled_by(missed, POLICY) == ()


def test_the_days_round_is_isolated_doors_and_daily_services_with_what_is_ticked() -> None:
    homes = [
        view("household", 1, door="9-1-2", care=["home_isolation"]),
        view("household", 2, door="1-1-1", care=["elder_alone"]),
        view("household", 3, door="1-1-2"),
    ]
    every: Patch = {"sort": "medicine", "state": "open", "every_day_until": "2022-04-02"}
    services = [
        view("service", 4, household=homes[1].id.hex(), day="2022-03-31", **every),
        view("service", 5, household=homes[2].id.hex(), day="2022-04-01", **every),
    ]
    ticked = view("delivery", 6, household=homes[0].id.hex(), sort="waste", status="done",
                  day="2022-03-31")  # fmt: skip
    found = stops(homes, services, [ticked], "2022-03-31")
    assert [(stop.door, stop.sort, stop.status) for stop in found] == [
        ("1-1-1", "medicine", ""),
        ("9-1-2", "waste", "done"),
    ]
    assert [stop.door for stop in stops(homes, services, [ticked], "2022-04-03")] == ["9-1-2"]


def test_needs_count_by_sort_when_asked_and_while_open_and_late_ones_apart() -> None:
    now = metrics()
    assert {n for n, day in now.items() if not day} == {
        "services.open",
        "services.open.appointment",
        "services.due@2022-04-01",
    }
    assert now["services.appointment"] == "2022-03-31"
    done = metrics(state="done", done_at=MIDNIGHT + DAY_MS + 1, escalated_at=1)
    assert done["services.done.appointment"] == "2022-04-01"
    assert "services.open" not in done
    derive = CATALOGUE["service"].derive
    assert derive is not None
    for day, late in (("2022-04-01", 0), ("2022-04-02", 1)):
        assert derive({"services.due@2022-04-01": 1}, day) == {"services.overdue": late}


def test_a_door_at_which_nobody_answered_is_visited_again_the_next_day() -> None:
    visit: Patch = {"household": REF, "channel": "door", "at": 1, "day": "2022-03-31"}
    (again,) = duties("visit", **{**visit, "outcome": "no_answer"})
    assert (again.from_ms, again.rank) == (MIDNIGHT + DAY_MS, Rank.VISIT)
    (chosen,) = duties("visit", **{**visit, "outcome": "no_answer", "next_day": "2022-04-07"})
    assert chosen.from_ms == MIDNIGHT + 7 * DAY_MS
    assert duties("visit", **{**visit, "outcome": "met"}) == ()


def report_of(*services: Patch) -> Mapping[str, int]:
    """The day's figures of these services."""
    sums: dict[str, int] = {}
    for number, fields in enumerate(services, 1):
        it = view("service", number, **{**SERVICE, **fields})
        for part in CATALOGUE["service"].contributions(it, POLICY):
            sums[part.metric] = sums.get(part.metric, 0) + part.count
    derive = CATALOGUE["service"].derive
    assert derive is not None
    return derive(sums, "2022-03-31")


def test_how_long_people_wait_for_the_first_feedback_and_until_it_is_done() -> None:
    asked, minute = MIDNIGHT + 9 * 3_600_000, 60_000
    day = report_of(
        {"state": "assigned", "assigned_at": asked + minute},
        {"state": "appointed", "appointed_at": asked + 10 * minute},
        {
            "state": "done",
            "escalated_at": asked + 90 * minute,
            "appointed_at": asked + 20 * minute,
            "done_at": asked + 1440 * minute,
        },
        {"state": "done"},
    )
    assert abs(day["services.feedback.p50_s"] - 600) <= 60, "to assign somebody is no feedback"
    assert abs(day["services.feedback.p90_s"] - 1200) <= 120, "the earliest counts"
    assert abs(day["services.finish.p50_s"] - 86_400) <= 8640
    again = report_of({"state": "open", "appointed_at": asked + 10 * minute})
    assert "services.finish.p50_s" not in again, "what is opened again is not done"
