"""The days of a measure: which day is which, and what is to be seen on each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from armband.shared.days import add_days, is_day
from armband.shared.fields import Option, Patch, Value
from armband.shared.measures import Rule, rule_for, tests_of, tests_text
from armband.shared.policy import Policy

MORNING, EVENING, TEST = "morning", "evening", "test"
SLOT_OPTIONS = (
    Option(MORNING, "Morning"),
    Option(EVENING, "Evening"),
    Option(TEST, "Test"),
)
DECIDED = ("measure", "starts", "days", "then", "then_days", "test_days", "temps_per_day")
"""The fields that the policy table fills; decided once, they stay."""


@dataclass(frozen=True, slots=True)
class Course:
    """A measure laid over the calendar.

    Attributes:
        starts: the first day.
        days: how many days there are in all.
        tests: on which of them a test is due, from 1.
        temps: temperatures a day.
    """

    starts: str
    days: int
    tests: tuple[int, ...] = ()
    temps: int = 0

    @property
    def last(self) -> str:
        """The last day."""
        return self.day(self.days)

    def day(self, number: int) -> str:
        """The day of the calendar that is day ``number``, from 1."""
        return add_days(self.starts, number - 1)

    def number(self, day: str) -> int:
        """Which day of the measure a day is: below 1 before it, above `days` after it."""
        return (date.fromisoformat(day) - date.fromisoformat(self.starts)).days + 1

    def slots(self, number: int) -> tuple[str, ...]:
        """What is to be seen on a day, in order."""
        found = (MORNING, EVENING)[: self.temps]
        return (*found, TEST) if number in self.tests else found


def course_of(fields: Mapping[str, Value]) -> Course | None:
    """The course of a returnee's fields; None while nothing with days is ordered."""
    starts = fields.get("starts")
    days = _whole(fields, "days") + _whole(fields, "then_days")
    if not isinstance(starts, str) or not is_day(starts) or days < 1:
        return None
    tests = fields.get("test_days")
    return Course(
        starts,
        days,
        tests_of(tests) if isinstance(tests, str) else (),
        _whole(fields, "temps_per_day"),
    )


def _whole(fields: Mapping[str, Value], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0


def key_of(returnee: str, day: str, slot: str) -> str:
    """What settles the duty to see somebody at a time of a day."""
    return f"followup:{returnee}:{day}:{slot}"


def missed_key_of(returnee: str, day: str, slot: str) -> str:
    """What settles the duty to say why nobody was seen then."""
    return f"{key_of(returnee, day, slot)}:missed"


def ordered(fields: Mapping[str, Value], policy: Policy) -> Patch:
    """What the table says of a returnee: the rule in force on the day of the order, else of the
    arrival. Empty when there is none."""
    risk, arrived = fields.get("risk"), fields.get("arrived")
    day = fields.get("ordered") or arrived
    if not isinstance(risk, str) or not isinstance(arrived, str) or not isinstance(day, str):
        return {}
    rule = rule_for(policy.rules, risk, day)
    return {} if rule is None else _as_fields(rule, arrived)


def _as_fields(rule: Rule, arrived: str) -> Patch:
    told: Patch = {"measure": rule.measure}
    if rule.days + rule.then_days:
        told |= {"starts": arrived, "days": rule.days}
    if rule.then and rule.then_days:
        told |= {"then": rule.then, "then_days": rule.then_days}
    if rule.test_days:
        told["test_days"] = tests_text(rule.test_days)
    if rule.temps_per_day:
        told["temps_per_day"] = rule.temps_per_day
    return told


def filled(present: Mapping[str, Value], patch: Patch, policy: Policy) -> Patch:
    """What the program adds to a change: the measure by the table, where nobody decided it.

    A new record gets all that is not given; where a person ordered something else than the table
    does, only the day on which it starts. Where the facts are corrected later, only those fields
    follow that stand as the table gives them for the facts before: a person's decision stays, and
    so does what an older table decided.
    """
    if not present:
        return _of_new(patch, ordered(patch, policy))
    if not {"risk", "arrived", "ordered"} & patch.keys():
        return {}
    before, after = ordered(present, policy), ordered({**present, **patch}, policy)
    return {
        name: after.get(name)
        for name in DECIDED
        if name not in patch
        and present.get(name) == before.get(name)
        and present.get(name) != after.get(name)
    }


def _of_new(patch: Patch, told: Patch) -> Patch:
    measure = patch.get("measure")
    if measure not in (None, told.get("measure")):
        told = {} if measure == "none" else {"starts": patch.get("arrived")}
    return {name: value for name, value in told.items() if patch.get(name) is None}
