"""Check (核验): one person passing a checkpoint.

``code`` is the colour that the guard saw. It is only ever what was typed or scanned: nothing in
Armband assigns, changes or infers a code.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    Name,
    Note,
    Option,
    Phone,
    Ref,
    Search,
    Tenths,
    Text,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import FIELD, GATE, SETTLERS, STAFF

DIRECTION_OPTIONS = (Option("in", "In"), Option("out", "Out"))
SITE_OPTIONS = (
    Option("forehead", "Forehead"),
    Option("wrist", "Wrist"),
    Option("ear", "Ear"),
    Option("axilla", "Armpit"),
)
CODE_OPTIONS = (
    Option("green", "Green"),
    Option("yellow", "Yellow"),
    Option("red", "Red"),
    Option("none", "None shown"),
    Option("grey", "Grey"),
    Option("expired", "Expired"),
    Option("no_phone", "No phone"),
)
CARD_OPTIONS = (
    Option("normal", "Normal"),
    Option("starred", "Starred"),
    Option("none", "None shown"),
)
DECISION_OPTIONS = (
    Option("passed", "Passed"),
    Option("turned_back", "Turned back"),
    Option("referred", "Referred"),
)
Code = Literal["green", "yellow", "red", "none", "grey", "expired", "no_phone"]
Decision = Literal["passed", "turned_back", "referred"]


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person at one moment: a resident, someone of a household, or a stranger.

    ``stranger_name`` with a household is somebody of that door without a record of their own, such
    as the head whom the register names.
    """

    code: Annotated[Code, choice("Code seen", CODE_OPTIONS)]
    decision: Annotated[Decision, choice("Decision", DECISION_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    temp_tenths: Annotated[
        Tenths | None, Field("Temperature", FieldType.TEMPERATURE, personal=True, hint="36.5")
    ] = None
    checkpoint: Annotated[Ref | None, Field("Checkpoint", FieldType.REF, ref="checkpoint")] = None
    resident: Annotated[Ref | None, Field("Resident", FieldType.REF, ref="resident")] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    stranger_name: Annotated[
        Name | None, Field("Stranger's name", personal=True, search=Search.NAME)
    ] = None
    stranger_phone: Annotated[
        Phone | None,
        Field("Stranger's phone", FieldType.PHONE, personal=True, search=Search.PHONE),
    ] = None
    stranger_from: Annotated[Text | None, Field("From", search=Search.WORDS)] = None
    direction: Annotated[Literal["in", "out"] | None, choice("Direction", DIRECTION_OPTIONS)] = None
    site: Annotated[
        Literal["forehead", "wrist", "ear", "axilla"] | None, choice("Measured at", SITE_OPTIONS)
    ] = None
    card: Annotated[
        Literal["normal", "starred", "none"] | None, choice("Itinerary card", CARD_OPTIONS)
    ] = None
    mask: Annotated[bool | None, Field("Mask", FieldType.FLAG)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _person(view: View, check: Check) -> str:
    """Who is counted once: a stranger without a telephone is nobody we could meet again."""
    if check.resident is not None:
        return check.resident
    if check.household is not None and check.stranger_name is not None:
        return f"home:{check.household}:{check.stranger_name}"
    if check.stranger_phone is not None:
        return f"phone:{check.stranger_phone}"
    return f"check:{view.id.hex()}"


def _contribute(view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    check: Check = body
    names = [
        "activity.records",
        "checks.total",
        f"checks.{check.decision}",
        f"checks.code.{check.code}",
    ]
    if check.direction is not None:
        names.append(f"checks.{check.direction}")
    if check.temp_tenths is not None and check.temp_tenths >= policy.fever_tenths:
        names.append("checks.fever")
    if check.resident is None and check.household is None:
        names.append("checks.strangers")
    parts = [Contribution(name, day=check.day) for name in names]
    parts.append(Contribution("checks.persons", day=check.day, member=_person(view, check)))
    return tuple(parts)


KIND = Kind(
    name="check",
    label="Check",
    plural="Checks",
    body=Check,
    contribute=_contribute,
    columns=("at", "resident", "temp_tenths", "code", "decision", "checkpoint"),
    writers=STAFF,
    settlers=SETTLERS | GATE,
    administrators=FIELD | GATE,
    metrics={
        "checks.total": "checks of the day (person-times)",
        "checks.persons": "different persons checked on the day: residents by record, people of a "
        "door by the name given, strangers by telephone; a check without any of these counts as a "
        "person",
        **{f"checks.{o.code}": f"checks of the day decided '{o.label}'" for o in DECISION_OPTIONS},
        **{
            f"checks.code.{o.code}": f"checks of the day with the code seen '{o.label}'"
            for o in CODE_OPTIONS
        },
        "checks.in": "checks of the day of people coming in",
        "checks.out": "checks of the day of people going out",
        "checks.fever": "checks of the day at or above the fever threshold",
        "checks.strangers": "checks of the day of people who are not in the register",
        "activity.records": "visits and checks of the day; a unit with at least one has reported",
    },
    dated="day",
    shifted="checkpoint",
)
