"""Screening (排查): one look at one person, online or on the spot, who may be back from elsewhere.

A kind of its own: most who are screened are no returnees, and nothing of it was due.
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
    Patch,
    Phone,
    Ref,
    Search,
    Text,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.returnee_flow import CHANNEL_OPTIONS
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

RESULT_OPTIONS = (
    Option("normal", "Nothing found"),
    Option("returnee", "Is a returnee"),
    Option("abnormal", "Abnormal"),
    Option("not_reached", "Not reached"),
)


class Screening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person asked or looked at once."""

    channel: Annotated[
        Literal["online", "offline"], choice("Found by", CHANNEL_OPTIONS, sticky=True)
    ]
    result: Annotated[
        Literal["normal", "returnee", "abnormal", "not_reached"], choice("Result", RESULT_OPTIONS)
    ]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    returnee: Annotated[
        Ref | None, Field("Returnee", FieldType.REF, ref="returnee", hint="when registered already")
    ] = None
    name: Annotated[Name | None, Field("Name", personal=True, search=Search.NAME)] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    came_from: Annotated[Text | None, Field("From where", search=Search.WORDS)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _person(view: View, it: Screening) -> str:
    """Who is counted once; whoever left no number is nobody we could meet again."""
    if it.returnee is not None:
        return it.returnee
    return f"phone:{it.phone}" if it.phone is not None else f"screening:{view.id.hex()}"


def _contribute(view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    it: Screening = body
    who = _person(view, it)
    names = ("screenings.total", f"screenings.{it.channel}", f"screenings.result.{it.result}")
    return (
        *(Contribution(name, day=it.day) for name in names),
        Contribution("screenings.persons", day=it.day, member=who),
        Contribution("screenings.ever"),
        Contribution("screenings.ever.persons", member=who),
    )


def _duties(view: View, body: Any, _policy: Policy) -> tuple[Duty, ...]:
    """Whoever turns out to be a returnee is registered; that settles it."""
    it: Screening = body
    if it.result != "returnee" or it.returnee is not None:
        return ()
    said = {
        "name": it.name,
        "phone": it.phone,
        "household": it.household,
        "came_from": it.came_from,
        "channel": it.channel,
    }
    known: Patch = {name: value for name, value in said.items() if value is not None}
    return (
        Duty(
            key=f"screened:{view.id.hex()}",
            what="Register the returnee",
            rank=Rank.FOLLOWUP,
            from_ms=0,
            due_ms=it.at + 3_600_000,
            form="returnee",
            prefill={**known, "source": "self_found", "screening": view.id.hex()},
        ),
    )


KIND = Kind(
    name="screening",
    label="Screening",
    plural="Screenings",
    body=Screening,
    contribute=_contribute,
    duties=_duties,
    columns=("at", "name", "phone", "channel", "result", "returnee"),
    writers=FIELD,
    readers=FIELD,
    metrics={
        "screenings.total": "screenings of the day (person-times)",
        **{f"screenings.{o.code}": f"of these, '{o.label}'" for o in CHANNEL_OPTIONS},
        **{f"screenings.result.{o.code}": f"of these, '{o.label}'" for o in RESULT_OPTIONS},
        "screenings.persons": "different persons screened on the day: returnees by record, others "
        "by telephone; whoever left none counts as a person",
        "screenings.ever": "screenings on record (person-times)",
        "screenings.ever.persons": "different persons among them",
    },
    dated="day",
)
