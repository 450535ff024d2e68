"""Acknowledgement (确认): one person has heard a notice, or answers a call-up."""

from __future__ import annotations

from collections.abc import Mapping
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
    Ref,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Settled
from armband.shared.kinds.notice import acknowledged
from armband.shared.policy import Policy
from armband.shared.roles import FIELD, GATE, SETTLERS, STAFF

ANSWER_OPTIONS = (
    Option("seen", "Seen"),
    Option("coming", "Coming"),
    Option("cannot", "Cannot come"),
)


class Ack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has heard a notice, when, at which terminal, and what they say to it."""

    notice: Annotated[Ref, Field("Notice", FieldType.REF, ref="notice")]
    answer: Annotated[Literal["seen", "coming", "cannot"], choice("Answer", ANSWER_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False, any_is_right=True)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False, any_is_right=True)]
    staff: Annotated[Ref | None, Field("Who", FieldType.REF, ref="staff")] = None
    by: Annotated[
        Name | None, Field("Name", personal=True, search=Search.WORDS, any_is_right=True)
    ] = None
    terminal: Annotated[Text | None, Field("Terminal", on_form=False, any_is_right=True)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    ack: Ack = body
    names = ("acks.total", f"acks.{ack.answer}")
    return tuple(Contribution(name, day=ack.day) for name in names)


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    ack: Ack = body
    who = ack.staff or ack.terminal
    return (Settled(acknowledged(ack.notice), ack.at, who),) if who else ()


def _natural_key(_unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    """Whoever acknowledges twice, on two terminals too, has done it once."""
    who = fields.get("staff") or fields.get("terminal") or fields.get("by")
    return (str(fields.get("notice")), str(who)) if who else None


KIND = Kind(
    name="ack",
    label="Acknowledgement",
    plural="Acknowledgements",
    body=Ack,
    contribute=_contribute,
    settles=_settles,
    natural_key=_natural_key,
    columns=("at", "by", "answer", "notice", "note"),
    metrics={
        "acks.total": "acknowledgements of notices on the day, one for each person and notice",
        **{f"acks.{o.code}": f"of these, with the answer '{o.label}'" for o in ANSWER_OPTIONS},
    },
    dated="day",
    writers=STAFF,
    settlers=SETTLERS | GATE,
    administrators=FIELD | GATE,
)
