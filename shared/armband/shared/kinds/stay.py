"""Stay: one place of an inquiry's timeline, a record of its own.

Two people who ask at the same time each add their places, and nothing of either is lost.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    MinuteOfDay,
    Note,
    Ref,
    Search,
    Text,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.inquiry import INQUIRERS
from armband.shared.policy import Policy


class Stay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From when to when, where, with whom."""

    inquiry: Annotated[Ref, Field("Inquiry", FieldType.REF, ref="inquiry")]
    day: Annotated[Day, Field("Day", FieldType.DAY, hint="2022-03-31 or -1")]
    place: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=200)],
        Field("Place", search=Search.WORDS),
    ]
    begins_min: Annotated[MinuteOfDay | None, Field("From", FieldType.CLOCK, hint="08:30")] = None
    ends_min: Annotated[MinuteOfDay | None, Field("To", FieldType.CLOCK, hint="09:15")] = None
    transport: Annotated[Text | None, Field("How they came", search=Search.WORDS)] = None
    people: Annotated[Note | None, Field("With whom", FieldType.NOTE, personal=True)] = None
    mask: Annotated[bool | None, Field("Mask", FieldType.FLAG)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, _body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    return (Contribution("inquiries.places"),)


KIND = Kind(
    name="stay",
    label="Place of an inquiry",
    plural="Places of inquiries",
    body=Stay,
    contribute=_contribute,
    follows_people=True,
    columns=("day", "begins_min", "ends_min", "place", "people", "inquiry"),
    writers=INQUIRERS,
    readers=INQUIRERS,
    metrics={"inquiries.places": "places on the timelines of inquiries"},
    dated="day",
)
