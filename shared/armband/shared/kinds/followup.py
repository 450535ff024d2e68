"""Follow-up: one look at a returnee or at somebody in isolation, at one time of one day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
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
    Tenths,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank, Settled
from armband.shared.kinds.isolation import SLOT_OPTIONS, key_of, missed_key_of
from armband.shared.kinds.visit import CHANNEL_OPTIONS, SYMPTOM_OPTIONS, Symptom
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

OUTCOME_OPTIONS = (
    Option("seen_ok", "Seen, well"),
    Option("seen_not_ok", "Seen, ill"),
    Option("missed", "Not met"),
    Option("not_attempted", "Not attempted"),
    Option("not_performed", "Not performed"),
)
"""Go.Data's daily follow-up status, by its codes."""
SEEN = ("seen_ok", "seen_not_ok")
RESULT_OPTIONS = (
    Option("sampled", "Sampled"),
    Option("negative", "Negative"),
    Option("positive", "Positive"),
    Option("refused", "Refused the test"),
)
CONCERNS = ("returnee", "resident", "household")


class Followup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of one person at one time of one day."""

    outcome: Annotated[
        Literal["seen_ok", "seen_not_ok", "missed", "not_attempted", "not_performed"],
        choice("Outcome", OUTCOME_OPTIONS),
    ]
    slot: Annotated[Literal["morning", "evening", "test"], choice("Which", SLOT_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    temp_tenths: Annotated[
        Tenths | None, Field("Temperature", FieldType.TEMPERATURE, personal=True, hint="36.5")
    ] = None
    symptoms: Annotated[
        Annotated[list[Symptom], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Symptoms", FieldType.CHOICES, options=SYMPTOM_OPTIONS, personal=True),
    ] = None
    result: Annotated[
        Literal["sampled", "negative", "positive", "refused"] | None,
        choice("Test result", RESULT_OPTIONS),
    ] = None
    channel: Annotated[
        Literal["door", "phone", "wechat"] | None, choice("Channel", CHANNEL_OPTIONS, sticky=True)
    ] = None
    returnee: Annotated[Ref | None, Field("Returnee", FieldType.REF, ref="returnee")] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    resident: Annotated[Ref | None, Field("Resident", FieldType.REF, ref="resident")] = None
    number: Annotated[Count | None, Field("Day of the measure", FieldType.COUNT, hint="5")] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def concerned(it: Followup) -> str:
    """Hex id of whom it is about."""
    return it.returnee or it.resident or it.household or ""


def has_fever(it: Followup, policy: Policy) -> bool:
    """Whether the temperature is at or above the office's threshold."""
    return it.temp_tenths is not None and it.temp_tenths >= policy.fever_tenths


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    it: Followup = body
    names = ["followups.total", f"followups.outcome.{it.outcome}"]
    if has_fever(it, policy):
        names.append("followups.fever")
    if it.symptoms:
        names.append("followups.symptoms")
    if it.result is not None:
        names.append(f"followups.result.{it.result}")
    parts = [Contribution(name, day=it.day) for name in names]
    if it.outcome in SEEN:
        parts.append(Contribution("followups.persons", day=it.day, member=concerned(it)))
        if it.returnee is not None:
            done = f"{it.returnee}:{it.slot}"
            parts.append(Contribution("followups.done", day=it.day, member=done))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], _day: str) -> Mapping[str, int]:
    missed = metrics.get("followups.due", 0) - metrics.get("followups.done", 0)
    return {"followups.missed": max(0, missed)}


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    """Fever, symptoms or a positive test: somebody has to report it and see to it."""
    it: Followup = body
    if not (has_fever(it, policy) or it.symptoms or it.result == "positive"):
        return ()
    known: Patch = {"category": "prevention", "channel": "circle", "priority": "urgent"}
    if it.household is not None:
        known["household"] = it.household
    if it.temp_tenths is not None:
        known["brief"] = f"{it.temp_tenths // 10}.{it.temp_tenths % 10} °C"
    return (
        Duty(
            key=f"ill:{view.id.hex()}",
            what="Report the illness",
            rank=Rank.CLOCK,
            from_ms=0,
            due_ms=it.at + policy.accept_within_s * 1000,
            form="case",
            prefill={**known, "followup": view.id.hex()},
        ),
    )


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    """Seen, the time is done; not seen, it is said why."""
    it: Followup = body
    if it.returnee is None:
        return ()
    missed = Settled(missed_key_of(it.returnee, it.day, it.slot), it.at)
    if it.outcome == "not_attempted":
        return (missed,)
    return (Settled(key_of(it.returnee, it.day, it.slot), it.at), missed)


def _check_whole(body: Any) -> tuple[str, str] | None:
    it: Followup = body
    if not concerned(it):
        return "returnee", "a returnee, a resident or a household must be given"
    if it.outcome in SEEN and it.slot != "test" and it.temp_tenths is None:
        return "temp_tenths", "whoever is seen is measured; give the temperature"
    return None


KIND = Kind(
    name="followup",
    label="Follow-up",
    plural="Follow-ups",
    body=Followup,
    contribute=_contribute,
    derive=_derive,
    duties=_duties,
    settles=_settles,
    check_whole=_check_whole,
    columns=("at", "returnee", "slot", "temp_tenths", "outcome", "number"),
    writers=FIELD,
    readers=FIELD,
    metrics={
        "followups.total": "follow-ups recorded for the day, whatever came of them",
        **{
            f"followups.outcome.{o.code}": f"of these, with the outcome '{o.label}'"
            for o in OUTCOME_OPTIONS
        },
        "followups.fever": "follow-ups of the day at or above the fever threshold",
        "followups.symptoms": "follow-ups of the day with at least one symptom",
        **{
            f"followups.result.{o.code}": f"of these, with the test '{o.label}'"
            for o in RESULT_OPTIONS
        },
        "followups.persons": "different persons seen on the day",
        "followups.done": "times of the day (a returnee's morning, evening or test) at which "
        "somebody was seen",
        "followups.missed": "followups.due less followups.done: on a day that is not over, what "
        "is still to come, too",
    },
    dated="day",
)
