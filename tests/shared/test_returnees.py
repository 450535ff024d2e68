"""Returnees: the measure by the table in force, its days, what is due on each, what counts."""

from __future__ import annotations

from armband.shared.days import add_days, at_clock, day_begins_ms
from armband.shared.fields import Patch, Value
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.duties import Duty
from armband.shared.kinds.isolation import course_of, filled
from armband.shared.measures import Rule, rule_for
from armband.shared.policy import Policy

DAY = "2022-07-10"
MARCH = Rule("high", "2022-03-01", "central", 14, "monitoring", 7, (1, 4, 7, 14), 2)
JULY = Rule("high", "2022-07-01", "central", 7, "", 0, (1, 2, 3, 5, 7), 2)
LOW = Rule("low", "2022-07-01", "tests", 3, "", 0, (1, 3))
POLICY = Policy(rules=(MARCH, JULY, LOW))
RETURNEE, FOLLOWUP = CATALOGUE["returnee"], CATALOGUE["followup"]
ID = b"r" * 16
KNOWN: Patch = {"name": "李四", "risk": "high", "arrived": DAY, "source": "issued"}
DATED: Patch = {"at": day_begins_ms(DAY, POLICY), "day": DAY}


def returnee(**more: Value) -> View:
    fields: Patch = {**KNOWN, **DATED, "state": "under", **filled({}, KNOWN, POLICY)}
    return View(ID, "returnee", "o/g1", {**fields, **more})


def followup(record: bytes, day: str, slot: str, outcome: str, **more: Value) -> View:
    fields: Patch = {"returnee": ID.hex(), "slot": slot, "outcome": outcome, "day": day, "at": 5}
    return View(record, "followup", "o/g1", {**fields, **more})


def shown(duties: tuple[Duty, ...], day: str, minute: int) -> list[str]:
    now_ms = at_clock(day, minute, POLICY)
    return [d.what for d in duties if d.from_ms <= now_ms and not 0 < d.until_ms <= now_ms]


def test_the_rule_in_force_on_the_day_of_arrival_or_of_the_order() -> None:
    assert rule_for(POLICY.rules, "high", "2022-02-28") is None
    assert rule_for(POLICY.rules, "high", "2022-06-30") == MARCH
    assert rule_for(POLICY.rules, "high", "2022-07-01") == JULY
    early = filled({}, {**KNOWN, "arrived": "2022-06-30"}, POLICY)
    assert early == {
        "measure": "central",
        "starts": "2022-06-30",
        "days": 14,
        "then": "monitoring",
        "then_days": 7,
        "test_days": "1 4 7 14",
        "temps_per_day": 2,
    }
    late = filled({}, {**KNOWN, "arrived": "2022-06-30", "ordered": "2022-07-02"}, POLICY)
    assert (late["days"], late["starts"], "then" in late) == (7, "2022-06-30", False)


def test_what_a_person_orders_stands_and_brings_no_days_of_the_tables_other_measure() -> None:
    assert filled({}, {**KNOWN, "measure": "home"}, POLICY) == {"starts": DAY}
    assert filled({}, {**KNOWN, "measure": "none"}, POLICY) == {}
    assert filled({}, {**KNOWN, "days": 10}, POLICY)["measure"] == "central"
    assert "days" not in filled({}, {**KNOWN, "days": 10}, POLICY)


def test_a_corrected_fact_moves_what_the_table_said_and_nothing_that_was_decided() -> None:
    stands = {**KNOWN, **filled({}, KNOWN, POLICY)}
    moved = filled(stands, {"arrived": "2022-07-12"}, POLICY)
    assert moved == {"starts": "2022-07-12"}
    assert filled(stands, {"risk": "low"}, POLICY) == {
        "measure": "tests",
        "days": 3,
        "test_days": "1 3",
        "temps_per_day": None,
    }
    by_hand = {**stands, "days": 10}
    assert "days" not in filled(by_hand, {"risk": "low"}, POLICY)
    assert filled(stands, {"note": "x"}, Policy()) == {}
    # The table has changed since: what it decided then stays.
    assert filled(stands, {"arrived": "2022-07-12"}, Policy(rules=(MARCH,))) == {
        "starts": "2022-07-12"
    }


