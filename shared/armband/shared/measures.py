"""What is ordered for whoever comes back: dated rules, from risk and day to a measure. Pure.

Rules changed every few weeks (in 2022 from "14+7" to "7 days at home"), so they are an office's
settings and never code. A rule holds from its day until a later one of the same risk; what was
decided under it is kept in the record and stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from armband.shared.fields import Option

MAX_RULES = 200
"""Rules of one office."""
MAX_MEASURE_DAYS = 60
MAX_TEMPS = 2
"""Temperatures a day: one in the morning, one in the evening."""

RISK_OPTIONS = (
    Option("high", "High-risk area"),
    Option("medium", "Medium-risk area"),
    Option("low", "Low-risk area"),
    Option("county", "Rest of the county"),
    Option("city", "Rest of the city"),
    Option("province", "Rest of the province"),
    Option("abroad", "From abroad"),
    Option("contact", "Close contact"),
    Option("second", "Contact of a contact"),
    Option("other", "Elsewhere"),
)
MEASURE_OPTIONS = (
    Option("central", "Central isolation"),
    Option("home", "Home isolation"),
    Option("monitoring", "Home monitoring"),
    Option("tests", "Tests only"),
    Option("none", "No measure"),
)
_NUMBER = re.compile("[0-9]{1,3}")
_Code = Annotated[str, msgspec.Meta(max_length=200)]
_Days = Annotated[int, msgspec.Meta(ge=0, le=MAX_MEASURE_DAYS)]
_Temps = Annotated[int, msgspec.Meta(ge=0, le=MAX_TEMPS)]


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """What is ordered for a risk from a day on. New fields go at the end.

    Attributes:
        risk: code of `RISK_OPTIONS`.
        from_day: the first day of arrival (or of the order) that it holds for, ``YYYY-MM-DD``.
        measure: code of `MEASURE_OPTIONS`.
        days: how many days it lasts; the day on which it starts is the first.
        then: the measure that follows it, ``""`` for none ("14+7": central, then monitoring).
        then_days: how many days that lasts.
        test_days: the days of the whole on which a test is due, counted from 1.
        temps_per_day: 0, 1 (in the morning) or 2 (in the evening, too).
    """

    risk: _Code
    from_day: _Code
    measure: _Code
    days: _Days
    then: _Code = ""
    then_days: _Days = 0
    test_days: tuple[int, ...] = ()
    temps_per_day: _Temps = 0


def rule_for(rules: Iterable[Rule], risk: str, day: str) -> Rule | None:
    """The rule in force for a risk on a day; None when the table has none so early."""
    found = [rule for rule in rules if rule.risk == risk and rule.from_day <= day]
    return max(found, key=lambda rule: rule.from_day, default=None)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules by risk, in the order of `RISK_OPTIONS`, the oldest first."""
    places = {option.code: place for place, option in enumerate(RISK_OPTIONS)}
    return tuple(sorted(rules, key=lambda r: (places.get(r.risk, len(places)), r.from_day)))


def tests_text(days: Sequence[int]) -> str:
    """Test days as records hold them: ``1 4 7``."""
    return " ".join(str(day) for day in days)


def tests_of(text: str | None) -> tuple[int, ...]:
    """The days in such a text, however they are set apart; what is no number is passed over."""
    return tuple(dict.fromkeys(int(word) for word in _NUMBER.findall(text or "")))
