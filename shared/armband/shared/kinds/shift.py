"""Shift (班次): who stands at a checkpoint from when to when, and the note to the next.

A shift belongs to the day on which it begins: what is recorded at its checkpoint after midnight is
dated to that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import at_clock, is_day
from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    MinuteOfDay,
    Name,
    Note,
    Option,
    Ref,
    Search,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.workflow import Step, Workflow
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, FIELD, GATE, SETTLERS, Role

_MINUTE_MS = 60_000
_MINUTES_OF_DAY = 1440
NOTICE_MS = 12 * 60 * _MINUTE_MS
"""A shift is on its guard's list from so long before it begins."""
HANDOVER_MS = 15 * _MINUTE_MS
"""The hand-over note is asked for from so long before the end."""
READ_WITHIN_MS = 30 * _MINUTE_MS
"""The next shift reads the note within this time."""

STATE_OPTIONS = (
    Option("planned", "Planned"),
    Option("standing", "On duty"),
    Option("ended", "Ended"),
    Option("read", "Note read"),
    Option("cancelled", "Called off"),
)


class Shift(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's watch at one checkpoint."""

    checkpoint: Annotated[Ref, Field("Checkpoint", FieldType.REF, ref="checkpoint")]
    day: Annotated[Day, Field("Day", FieldType.DAY, hint="2022-03-31 or +1")]
    begins_min: Annotated[MinuteOfDay, Field("Shift from", FieldType.CLOCK, hint="20:00")]
    ends_min: Annotated[MinuteOfDay, Field("Shift to", FieldType.CLOCK, hint="08:00")]
    state: Annotated[
        Literal["planned", "standing", "ended", "read", "cancelled"],
        choice("State", STATE_OPTIONS, on_form=False),
    ]
    staff: Annotated[Ref | None, Field("On watch", FieldType.REF, ref="staff")] = None
    began_at: Annotated[Millis | None, Field("Began", FieldType.TIME, on_form=False)] = None
    began_by: Annotated[Name | None, Field("Began by", on_form=False)] = None
    ended_at: Annotated[Millis | None, Field("Ended", FieldType.TIME, on_form=False)] = None
    handover: Annotated[
        Note | None, Field("Hand-over note", FieldType.NOTE, search=Search.WORDS)
    ] = None
    read_at: Annotated[Millis | None, Field("Note read at", FieldType.TIME, on_form=False)] = None
    read_by: Annotated[Name | None, Field("Note read by", on_form=False)] = None


WORKFLOW = Workflow(
    field="state",
    starts=("planned", "standing"),
    steps=(
        Step("begin", "Begin", ("planned",), "standing", moment="began_at", person="began_by"),
        Step(
            "end",
            "End with a note",
            ("standing",),
            "ended",
            moment="ended_at",
            asks=("handover",),
            needs=("handover",),
        ),
        Step("read", "I have read the note", ("ended",), "read", "read_at", "read_by"),
        Step("cancel", "Call off", ("planned",), "cancelled"),
    ),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A shift as a stretch of time, ``[from_ms, to_ms)``, at a checkpoint (hex id)."""

    checkpoint: str
    day: str
    from_ms: int
    to_ms: int


def span_of(fields: Mapping[str, Value], policy: Policy) -> Span | None:
    """The stretch of a shift's fields; None when they make none, or it was cancelled.

    A shift that ends at the minute at which it began lasts a whole day.
    """
    checkpoint, day = fields.get("checkpoint"), fields.get("day")
    begins, ends = fields.get("begins_min"), fields.get("ends_min")
    if not isinstance(checkpoint, str) or not isinstance(day, str) or not is_day(day):
        return None
    if not isinstance(begins, int) or not isinstance(ends, int):
        return None
    if fields.get("state") == "cancelled":
        return None
    from_ms = at_clock(day, begins, policy)
    minutes = (ends - begins) % _MINUTES_OF_DAY or _MINUTES_OF_DAY
    return Span(checkpoint, day, from_ms, from_ms + minutes * _MINUTE_MS)


def standing_at(spans: Iterable[Span], at_ms: int) -> Span | None:
    """The shift that stands at a moment, of those of one checkpoint.

    Where two overlap, the one that began first is still answering for the gate.
    """
    there = [span for span in spans if span.from_ms <= at_ms < span.to_ms]
    return min(there, key=lambda span: (span.from_ms, span.day), default=None)


def day_at(spans: Iterable[Span], at_ms: int) -> str:
    """The day of the shift that stands at a moment; ``""`` for none."""
    span = standing_at(spans, at_ms)
    return span.day if span is not None else ""


def gaps(spans: Iterable[Span], from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    """The stretches of ``[from_ms, to_ms)`` in which nobody stands."""
    free: list[tuple[int, int]] = []
    covered_to = from_ms
    for span in sorted(spans, key=lambda s: s.from_ms):
        if span.from_ms >= to_ms:
            break
        if span.from_ms > covered_to:
            free.append((covered_to, span.from_ms))
        covered_to = max(covered_to, span.to_ms)
    if covered_to < to_ms:
        free.append((covered_to, to_ms))
    return free


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    shift: Shift = body
    if shift.state == "cancelled":
        return ()
    names = ["shifts.total"]
    if shift.state != "planned":
        names.append("shifts.stood")
    if shift.handover:
        names.append("shifts.handed_over")
    if shift.state == "read":
        names.append("shifts.notes_read")
    parts = [Contribution(name, day=shift.day) for name in names]
    if shift.state == "standing":
        parts.append(Contribution("staff.on_duty"))
    return tuple(parts)


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    shift: Shift = body
    span = span_of(view.fields, policy)
    if span is None:
        return ()
    key, who = f"shift:{view.id.hex()}", shift.staff or ""
    begins, ends = span.from_ms, span.to_ms
    match shift.state:
        case "planned":
            return (
                Duty(
                    key=f"{key}:begin",
                    what="Begin the shift",
                    rank=Rank.SHIFT,
                    from_ms=begins - NOTICE_MS,
                    due_ms=begins,
                    until_ms=ends,
                    step="begin",
                    who=who,
                ),
            )
        case "standing":
            return (
                Duty(
                    key=f"{key}:end",
                    what="End the shift with a note to the next",
                    rank=Rank.SHIFT,
                    from_ms=ends - HANDOVER_MS,
                    due_ms=ends,
                    step="end",
                    who=who,
                ),
            )
        case "ended":
            ended = shift.ended_at or ends
            return (
                Duty(
                    key=f"{key}:read",
                    what="Read the hand-over note",
                    rank=Rank.SHIFT,
                    from_ms=ended,
                    due_ms=ended + READ_WITHIN_MS,
                    step="read",
                ),
            )
    return ()


KIND = Kind(
    name="shift",
    label="Shift",
    plural="Shifts",
    body=Shift,
    contribute=_contribute,
    workflow=WORKFLOW,
    duties=_duties,
    columns=("day", "begins_min", "ends_min", "checkpoint", "staff", "state"),
    metrics={
        "shifts.total": "shifts of the day, those cancelled left out",
        "shifts.stood": "of these, begun",
        "shifts.handed_over": "of these, with a hand-over note",
        "shifts.notes_read": "of these, with a note that the next shift has read",
        "staff.on_duty": "shifts that somebody stands now",
    },
    dated="day",
    writers=DESKS | {Role.CHECKPOINT, Role.GRID},
    settlers=SETTLERS | GATE,
    administrators=FIELD | GATE,
)
