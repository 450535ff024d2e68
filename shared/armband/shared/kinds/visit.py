"""Visit (走访): contact with a household at the door, by telephone or by WeChat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
from armband.shared.days import add_days, day_begins_ms, is_day
from armband.shared.drafts import Draft
from armband.shared.fields import (
    Count,
    Day,
    Field,
    FieldType,
    Millis,
    Note,
    Option,
    Patch,
    Ref,
    Search,
    Temperatures,
    choice,
)
from armband.shared.ids import opened_record_id
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank, Settled
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

CHANNEL_OPTIONS = (Option("door", "Door"), Option("phone", "Phone"), Option("wechat", "WeChat"))
PURPOSE_OPTIONS = (
    Option("screening", "Sweep"),
    Option("monitoring", "Monitoring"),
    Option("publicity", "Publicity"),
    Option("care", "Care visit"),
    Option("other", "Other"),
)
OUTCOME_OPTIONS = (
    Option("met", "Met"),
    Option("no_answer", "No answer"),
    Option("refused", "Refused"),
    Option("moved", "Moved away"),
)
SYMPTOM_OPTIONS = (
    Option("fever", "Fever"),
    Option("cough", "Dry cough"),
    Option("fatigue", "Fatigue"),
    Option("throat", "Sore throat"),
    Option("smell", "Loss of smell or taste"),
    Option("diarrhoea", "Diarrhoea"),
)
Symptom = Literal["fever", "cough", "fatigue", "throat", "smell", "diarrhoea"]


class Visit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One contact with one household, whatever came of it."""

    household: Annotated[Ref, Field("Household", FieldType.REF, ref="household")]
    channel: Annotated[
        Literal["door", "phone", "wechat"], choice("Channel", CHANNEL_OPTIONS, sticky=True)
    ]
    outcome: Annotated[
        Literal["met", "no_answer", "refused", "moved"], choice("Outcome", OUTCOME_OPTIONS)
    ]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    purpose: Annotated[
        Literal["screening", "monitoring", "publicity", "care", "other"] | None,
        choice("Purpose", PURPOSE_OPTIONS, sticky=True),
    ] = None
    people_seen: Annotated[Count | None, Field("People seen", FieldType.COUNT)] = None
    temps: Annotated[
        Temperatures | None,
        Field("Temperatures", FieldType.TEMPERATURES, personal=True, hint="36.5 36.8"),
    ] = None
    symptoms: Annotated[
        Annotated[list[Symptom], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Symptoms", FieldType.CHOICES, options=SYMPTOM_OPTIONS, personal=True),
    ] = None
    needs: Annotated[Note | None, Field("Needs", FieldType.NOTE, search=Search.WORDS)] = None
    next_day: Annotated[Day | None, Field("Next visit", FieldType.DAY, hint="2022-03-31 or +7")] = (
        None
    )
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None
    notice: Annotated[Ref | None, Field("Notice", FieldType.REF, ref="notice", on_form=False)] = (
        None
    )
    notice_day: Annotated[Day | None, Field("Notice's day", FieldType.DAY, on_form=False)] = None


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    visit: Visit = body
    names = ["activity.records", "visits.total", f"visits.{visit.channel}"]
    names.append(f"visits.outcome.{visit.outcome}")
    if visit.needs:
        names.append("visits.needs")
    parts = [Contribution(name, day=visit.day) for name in names]
    fever = sum(tenths >= policy.fever_tenths for tenths in visit.temps or ())
    for name, count in (("visits.people_seen", visit.people_seen), ("visits.fever", fever)):
        if count:
            parts.append(Contribution(name, count, day=visit.day))
    parts.append(Contribution("visits.households", day=visit.day, member=visit.household))
    if visit.notice is not None and visit.outcome == "met":
        told = visit.notice_day or visit.day
        parts.append(Contribution("publicity.households", day=told, member=visit.household))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], _day: str) -> Mapping[str, int]:
    """In the newest day's row, which alone knows how many households there are."""
    told, homes = metrics.get("publicity.households", 0), metrics.get("households.total", 0)
    return {"publicity.coverage_pct": 100 * told // homes if homes else 0}


def _door(visit: Visit) -> str:
    return f"visit:{visit.household}"


def _duties(_view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    """The next visit, after "no answer" the next day; any later one to that door does it."""
    visit: Visit = body
    next_day = visit.next_day
    if next_day is None and visit.outcome == "no_answer" and is_day(visit.day):
        next_day = add_days(visit.day, 1)
    if next_day is None or not is_day(next_day):
        return ()
    known = {
        "household": visit.household,
        "channel": visit.channel,
        "purpose": visit.purpose,
        "notice": visit.notice,
    }
    return (
        Duty(
            key=_door(visit),
            what="Visit again",
            rank=Rank.VISIT,
            from_ms=day_begins_ms(next_day, policy),
            due_ms=day_begins_ms(add_days(next_day, 1), policy),
            since_ms=visit.at,
            form="visit",
            prefill={name: value for name, value in known.items() if value is not None},
        ),
    )


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    visit: Visit = body
    return (Settled(_door(visit), visit.at),)


def _opens(view: View, body: Any, _policy: Policy) -> tuple[Draft, ...]:
    """A need becomes a service that somebody answers for."""
    visit: Visit = body
    if not visit.needs:
        return ()
    asked: Patch = {
        "household": visit.household,
        "sort": "other",
        "what": visit.needs,
        "visit": view.id.hex(),
        "at": visit.at,
        "day": visit.day,
    }
    return (Draft("service", opened_record_id(view.id, "need"), view.unit, asked),)


KIND = Kind(
    name="visit",
    label="Visit",
    plural="Visits",
    body=Visit,
    contribute=_contribute,
    duties=_duties,
    settles=_settles,
    opens=_opens,
    derive=_derive,
    taken={"notice_day": ("notice", "day")},
    columns=("at", "household", "channel", "outcome", "purpose", "next_day"),
    writers=FIELD,
    readers=FIELD,
    metrics={
        "visits.total": "visits of the day, by any channel and with any outcome",
        "visits.households": "different households visited on the day",
        **{
            f"visits.{o.code}": f"visits of the day by the channel '{o.label}'"
            for o in CHANNEL_OPTIONS
        },
        **{
            f"visits.outcome.{o.code}": f"visits of the day with the outcome '{o.label}'"
            for o in OUTCOME_OPTIONS
        },
        "visits.people_seen": "people seen on the day's visits (person-times)",
        "visits.fever": "temperatures at or above the fever threshold on the day's visits",
        "visits.needs": "visits of the day on which a need was noted",
        "publicity.households": "different households met on visits that tell a notice of the day",
        "publicity.coverage_pct": "of a hundred households registered now, those so told",
        "activity.records": "visits and checks of the day; a unit with at least one has reported",
    },
    dated="day",
)
