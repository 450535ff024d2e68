"""Case (事件): an incident or a request, from its report to its verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import add_days, day_begins_ms, day_of
from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    Name,
    Note,
    Phone,
    Ref,
    Search,
    Text,
    choice,
)
from armband.shared.kinds.case_clock import RUNG_OPTIONS, addressee, levels
from armband.shared.kinds.case_flow import (
    CATEGORY_OPTIONS,
    CHANNEL_OPTIONS,
    OPEN_STATES,
    PRIORITY_OPTIONS,
    STATE_OPTIONS,
    WORKFLOW,
    State,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank, Settled, role_key
from armband.shared.kinds.histogram import PERCENTS, bucket, percentiles
from armband.shared.policy import Policy
from armband.shared.roles import FIELD, STAFF, Role


def _time(label: str, *, any_is_right: bool = False) -> Field:
    return Field(label, FieldType.TIME, on_form=False, any_is_right=any_is_right)


def _person(label: str) -> Field:
    return Field(label, on_form=False)


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened, where, who said so, and how far it has come."""

    category: Annotated[
        Literal["prevention", "security", "population", "emergency", "livelihood"],
        choice("Category", CATEGORY_OPTIONS),
    ]
    brief: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=200)],
        Field("Brief", search=Search.WORDS),
    ]
    channel: Annotated[
        Literal["phone", "wechat", "patrol", "desk", "circle"],
        choice("Reported by", CHANNEL_OPTIONS),
    ]
    state: Annotated[State, choice("State", STATE_OPTIONS, on_form=False)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    priority: Annotated[
        Literal["urgent", "normal", "low"] | None, choice("Priority", PRIORITY_OPTIONS)
    ] = None
    sub: Annotated[Text | None, Field("More exactly", search=Search.WORDS)] = None
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    place: Annotated[Text | None, Field("Place", search=Search.WORDS)] = None
    reporter: Annotated[Name | None, Field("Reporter", personal=True, search=Search.NAME)] = None
    reporter_phone: Annotated[
        Phone | None,
        Field("Reporter's phone", FieldType.PHONE, personal=True, search=Search.PHONE),
    ] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None
    call: Annotated[Ref | None, Field("Call", FieldType.REF, ref="call", on_form=False)] = None
    followup: Annotated[
        Ref | None, Field("Follow-up", FieldType.REF, ref="followup", on_form=False)
    ] = None
    rung: Annotated[
        Literal["liaison", "building_head", "grid", "trio", "street", "agency"] | None,
        choice("Level of the chain", RUNG_OPTIONS, on_form=False),
    ] = None
    to: Annotated[Ref | None, Field("Dispatched to", FieldType.REF, ref="staff", on_form=False)] = (
        None
    )
    agency: Annotated[Text | None, Field("Agency", on_form=False, search=Search.WORDS)] = None
    answered_at: Annotated[Millis | None, _time("First answer", any_is_right=True)] = None
    dispatched_at: Annotated[Millis | None, _time("Dispatched at")] = None
    dispatched_by: Annotated[Text | None, _person("Dispatched by")] = None
    delivered_at: Annotated[Millis | None, _time("Arrived at", any_is_right=True)] = None
    delivered_of: Annotated[
        Millis | None, _time("Arrival of the dispatch of", any_is_right=True)
    ] = None
    accepted_at: Annotated[Millis | None, _time("Accepted at")] = None
    accepted_by: Annotated[Text | None, _person("Accepted by")] = None
    escalated_at: Annotated[Millis | None, _time("First escalated", any_is_right=True)] = None
    returned_at: Annotated[Millis | None, _time("Handed back at")] = None
    returned_by: Annotated[Text | None, _person("Handed back by")] = None
    return_reason: Annotated[Text | None, Field("Why it is handed back", on_form=False)] = None
    done_at: Annotated[Millis | None, _time("Done at")] = None
    done_by: Annotated[Text | None, _person("Done by")] = None
    result: Annotated[
        Note | None, Field("Result", FieldType.NOTE, on_form=False, search=Search.WORDS)
    ] = None
    closed_at: Annotated[Millis | None, _time("Closed at")] = None
    closed_by: Annotated[Text | None, _person("Closed by")] = None
    cancel_reason: Annotated[Text | None, Field("Why it is cancelled", on_form=False)] = None
    reopened_at: Annotated[Millis | None, _time("Opened again at")] = None
    reopened_by: Annotated[Text | None, _person("Opened again by")] = None
    reopen_reason: Annotated[Text | None, Field("Why it is opened again", on_form=False)] = None


_CLOCKS = {
    "cases.answer": "from the report to the first answer (a dispatch or an acceptance)",
    "cases.accept": "from the newest dispatch to the acceptance",
    "cases.close": "from the report to the verification",
}


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    case: Case = body
    names = ["cases.opened", f"cases.opened.{case.category}", f"cases.by.{case.channel}"]
    if case.escalated_at is not None:
        names.append("cases.escalated")
    if case.answered_at is not None:
        names.append(bucket("cases.answer", case.answered_at - case.at))
    if case.accepted_at is not None and case.dispatched_at is not None:
        took_ms = case.accepted_at - case.dispatched_at
        names += ["cases.accepted", bucket("cases.accept", took_ms)]
        if took_ms <= policy.accept_within_s * 1000:
            names.append("cases.accepted_in_time")
    parts = []
    if case.state in OPEN_STATES:
        parts += [Contribution("cases.open"), Contribution(f"cases.open.{case.category}")]
    elif case.closed_at is not None:
        over = day_of(case.closed_at, policy)
        parts.append(Contribution(f"cases.{case.state}", day=over))
        if case.state == "closed":
            parts.append(Contribution(f"cases.closed.{case.category}", day=over))
            names.append(bucket("cases.close", case.closed_at - case.at))
    parts += [Contribution(name, day=case.day) for name in names]
    return tuple(parts)


def _derive(sums: Mapping[str, int], _day: str) -> Mapping[str, int]:
    return percentiles(sums, _CLOCKS)


_DESKS = tuple(role_key(role) for role in (Role.CHIEF, Role.COMMUNITY, Role.STREET))
_NEXT: Mapping[str, Duty] = {
    "reported": Duty(
        key="", what="Dispatch the case", rank=Rank.CLOCK, from_ms=0, due_ms=0, step="dispatch"
    ),
    "dispatched": Duty(
        key="", what="Accept the case", rank=Rank.CLOCK, from_ms=0, due_ms=0, step="accept"
    ),
    "accepted": Duty(
        key="", what="Finish the case", rank=Rank.SERVICE, from_ms=0, due_ms=0, step="finish"
    ),
    "done": Duty(
        key="", what="Verify the case", rank=Rank.ROUTINE, from_ms=0, due_ms=0, step="close"
    ),
}
"""The duty of each state that is not the last, still without its people and times."""


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    """The next step, to whoever has to take it; of an unanswered dispatch, to each level."""
    case: Case = body
    if case.state not in _NEXT:
        return ()
    begins = {
        "reported": case.at,
        "dispatched": case.dispatched_at,
        "accepted": case.accepted_at,
        "done": case.done_at,
    }[case.state] or case.at
    if case.state in ("reported", "dispatched"):
        due = begins + policy.accept_within_s * 1000
    else:
        due = day_begins_ms(add_days(day_of(begins, policy), 1), policy)
    # At once, also where the clock of whoever took the last step is ahead of this one.
    from_ms = dict.fromkeys(_DESKS, 0)
    if case.state == "accepted" and (mine := addressee(view.fields)):
        from_ms = dict.fromkeys(mine, 0)
    if case.state == "dispatched":
        rung = [
            (who, level.from_ms if level.number else 0)
            for level in levels(view.fields, policy)
            for who in level.who
        ]
        from_ms = dict(reversed(rung))  # who stands on two levels is rung from the first on
    key = f"case:{view.id.hex()}"
    return tuple(
        replace(_NEXT[case.state], key=f"{key}#{who}", from_ms=moment, due_ms=due, who=who)
        for who, moment in from_ms.items()
    )


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    """A case about an illness seen on a follow-up is its report."""
    case: Case = body
    return () if case.followup is None else (Settled(f"ill:{case.followup}", case.at),)


KIND = Kind(
    name="case",
    label="Case",
    plural="Cases",
    body=Case,
    contribute=_contribute,
    derive=_derive,
    workflow=WORKFLOW,
    duties=_duties,
    settles=_settles,
    columns=("at", "brief", "category", "state", "priority", "to"),
    writers=STAFF,
    readers=FIELD,
    metrics={
        "cases.opened": "cases reported on the day",
        **{f"cases.opened.{o.code}": f"of these, '{o.label}'" for o in CATEGORY_OPTIONS},
        **{f"cases.by.{o.code}": f"of these, by the channel '{o.label}'" for o in CHANNEL_OPTIONS},
        "cases.open": "cases that are neither closed nor cancelled now",
        **{f"cases.open.{o.code}": f"of these, '{o.label}'" for o in CATEGORY_OPTIONS},
        "cases.closed": "cases verified and closed on the day",
        **{f"cases.closed.{o.code}": f"of these, '{o.label}'" for o in CATEGORY_OPTIONS},
        "cases.cancelled": "cases cancelled on the day",
        "cases.escalated": "cases reported on the day that somebody escalated",
        "cases.accepted": "cases reported on the day that were dispatched and accepted",
        "cases.accepted_in_time": "of these, within the time allowed by the office (five minutes)",
        **{
            name: f"raw material, in no report: cases reported on the day by the time {words}, in "
            "buckets"
            for name, words in _CLOCKS.items()
        },
        **{
            f"{name}.p{percent}_s": f"{percent} % of the cases reported on the day took at most "
            f"so many seconds {words}"
            for name, words in _CLOCKS.items()
            for percent in PERCENTS
        },
    },
    dated="day",
)
