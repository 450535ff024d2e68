"""Call (来电): a telephone call at the office, in two keystrokes."""

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
    Search,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

TOPIC_OPTIONS = (
    Option("policy", "Policy question"),
    Option("returnee", "Returnee check"),
    Option("request", "Request"),
)


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call. What came of it is a case that refers to it."""

    topic: Annotated[Literal["policy", "returnee", "request"], choice("About", TOPIC_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    caller: Annotated[Name | None, Field("Caller", personal=True, search=Search.NAME)] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    call: Call = body
    return tuple(
        Contribution(name, day=call.day) for name in ("calls.total", f"calls.{call.topic}")
    )


KIND = Kind(
    name="call",
    label="Call",
    plural="Calls",
    body=Call,
    contribute=_contribute,
    columns=("at", "topic", "caller", "phone", "note"),
    writers=FIELD,
    readers=FIELD,
    metrics={
        "calls.total": "telephone calls of the day",
        **{f"calls.{o.code}": f"of these, '{o.label}'" for o in TOPIC_OPTIONS},
    },
    dated="day",
)
