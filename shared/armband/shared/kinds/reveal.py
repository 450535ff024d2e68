"""Reveal (查看): somebody looked at what is masked, of which record, and why.

It reaches the office like any record, is sent to no terminal, and is never changed: not by its
author either.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import Day, Field, FieldType, Millis, Note, Option, Text, choice
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import STAFF

WHY_OPTIONS = (
    Option("call", "To call them"),
    Option("verify", "To make sure who it is"),
    Option("urgent", "Urgent help"),
    Option("inquiry", "Epidemiological inquiry"),
    Option("correct", "To put the record right"),
    Option("other", "Another reason"),
)
RecordHex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_OTHER = "other"


class Reveal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look at one record; who looked is the author of the operation."""

    of: Annotated[RecordHex, Field("Record looked at", on_form=False)]
    of_kind: Annotated[Text, Field("Its kind", on_form=False)]
    why: Annotated[
        Literal["call", "verify", "urgent", "inquiry", "correct", "other"],
        choice("Why looked at", WHY_OPTIONS),
    ]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    note: Annotated[Note | None, Field("Note", FieldType.NOTE)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    reveal: Reveal = body
    names = ("reveals.total", f"reveals.{reveal.why}")
    return tuple(Contribution(name, day=reveal.day) for name in names)


def _check_whole(body: Any) -> tuple[str, str] | None:
    reveal: Reveal = body
    if reveal.why == _OTHER and not reveal.note:
        return "note", "another reason must be said in words"
    return None


KIND = Kind(
    name="reveal",
    label="Reveal",
    plural="Reveals",
    body=Reveal,
    contribute=_contribute,
    check_whole=_check_whole,
    columns=("at", "of_kind", "of", "why", "note"),
    metrics={
        "reveals.total": "times that somebody had masked names or telephones shown on the day",
        **{f"reveals.{o.code}": f"of these, for the reason '{o.label}'" for o in WHY_OPTIONS},
    },
    dated="day",
    writers=STAFF,
    readers=frozenset(),
    settlers=frozenset(),
    administrators=frozenset(),
    append_only=True,
)
