"""Returnee (返郑人员): somebody back from elsewhere, what was ordered, who answers for them.

The same person returning twice is two records: the key is who and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import add_days, day_of
from armband.shared.fields import (
    Day,
    Digest,
    Field,
    FieldType,
    IdTail,
    Millis,
    Name,
    Note,
    Phone,
    Ref,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import RAW, Contribution, Kind, View
from armband.shared.kinds.duties import Settled
from armband.shared.kinds.isolation import course_of, filled
from armband.shared.kinds.returnee_duties import duties_of
from armband.shared.kinds.returnee_flow import (
    ACTIVE,
    CHANNEL_OPTIONS,
    SOURCE_OPTIONS,
    STATE_OPTIONS,
    TRANSPORT_OPTIONS,
    WORKFLOW,
)
from armband.shared.measures import (
    MAX_MEASURE_DAYS,
    MAX_TEMPS,
    MEASURE_OPTIONS,
    RISK_OPTIONS,
    tests_of,
)
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

Risk = Literal[
    "high",
    "medium",
    "low",
    "county",
    "city",
    "province",
    "abroad",
    "contact",
    "second",
    "other",
]
Measure = Literal["central", "home", "monitoring", "tests", "none"]
MeasureDays = Annotated[int, msgspec.Meta(ge=0, le=MAX_MEASURE_DAYS)]
ENDS = "returnees.ends"


def _person(label: str) -> Field:
    return Field(label, personal=True, sticky=True)


def _phone(label: str) -> Field:
    return Field(label, FieldType.PHONE, personal=True, sticky=True)


def _staff(label: str) -> Field:
    return Field(label, FieldType.REF, ref="staff", on_form=False)


class Returnee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's return: from where, when and how; what was ordered; how it ended."""

    name: Annotated[Name, Field("Name", personal=True, search=Search.NAME)]
    arrived: Annotated[Day, Field("Arrival", FieldType.DAY, hint="2022-03-31 or -1")]
    source: Annotated[
        Literal["issued", "self_found", "contact"],
        choice("How found", SOURCE_OPTIONS, sticky=True),
    ]
    risk: Annotated[Risk, choice("Comes from", RISK_OPTIONS)]
    state: Annotated[
        Literal["registered", "under", "released", "transferred", "cancelled"],
        choice("State", STATE_OPTIONS, on_form=False),
    ]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    came_from: Annotated[Text | None, Field("From where", search=Search.WORDS)] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    address: Annotated[Text | None, Field("Address here", personal=True, search=Search.WORDS)] = (
        None
    )
    transport: Annotated[
        Literal["rail", "air", "coach", "self_drive", "ferry"] | None,
        choice("Transport", TRANSPORT_OPTIONS),
    ] = None
    number: Annotated[
        Text | None, Field("Train, flight or plate", hint="G2001", search=Search.WORDS)
    ] = None
    channel: Annotated[
        Literal["online", "offline"] | None, choice("Found by", CHANNEL_OPTIONS, sticky=True)
    ] = None
    id_tail: Annotated[
        IdTail | None,
        Field("ID tail", personal=True, search=Search.ID_TAIL, hint="last four of the ID number"),
    ] = None
    id_hash: Annotated[
        Digest | None, Field("ID hash", FieldType.DIGEST, personal=True, on_form=False)
    ] = None
    travels_with: Annotated[Ref | None, Field("Travels with", FieldType.REF, ref="returnee")] = None
    companions: Annotated[Note | None, Field("Other companions", FieldType.NOTE, personal=True)] = (
        None
    )
    ordered: Annotated[
        Day | None, Field("Day of the order", FieldType.DAY, hint="the day of arrival when empty")
    ] = None
    measure: Annotated[Measure | None, choice("Measure", MEASURE_OPTIONS)] = None
    starts: Annotated[
        Day | None, Field("Starts", FieldType.DAY, hint="by the office's table when empty")
    ] = None
    days: Annotated[MeasureDays | None, Field("Days", FieldType.COUNT)] = None
    then: Annotated[Measure | None, choice("Then", MEASURE_OPTIONS)] = None
    then_days: Annotated[MeasureDays | None, Field("Days of that", FieldType.COUNT)] = None
    test_days: Annotated[Text | None, Field("Test on days", hint="1 4 7")] = None
    temps_per_day: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=MAX_TEMPS)] | None,
        Field("Temperatures a day", FieldType.COUNT, hint="0, 1 or 2"),
    ] = None
    leader_name: Annotated[Name | None, _person("Street leader")] = None
    leader_phone: Annotated[Phone | None, _phone("Street leader's phone")] = None
    cadre_name: Annotated[Name | None, _person("Street cadre")] = None
    cadre_phone: Annotated[Phone | None, _phone("Street cadre's phone")] = None
    worker_name: Annotated[Name | None, _person("Community worker")] = None
    worker_phone: Annotated[Phone | None, _phone("Community worker's phone")] = None
    officer_name: Annotated[Name | None, _person("Police officer")] = None
    officer_phone: Annotated[Phone | None, _phone("Police officer's phone")] = None
    medic_name: Annotated[Name | None, _person("Medical worker")] = None
    medic_phone: Annotated[Phone | None, _phone("Medical worker's phone")] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None
    leader: Annotated[Ref | None, _staff("Street leader in the register")] = None
    cadre: Annotated[Ref | None, _staff("Street cadre in the register")] = None
    worker: Annotated[Ref | None, _staff("Community worker in the register")] = None
    officer: Annotated[Ref | None, _staff("Police officer in the register")] = None
    medic: Annotated[Ref | None, _staff("Medical worker in the register")] = None
    inquiry: Annotated[
        Ref | None, Field("Inquiry", FieldType.REF, ref="inquiry", on_form=False)
    ] = None
    stay: Annotated[Ref | None, Field("Place", FieldType.REF, ref="stay", on_form=False)] = None
    screening: Annotated[
        Ref | None, Field("Screening", FieldType.REF, ref="screening", on_form=False)
    ] = None
    began_at: Annotated[Millis | None, Field("Began", FieldType.TIME, on_form=False)] = None
    began_by: Annotated[Text | None, Field("Began by", on_form=False)] = None
    ended_at: Annotated[Millis | None, Field("Ended", FieldType.TIME, on_form=False)] = None
    ended_by: Annotated[Text | None, Field("Ended by", on_form=False)] = None
    ended_why: Annotated[Text | None, Field("Why or where to", on_form=False)] = None
    release_note: Annotated[
        Text | None, Field("Release note", on_form=False, hint="number of the release note")
    ] = None


