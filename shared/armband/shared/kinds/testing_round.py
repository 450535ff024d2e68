"""Round (核酸轮次): one round of nucleic-acid testing of everybody in a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import add_days, day_begins_ms, is_day
from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    Name,
    Note,
    Option,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank, role_key
from armband.shared.kinds.workflow import Step, Workflow
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, Role

STATE_OPTIONS = (
    Option("planned", "To come"),
    Option("open", "Under way"),
    Option("closed", "Closed"),
)
SAMPLERS = (Role.GRID, Role.LIAISON)


class Round(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Its name, its first and last day; who should be sampled are the people of its unit."""

    name: Annotated[Name, Field("Name", search=Search.NAME, hint="Round 3, 第3轮")]
    day: Annotated[Day, Field("First day", FieldType.DAY, hint="2022-03-31 or +1")]
    state: Annotated[
        Literal["planned", "open", "closed"], choice("State", STATE_OPTIONS, on_form=False)
    ]
    until: Annotated[Day | None, Field("Last day", FieldType.DAY, hint="the same when empty")] = (
        None
    )
    place: Annotated[Text | None, Field("Place of sampling", search=Search.WORDS)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None
    opened_at: Annotated[Millis | None, Field("Started at", FieldType.TIME, on_form=False)] = None
    opened_by: Annotated[Name | None, Field("Started by", on_form=False)] = None
    closed_at: Annotated[Millis | None, Field("Closed at", FieldType.TIME, on_form=False)] = None
    closed_by: Annotated[Name | None, Field("Closed by", on_form=False)] = None


WORKFLOW = Workflow(
    field="state",
    starts=("planned", "open"),
    steps=(
        Step("start", "Start the round", ("planned",), "open", "opened_at", "opened_by"),
        Step("close", "Close the round", ("open",), "closed", "closed_at", "closed_by"),
        Step(
            "resume",
            "Resume the round",
            ("closed",),
            "open",
            "opened_at",
            "opened_by",
            clears=("closed_at", "closed_by"),
        ),
    ),
)


def _last_day(it: Round) -> str:
    return it.until if it.until is not None and is_day(it.until) else it.day


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    it: Round = body
    if it.state == "planned":
        return (Contribution("rounds.planned", day=it.day),)
    parts = [Contribution("rounds.total", day=it.day)]
    if it.state == "open":
        parts.append(Contribution("rounds.open"))
    return tuple(parts)


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    it: Round = body
    if not is_day(it.day):
        return ()
    key, begins_ms = f"round:{view.id.hex()}", day_begins_ms(it.day, policy)
    over_ms = day_begins_ms(add_days(_last_day(it), 1), policy)
    if it.state == "planned":
        return tuple(
            Duty(
                key=f"{key}:start#{role.value}",
                what="Start the round",
                rank=Rank.FOLLOWUP,
                from_ms=begins_ms,
                due_ms=over_ms,
                step="start",
                who=role_key(role),
            )
            for role in sorted(DESKS, key=lambda role: role.value)
        )
    if it.state == "open":
        return tuple(
            Duty(
                key=f"{key}:sample#{role.value}",
                what="Take samples, or note why not",
                rank=Rank.FOLLOWUP,
                from_ms=0,
                due_ms=over_ms,
                form="sample",
                prefill={"round": view.id.hex(), "status": "sampled"},
                who=role_key(role),
            )
            for role in SAMPLERS
        )
    return ()


def _check_whole(body: Any) -> tuple[str, str] | None:
    it: Round = body
    if it.until is not None and it.until < it.day:
        return "until", "is before the first day"
    return None


def _natural_key(unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    name, day = fields.get("name"), fields.get("day")
    return (unit, str(name), str(day)) if name and day else None


KIND = Kind(
    name="round",
    label="Round of testing",
    plural="Rounds of testing",
    body=Round,
    contribute=_contribute,
    workflow=WORKFLOW,
    duties=_duties,
    natural_key=_natural_key,
    check_whole=_check_whole,
    goes_down=True,
    columns=("day", "name", "state", "until", "place"),
    metrics={
        "rounds.total": "rounds of testing that began on the day, those only planned left out",
        "rounds.planned": "rounds of testing planned for the day",
        "rounds.open": "rounds of testing under way now",
    },
    dated="day",
    writers=DESKS,
)