def test_each_day_asks_for_its_temperatures_and_tests_and_the_next_for_what_was_missed() -> None:
    duties = RETURNEE.duties_of(returnee(), POLICY)
    fourth, fifth, after = add_days(DAY, 3), add_days(DAY, 4), add_days(DAY, 7)
    assert shown(duties, fourth, 9 * 60) == [
        "Missed: morning",
        "Missed: evening",
        "Missed: test",
        "Morning temperature",
    ]
    assert shown(duties, fifth, 17 * 60)[2:] == [
        "Morning temperature",
        "Evening temperature",
        "Test due today",
    ]
    assert shown(duties, after, 9 * 60)[3:] == ["Release due"]
    assert RETURNEE.duties_of(returnee(state="released", ended_at=1), POLICY) == ()


def test_a_follow_up_settles_its_time_of_its_day_alone() -> None:
    duties = RETURNEE.duties_of(returnee(), POLICY)
    keys = {d.what: d.key for d in duties if d.prefill.get("number") == 2}
    seen = FOLLOWUP.settled_by(followup(b"f" * 16, add_days(DAY, 1), "morning", "seen_ok"), POLICY)
    assert {s.key for s in seen} == {keys["Morning temperature"], keys["Missed: morning"]}
    later = followup(b"f" * 16, add_days(DAY, 1), "morning", "not_attempted")
    assert [s.key for s in FOLLOWUP.settled_by(later, POLICY)] == [keys["Missed: morning"]]


def counted(*views: View) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    members = set()
    for view in views:
        for part in CATALOGUE[view.kind].contributions(view, POLICY):
            key = (part.metric, part.day)
            if part.member is not None and (key, part.member) in members:
                continue
            members.add((key, part.member))
            sums[key] = sums.get(key, 0) + part.count
    return sums


def test_due_done_and_missed_of_a_day() -> None:
    second = add_days(DAY, 1)
    sums = counted(
        returnee(),
        followup(b"1" * 16, second, "morning", "seen_ok", temp_tenths=366),
        followup(b"2" * 16, second, "morning", "seen_ok", temp_tenths=367),
        followup(b"3" * 16, second, "evening", "missed"),
    )
    assert (sums["followups.due", second], sums["followups.done", second]) == (3, 1)
    row = {metric: count for (metric, day), count in sums.items() if day in ("", second)}
    assert FOLLOWUP.derive is not None
    assert FOLLOWUP.derive(row, second)["followups.missed"] == 2


def test_whoever_is_transferred_owes_nothing_from_that_day_on() -> None:
    gone = returnee(state="transferred", ended_at=at_clock(add_days(DAY, 2), 600, POLICY))
    due = {day: n for (metric, day), n in counted(gone).items() if metric == "followups.due"}
    assert due == {DAY: 3, add_days(DAY, 1): 3}


def test_the_release_list_is_of_those_whose_last_day_is_over() -> None:
    sums = {metric: count for (metric, day), count in counted(returnee()).items() if not day}
    derive = RETURNEE.derive
    assert derive is not None, "the release list is derived"
    assert derive(sums, add_days(DAY, 6))["returnees.release_due"] == 0
    assert derive(sums, add_days(DAY, 7))["returnees.release_due"] == 1


def test_fever_symptoms_and_a_positive_test_are_to_be_reported() -> None:
    for ill in ({"temp_tenths": 373}, {"symptoms": ["cough"]}, {"result": "positive"}):
        (duty,) = FOLLOWUP.duties_of(followup(b"f" * 16, DAY, "test", "seen_not_ok", **ill), POLICY)
        assert (duty.form, duty.prefill["category"]) == ("case", "prevention")
    assert FOLLOWUP.duties_of(followup(b"f" * 16, DAY, "morning", "seen_ok"), POLICY) == ()


def test_the_days_of_a_course() -> None:
    course = course_of({"starts": DAY, "days": 14, "then_days": 7, "test_days": "1 14"})
    assert course is not None
    assert (course.last, course.number(DAY), course.number(course.last)) == ("2022-07-30", 1, 21)
    assert (course.slots(1), course.slots(2)) == (("test",), ())
    assert course_of({"starts": DAY}) is None