def _who(view: View, it: Returnee) -> str:
    """Whom the count of persons meets again."""
    if it.id_hash is not None:
        return f"id:{it.id_hash}"
    return f"phone:{it.phone}" if it.phone is not None else f"returnee:{view.id.hex()}"


def _contribute(view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    it: Returnee = body
    over = "" if it.ended_at is None else day_of(it.ended_at, policy)
    if it.state == "cancelled":
        return (Contribution("returnees.cancelled"),)
    parts = [
        Contribution("returnees.new", day=it.day),
        Contribution(f"returnees.new.{it.source}", day=it.day),
        Contribution("returnees.arrived", day=it.arrived),
        Contribution("returnees.total"),
        Contribution("returnees.persons", member=_who(view, it)),
        Contribution(f"returnees.source.{it.source}"),
        Contribution(f"returnees.{it.state}"),
    ]
    if it.state in ACTIVE:
        parts.append(Contribution("returnees.active"))
        parts.append(Contribution(f"returnees.measure.{it.measure or 'open'}"))
    elif it.state == "released" and over:
        parts.append(Contribution("returnees.releases", day=over))
    course = course_of(view.fields)
    if course is None:
        return tuple(parts)
    if it.state in ACTIVE:
        parts.append(Contribution(f"{ENDS}{RAW}{course.last}"))
    for number in range(1, course.days + 1):
        due, day = len(course.slots(number)), course.day(number)
        if due and (not over or day < over):
            parts.append(Contribution("followups.due", due, day=day))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], day: str) -> Mapping[str, int]:
    """Of the newest day's row, which alone knows who is under measure now."""
    prefix = ENDS + RAW
    last = {n.removeprefix(prefix): c for n, c in metrics.items() if n.startswith(prefix)}
    return {"returnees.release_due": sum(count for end, count in last.items() if end < day)}


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    it: Returnee = body
    return () if it.screening is None else (Settled(f"screened:{it.screening}", it.at),)


def _natural_key(_unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    name, arrived = fields.get("name"), fields.get("arrived")
    who = fields.get("phone") or fields.get("id_hash")
    return (str(name), str(who), str(arrived)) if name and who and arrived else None


def _check_whole(body: Any) -> tuple[str, str] | None:
    it: Returnee = body
    if it.starts is not None and it.starts < add_days(it.arrived, -MAX_MEASURE_DAYS):
        return "starts", "the measure starts long before the arrival"
    if it.test_days is not None and not tests_of(it.test_days):
        return "test_days", "days of the measure, such as 1 4 7"
    return None


KIND = Kind(
    name="returnee",
    label="Returnee",
    plural="Returnees",
    body=Returnee,
    contribute=_contribute,
    derive=_derive,
    workflow=WORKFLOW,
    duties=duties_of,
    settles=_settles,
    fills=filled,
    natural_key=_natural_key,
    names_others=True,
    follows_people=True,
    check_whole=_check_whole,
    columns=("name", "arrived", "measure", "state", "phone", "came_from"),
    writers=FIELD,
    readers=FIELD,
    metrics={
        "returnees.new": "returnees registered on the day, however found (当日总数)",
        **{f"returnees.new.{o.code}": f"of these, '{o.label}'" for o in SOURCE_OPTIONS},
        "returnees.arrived": "returnees who arrived on the day",
        "returnees.total": "returnees on record now, those cancelled left out",
        "returnees.persons": "different persons among them, by ID number, else by telephone",
        **{
            f"returnees.source.{o.code}": f"returnees on record now, '{o.label}'"
            for o in SOURCE_OPTIONS
        },
        "returnees.active": "returnees registered or under measure now",
        **{f"returnees.{o.code}": f"returnees who are '{o.label}' now" for o in STATE_OPTIONS},
        **{f"returnees.measure.{o.code}": f"active ones with '{o.label}'" for o in MEASURE_OPTIONS},
        "returnees.measure.open": "active ones for whom nothing is decided",
        "returnees.releases": "returnees released on the day",
        ENDS: "raw material, in no report: active ones by the last day of their measure",
        "returnees.release_due": "active ones whose last day is before the row's day",
        "followups.due": "temperatures and tests that the measures ask for on the day, up to "
        "their end",
    },
    dated="day",
)
