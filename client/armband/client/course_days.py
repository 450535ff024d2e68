"""A returnee's course as rows: each day with what was seen and what is missing. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from armband.shared.days import at_clock, day_begins_ms, day_of
from armband.shared.kinds.declare import View
from armband.shared.kinds.followup import SEEN
from armband.shared.kinds.isolation import EVENING, Course
from armband.shared.kinds.returnee_duties import EVENING_FROM_MIN
from armband.shared.policy import Policy

SLOTS = ("morning", "evening", "test")


class Mark(enum.Enum):
    """How one time of one day stands."""

    NOT_ASKED = "-"
    SEEN = "seen"
    UNSEEN = "unseen"
    """Somebody wrote down why nobody was seen."""
    DUE = "due"
    MISSED = "missed"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Spot:
    """One time of one day, and the follow-up that tells of it."""

    slot: str
    mark: Mark
    seen: View | None = None


@dataclass(frozen=True, slots=True)
class CourseDay:
    """One day of a course."""

    number: int
    day: str
    spots: tuple[Spot, ...]

    def open_slot(self) -> str:
        """The first time of the day that nobody has told of, ``""`` when there is none."""
        wanted = (Mark.DUE, Mark.MISSED, Mark.LATER)
        return next((spot.slot for spot in self.spots if spot.mark in wanted), "")


def course_days(
    course: Course, followups: Iterable[View], now_ms: int, policy: Policy, over: str = ""
) -> list[CourseDay]:
    """Every day of a course, in order.

    Args:
        course: the days.
        followups: those of this returnee, in any order; a voided one tells nothing.
        now_ms: the moment.
        policy: the office's day.
        over: the day from which on nothing is asked any more, ``""`` while it runs.
    """
    told = _newest(followups)
    return [
        CourseDay(
            number,
            course.day(number),
            tuple(_spot(course, number, slot, told, now_ms, policy, over) for slot in SLOTS),
        )
        for number in range(1, course.days + 1)
    ]


def _newest(followups: Iterable[View]) -> Mapping[tuple[str, str], View]:
    """The follow-up that counts for each time: one that saw somebody before any that did not."""

    def worth(view: View) -> tuple[bool, int, bytes]:
        at = view.fields.get("at")
        return view.text("outcome") in SEEN, at if isinstance(at, int) else 0, view.id

    told: dict[tuple[str, str], View] = {}
    for view in followups:
        key = (view.text("day"), view.text("slot"))
        if not view.void and (key not in told or worth(view) >= worth(told[key])):
            told[key] = view
    return told


def _spot(
    course: Course,
    number: int,
    slot: str,
    told: Mapping[tuple[str, str], View],
    now_ms: int,
    policy: Policy,
    over: str,
) -> Spot:
    day = course.day(number)
    seen = told.get((day, slot))
    if seen is not None:
        return Spot(slot, Mark.SEEN if seen.text("outcome") in SEEN else Mark.UNSEEN, seen)
    if slot not in course.slots(number) or (over and day >= over):
        return Spot(slot, Mark.NOT_ASKED)
    today = day_of(now_ms, policy)
    if day < today:
        return Spot(slot, Mark.MISSED)
    begins = at_clock(day, EVENING_FROM_MIN, policy) if slot == EVENING else 0
    from_ms = max(begins, day_begins_ms(day, policy))
    return Spot(slot, Mark.DUE if from_ms <= now_ms else Mark.LATER)
