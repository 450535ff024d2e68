"""Rectification (整改): one item that a shop has to put right by a day, and the re-check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import add_days, day_begins_ms, day_of, is_day
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
    choice,
)
from armband.shared.kinds.declare import RAW, Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.workflow import Step, Workflow
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

ITEM_OPTIONS = (
    Option("measuring", "Measures temperatures"),
    Option("codes", "Checks codes"),
    Option("disinfection", "Disinfects"),
    Option("masks", "Wears masks"),
)
STATE_OPTIONS = (
    Option("open", "Not put right"),
    Option("fixed", "Put right"),
    Option("dropped", "Dropped"),
)
OPEN = "rectifications.open"


class Rectification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of one shop, from the inspection that found it until the re-check that passes."""

    shop: Annotated[Ref, Field("Shop", FieldType.REF, ref="shop")]
    item: Annotated[
        Literal["measuring", "codes", "disinfection", "masks"], choice("Item", ITEM_OPTIONS)
    ]
    state: Annotated[
        Literal["open", "fixed", "dropped"], choice("State", STATE_OPTIONS, on_form=False)
    ]
    due: Annotated[Day, Field("Put right by", FieldType.DAY, hint="2022-03-31 or +7")]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    inspection: Annotated[
        Ref | None, Field("Inspection", FieldType.REF, ref="inspection", on_form=False)
    ] = None
    checked_at: Annotated[Millis | None, Field("Re-checked", FieldType.TIME, on_form=False)] = None
    checked_by: Annotated[Name | None, Field("Re-checked by", on_form=False)] = None
    result: Annotated[Note | None, Field("Result", FieldType.NOTE, search=Search.WORDS)] = None


WORKFLOW = Workflow(
    field="state",
    starts=("open",),
    steps=(
        Step(
            "pass",
            "Re-check passed",
            ("open",),
            "fixed",
            moment="checked_at",
            person="checked_by",
            asks=("result",),
        ),
        Step(
            "fail",
            "Re-check failed",
            ("open",),
            "open",
            moment="checked_at",
            person="checked_by",
            asks=("due", "result"),
            needs=("due",),
        ),
        Step("drop", "Drop", ("open",), "dropped", asks=("result",), needs=("result",)),
        Step("reopen", "Open again", ("fixed", "dropped"), "open", asks=("due",), needs=("due",)),
    ),
)


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    it: Rectification = body
    parts = [
        Contribution("rectifications.opened", day=it.day),
        Contribution(f"rectifications.opened.{it.item}", day=it.day),
    ]
    if it.state == "open":
        parts.append(Contribution(f"{OPEN}{RAW}{it.due}"))
    if it.state == "fixed" and it.checked_at is not None:
        parts.append(Contribution("rectifications.fixed", day=day_of(it.checked_at, policy)))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], day: str) -> Mapping[str, int]:
    """Of the newest day's row, which alone knows what is open now."""
    prefix = OPEN + RAW
    waiting = {n.removeprefix(prefix): c for n, c in metrics.items() if n.startswith(prefix)}
    late = sum(count for due, count in waiting.items() if due < day)
    return {OPEN: sum(waiting.values()), "rectifications.overdue": late}


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    it: Rectification = body
    if it.state != "open" or not is_day(it.due):
        return ()
    return (
        Duty(
            key=f"rectify:{view.id.hex()}",
            what="Re-check what was to be put right",
            rank=Rank.RECTIFICATION,
            from_ms=it.at,
            due_ms=day_begins_ms(add_days(it.due, 1), policy),
            step="pass",
        ),
    )


KIND = Kind(
    name="rectification",
    label="Rectification",
    plural="Rectifications",
    body=Rectification,
    contribute=_contribute,
    derive=_derive,
    workflow=WORKFLOW,
    duties=_duties,
    columns=("at", "shop", "item", "state", "due", "checked_at"),
    metrics={
        "rectifications.opened": "rectifications that inspections of the day opened",
        **{f"rectifications.opened.{o.code}": f"of these, for '{o.label}'" for o in ITEM_OPTIONS},
        "rectifications.fixed": "rectifications whose re-check passed on the day",
        OPEN: "rectifications open now",
        "rectifications.overdue": "of these, with a due day before the row's day",
    },
    dated="day",
    writers=FIELD,
    readers=FIELD,
)
