"""Inquiry (流调): where somebody has been, and with whom; the places are records of `stay`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
from armband.shared.days import add_days, day_begins_ms, day_of
from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    IdTail,
    Millis,
    Name,
    Note,
    Option,
    Phone,
    Ref,
    Search,
    Text,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.visit import SYMPTOM_OPTIONS, Symptom
from armband.shared.kinds.workflow import Step, Workflow
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, Role

WHY_OPTIONS = (
    Option("case", "Confirmed case"),
    Option("suspected", "Suspected"),
    Option("contact", "Close contact"),
    Option("returnee", "Returnee"),
    Option("fever", "Fever"),
    Option("other", "Other"),
)
STATE_OPTIONS = (Option("open", "Open"), Option("closed", "Closed"))
INQUIRERS = DESKS | {Role.GRID}
"""It names many people: nobody reads it who does not ask or decide."""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person asked, until everything is known."""

    name: Annotated[Name, Field("Name", personal=True, search=Search.NAME)]
    why: Annotated[
        Literal["case", "suspected", "contact", "returnee", "fever", "other"],
        choice("Why", WHY_OPTIONS),
    ]
    state: Annotated[Literal["open", "closed"], choice("State", STATE_OPTIONS, on_form=False)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    id_tail: Annotated[
        IdTail | None,
        Field("ID tail", personal=True, search=Search.ID_TAIL, hint="last four of the ID number"),
    ] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    returnee: Annotated[Ref | None, Field("Returnee", FieldType.REF, ref="returnee")] = None
    address: Annotated[Text | None, Field("Address here", personal=True, search=Search.WORDS)] = (
        None
    )
    work: Annotated[Text | None, Field("Works at", personal=True, search=Search.WORDS)] = None
    since: Annotated[Day | None, Field("Ask back to", FieldType.DAY, hint="2022-03-17 or -14")] = (
        None
    )
    onset: Annotated[Day | None, Field("First symptoms", FieldType.DAY, hint="2022-03-29")] = None
    symptoms: Annotated[
        Annotated[list[Symptom], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Symptoms", FieldType.CHOICES, options=SYMPTOM_OPTIONS, personal=True),
    ] = None
    tests: Annotated[Note | None, Field("Tests so far", FieldType.NOTE, personal=True)] = None
    family: Annotated[Note | None, Field("Lives with", FieldType.NOTE, personal=True)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None
    closed_at: Annotated[Millis | None, Field("Closed at", FieldType.TIME, on_form=False)] = None
    closed_by: Annotated[Text | None, Field("Closed by", on_form=False)] = None


WORKFLOW = Workflow(
    field="state",
    starts=("open",),
    steps=(
        Step(
            "close",
            "Close the inquiry",
            ("open",),
            "closed",
            moment="closed_at",
            person="closed_by",
            asks=("note",),
        ),
        Step("reopen", "Open again", ("closed",), "open", clears=("closed_at", "closed_by")),
    ),
)


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    it: Inquiry = body
    parts = [Contribution("inquiries.opened", day=it.day)]
    if it.state == "open":
        parts.append(Contribution("inquiries.open"))
    elif it.closed_at is not None:
        parts.append(Contribution("inquiries.closed", day=day_of(it.closed_at, policy)))
    return tuple(parts)


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    it: Inquiry = body
    if it.state != "open":
        return ()
    return (
        Duty(
            key=f"inquiry:{view.id.hex()}",
            what="Finish the inquiry",
            rank=Rank.FOLLOWUP,
            from_ms=0,
            due_ms=day_begins_ms(add_days(it.day, 1), policy),
            step="close",
        ),
    )


KIND = Kind(
    name="inquiry",
    label="Inquiry",
    plural="Inquiries",
    body=Inquiry,
    contribute=_contribute,
    workflow=WORKFLOW,
    duties=_duties,
    names_others=True,
    follows_people=True,
    columns=("name", "at", "why", "state", "phone"),
    writers=INQUIRERS,
    readers=INQUIRERS,
    metrics={
        "inquiries.opened": "inquiries begun on the day",
        "inquiries.open": "inquiries that are not closed now",
        "inquiries.closed": "inquiries closed on the day",
    },
    dated="day",
)
