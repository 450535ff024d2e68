"""Policy text (政策口径): what staff may tell a caller, with the days on which it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from armband.shared.fields import Day, Field, FieldType, Note, Search, Text, Value
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS


class PolicyText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text in force from a day on; an older version stays, with its last day."""

    title: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=60)],
        Field("Title", search=Search.NAME),
    ]
    text: Annotated[
        Annotated[Note, msgspec.Meta(min_length=1)],
        Field("Text", FieldType.NOTE, search=Search.WORDS),
    ]
    from_day: Annotated[Day, Field("In force from", FieldType.DAY, hint="2022-03-31 or +7")]
    to_day: Annotated[
        Day | None, Field("Last day in force", FieldType.DAY, hint="2022-03-31 or +7")
    ] = None
    topic: Annotated[Text | None, Field("Topic", search=Search.WORDS)] = None
    source: Annotated[Text | None, Field("Document and version", search=Search.WORDS)] = None


def in_force(fields: Mapping[str, Value], day: str) -> bool:
    """Whether a policy text holds on a day."""
    first, last = fields.get("from_day"), fields.get("to_day")
    return isinstance(first, str) and first <= day and (not isinstance(last, str) or day <= last)


def _check_whole(body: Any) -> tuple[str, str] | None:
    text: PolicyText = body
    if text.to_day is not None and text.to_day < text.from_day:
        message = "is before the first day"
        return "to_day", message
    return None


def _contribute(_view: View, _body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    return (Contribution("policy_texts.total"),)


KIND = Kind(
    name="policy_text",
    label="Policy text",
    plural="Policy texts",
    body=PolicyText,
    contribute=_contribute,
    check_whole=_check_whole,
    columns=("title", "topic", "from_day", "to_day", "source"),
    writers=DESKS,
    goes_down=True,
    metrics={"policy_texts.total": "policy texts that exist now, in force or not"},
)
