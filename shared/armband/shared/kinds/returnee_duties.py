"""What a returnee asks for: to begin, temperatures morning and evening, tests, the release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from armband.shared.days import add_days, at_clock, day_begins_ms
from armband.shared.fields import Patch
from armband.shared.kinds.declare import View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.isolation import (
    EVENING,
    MORNING,
    TEST,
    Course,
    course_of,
    key_of,
    missed_key_of,
)
from armband.shared.kinds.returnee_flow import ACTIVE
from armband.shared.policy import Policy

MORNING_UNTIL_MIN = 12 * 60
EVENING_FROM_MIN = 16 * 60
_FORM = "followup"
_SEE = {
    MORNING: Duty(
        key="", what="Morning temperature", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM
    ),
    EVENING: Duty(
        key="", what="Evening temperature", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM
    ),
    TEST: Duty(key="", what="Test due today", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM),
}
_MISSED = {
    MORNING: Duty(
        key="", what="Missed: morning", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM
    ),
    EVENING: Duty(
        key="", what="Missed: evening", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM
    ),
    TEST: Duty(key="", what="Missed: test", rank=Rank.FOLLOWUP, from_ms=0, due_ms=0, form=_FORM),
}


def duties_of(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    """Of a returnee who is not released, transferred or cancelled."""
    if body.state not in ACTIVE:
        return ()
    who = body.worker or ""
    found = []
    course = course_of(view.fields)
    if body.state == "registered" and body.measure != "none":
        begins = day_begins_ms(body.arrived, policy)
        found.append(
            Duty(
                key=f"returnee:{view.id.hex()}:begin",
                what="Begin the measure",
                rank=Rank.FOLLOWUP,
                from_ms=begins,
                due_ms=day_begins_ms(add_days(body.arrived, 1), policy),
                step="begin",
            )
        )
    if course is not None:
        found += _course_duties(view.id.hex(), course, policy)
        found.append(
            Duty(
                key=f"returnee:{view.id.hex()}:release",
                what="Release due",
                rank=Rank.FOLLOWUP,
                from_ms=day_begins_ms(add_days(course.last, 1), policy),
                due_ms=day_begins_ms(add_days(course.last, 2), policy),
                step="release",
            )
        )
    return tuple(replace(duty, who=who) for duty in found)


def followup_known(returnee: str, course: Course, number: int, slot: str) -> Patch:
    """What the form of a follow-up knows already."""
    return {"returnee": returnee, "day": course.day(number), "number": number, "slot": slot}


def _course_duties(returnee: str, course: Course, policy: Policy) -> Iterator[Duty]:
    """Each thing to be seen, on its day; on the day after, what was missed."""
    for number in range(1, course.days + 1):
        day = course.day(number)
        begins, ends = day_begins_ms(day, policy), day_begins_ms(add_days(day, 1), policy)
        noon, dusk = (at_clock(day, m, policy) for m in (MORNING_UNTIL_MIN, EVENING_FROM_MIN))
        times = {MORNING: (begins, noon), EVENING: (dusk, ends), TEST: (begins, ends)}
        for slot in course.slots(number):
            from_ms, due_ms = times[slot]
            known = followup_known(returnee, course, number, slot)
            yield replace(
                _SEE[slot],
                key=key_of(returnee, day, slot),
                from_ms=from_ms,
                due_ms=due_ms,
                until_ms=ends,
                prefill=known,
            )
            yield replace(
                _MISSED[slot],
                key=missed_key_of(returnee, day, slot),
                from_ms=ends,
                due_ms=ends,
                until_ms=day_begins_ms(add_days(day, 2), policy),
                prefill={**known, "outcome": "missed"},
            )
