"""Service (服务): what a household needs brought, fetched, done or arranged, until it is.

An appointment with an agency is one too: the home assessment for a disability card, for someone
whose household registration is in another district, was escalated, dated and done that way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.days import add_days, at_clock, day_begins_ms, day_of, is_day
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
    Text,
    choice,
)
from armband.shared.kinds.declare import RAW, Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.histogram import PERCENTS, bucket, percentiles
from armband.shared.kinds.service_sorts import SORT_OPTIONS, Sort
from armband.shared.kinds.workflow import Step, Workflow
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

STATE_OPTIONS = (
    Option("open", "Open"),
    Option("assigned", "Assigned"),
    Option("escalated", "With an agency"),
    Option("appointed", "Appointment made"),
    Option("done", "Done"),
    Option("cancelled", "Cancelled"),
)
State = Literal["open", "assigned", "escalated", "appointed", "done", "cancelled"]
OVER = ("done", "cancelled")
_GOING_ON = tuple(o.code for o in STATE_OPTIONS if o.code not in OVER)
_CLOCK_HINT = "14:30"
_DAY_HINT = "2022-03-31 or +7"
DUE = "services.due"


class Service(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is needed, by when, who does it, and how far it has come."""

    household: Annotated[Ref, Field("Household", FieldType.REF, ref="household")]
    sort: Annotated[Sort, choice("Sort", SORT_OPTIONS)]
    state: Annotated[State, choice("State", STATE_OPTIONS, on_form=False)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    what: Annotated[Note | None, Field("What", FieldType.NOTE, search=Search.WORDS)] = None
    wanted_day: Annotated[
        Day | None, Field("Wanted by day", FieldType.DAY, hint="2022-03-31 or +1")
    ] = None
    wanted_min: Annotated[
        MinuteOfDay | None, Field("Wanted by time", FieldType.CLOCK, hint=_CLOCK_HINT)
    ] = None
    every_day_until: Annotated[
        Day | None, Field("Every day until", FieldType.DAY, hint=_DAY_HINT)
    ] = None
    staff: Annotated[Ref | None, Field("Who does it", FieldType.REF, ref="staff")] = None
    resident: Annotated[Ref | None, Field("Person", FieldType.REF, ref="resident")] = None
    registered_at: Annotated[
        Text | None, Field("Registered elsewhere at", personal=True, search=Search.WORDS)
    ] = None
    agency: Annotated[Text | None, Field("Agency", search=Search.WORDS, hint="残联, 民政")] = None
    appointment_day: Annotated[Day | None, Field("Appointment", FieldType.DAY, hint=_DAY_HINT)] = (
        None
    )
    appointment_min: Annotated[
        MinuteOfDay | None, Field("Appointment time", FieldType.CLOCK, hint=_CLOCK_HINT)
    ] = None
    visit: Annotated[Ref | None, Field("Visit", FieldType.REF, ref="visit", on_form=False)] = None
    assigned_at: Annotated[Millis | None, Field("Assigned at", FieldType.TIME, on_form=False)] = (
        None
    )
    assigned_by: Annotated[Name | None, Field("Assigned by", on_form=False)] = None
    escalated_at: Annotated[
        Millis | None, Field("Handed to the agency at", FieldType.TIME, on_form=False)
    ] = None
    escalated_by: Annotated[Name | None, Field("Handed to the agency by", on_form=False)] = None
    appointed_at: Annotated[
        Millis | None, Field("Appointment made at", FieldType.TIME, on_form=False)
    ] = None
    appointed_by: Annotated[Name | None, Field("Appointment made by", on_form=False)] = None
    done_at: Annotated[Millis | None, Field("Done at", FieldType.TIME, on_form=False)] = None
    done_by: Annotated[Name | None, Field("Done by", on_form=False)] = None
    result: Annotated[
        Note | None, Field("Result", FieldType.NOTE, on_form=False, search=Search.WORDS)
    ] = None
    cancel_reason: Annotated[Text | None, Field("Why it is cancelled", on_form=False)] = None


WORKFLOW = Workflow(
    field="state",
    starts=("open", "assigned", "escalated", "appointed", "done"),
    steps=(
        Step(
            "assign",
            "Assign",
            ("open", "assigned"),
            "assigned",
            "assigned_at",
            "assigned_by",
            asks=("staff", "wanted_day", "wanted_min"),
            needs=("staff",),
        ),
        Step(
            "finish",
            "Done",
            _GOING_ON,
            "done",
            "done_at",
            "done_by",
            asks=("result",),
        ),
        Step(
            "escalate",
            "Hand to an agency",
            ("open", "assigned", "appointed"),
            "escalated",
            "escalated_at",
            "escalated_by",
            asks=("agency", "registered_at", "what"),
            needs=("agency",),
        ),
        Step(
            "appoint",
            "Appointment made",
            _GOING_ON,
            "appointed",
            "appointed_at",
            "appointed_by",
            asks=("agency", "appointment_day", "appointment_min", "staff"),
            needs=("appointment_day",),
        ),
        Step(
            "cancel",
            "Cancel",
            _GOING_ON,
            "cancelled",
            asks=("cancel_reason",),
            needs=("cancel_reason",),
        ),
        Step(
            "reopen",
            "Open again",
            OVER,
            "open",
            asks=("what", "wanted_day"),
            clears=("done_at", "done_by", "cancel_reason"),
        ),
    ),
)


def served(service: str) -> str:
    """The key under which one day of a service (hex id) is done."""
    return f"service:{service}"


def _due_day(it: Service) -> str:
    """The day by which something is to happen next."""
    if it.state == "appointed" and it.appointment_day:
        return it.appointment_day
    return it.every_day_until or it.wanted_day or add_days(it.day, 1)


_CLOCKS = {
    "services.feedback": "from the need to the first feedback (with an agency, an appointment, "
    "done)",
    "services.finish": "from the need until it was done",
}


def _clocks(it: Service) -> list[str]:
    """Its times, of its day; a service that was done before it was noted has none."""
    told = [at for at in (it.escalated_at, it.appointed_at, it.done_at) if at is not None]
    names = [bucket("services.feedback", min(told) - it.at)] if told else []
    if it.state == "done" and it.done_at is not None:
        names.append(bucket("services.finish", it.done_at - it.at))
    return names


def _contribute(_view: View, body: Any, policy: Policy) -> tuple[Contribution, ...]:
    it: Service = body
    names = ("services.asked", f"services.{it.sort}", *_clocks(it))
    parts = [Contribution(name, day=it.day) for name in names]
    if it.escalated_at is not None:
        parts.append(Contribution("services.escalated", day=it.day))
    if it.state == "done":
        day = it.day if it.done_at is None else day_of(it.done_at, policy)
        parts.append(Contribution("services.done", day=day))
        parts.append(Contribution(f"services.done.{it.sort}", day=day))
    if it.state not in OVER and is_day(it.day):
        parts.append(Contribution("services.open"))
        parts.append(Contribution(f"services.open.{it.sort}"))
        parts.append(Contribution(f"{DUE}{RAW}{_due_day(it)}"))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], day: str) -> Mapping[str, int]:
    """The day's times; what is overdue, of the newest day's row, which alone knows what is open."""
    prefix = DUE + RAW
    late = (c for n, c in metrics.items() if n.startswith(prefix) and n.removeprefix(prefix) < day)
    return {"services.overdue": sum(late), **percentiles(metrics, _CLOCKS)}


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    it: Service = body
    if it.state in OVER or not is_day(it.day) or not is_day(_due_day(it)):
        return ()
    if it.every_day_until and it.state in ("open", "assigned"):
        return (_each_day(view, it, policy),)
    minute = it.appointment_min if it.state == "appointed" else it.wanted_min
    end_ms = day_begins_ms(add_days(_due_day(it), 1), policy)
    message = "Do the service"
    step = "finish"
    if it.state == "escalated":
        message = "Ask the agency for an appointment"
        step = "appoint"
    elif it.state == "appointed":
        message = "Go to the appointment and note what came of it"
    return (
        Duty(
            key=f"{served(view.id.hex())}:{step}",
            what=message,
            rank=Rank.SERVICE,
            from_ms=day_begins_ms(_due_day(it), policy) if it.state == "appointed" else 0,
            due_ms=end_ms if minute is None else at_clock(_due_day(it), minute, policy),
            step=step,
            who=it.staff or "",
        ),
    )


def _each_day(view: View, it: Service, policy: Policy) -> Duty:
    """The same every day; what is done on a day is a record of its own (`kinds.delivery`)."""
    assert it.every_day_until is not None
    over_ms = day_begins_ms(add_days(it.every_day_until, 1), policy)
    return Duty(
        key=served(view.id.hex()),
        what="Today's service",
        rank=Rank.SERVICE,
        from_ms=day_begins_ms(it.wanted_day or it.day, policy),
        due_ms=over_ms,
        until_ms=over_ms,
        daily=True,
        form="delivery",
        prefill={
            "service": view.id.hex(),
            "household": it.household,
            "sort": it.sort,
            "status": "done",
        },
        who=it.staff or "",
    )


KIND = Kind(
    name="service",
    label="Service",
    plural="Services",
    body=Service,
    contribute=_contribute,
    derive=_derive,
    workflow=WORKFLOW,
    duties=_duties,
    columns=("at", "household", "sort", "state", "wanted_day", "staff", "what"),
    metrics={
        "services.asked": "services asked for on the day",
        **{f"services.{o.code}": f"of these, '{o.label}'" for o in SORT_OPTIONS},
        "services.escalated": "of these, handed to an agency",
        "services.done": "services done on the day",
        **{f"services.done.{o.code}": f"of these, '{o.label}'" for o in SORT_OPTIONS},
        "services.open": "services neither done nor cancelled now",
        **{f"services.open.{o.code}": f"of these, '{o.label}'" for o in SORT_OPTIONS},
        DUE: "raw material, in no report: services open now by the day by which they are due",
        "services.overdue": "services open now that were due before the row's day",
        **{
            name: f"raw material, in no report: services asked for on the day by the time {words}, "
            "in buckets"
            for name, words in _CLOCKS.items()
        },
        **{
            f"{name}.p{percent}_s": f"{percent} % of the services asked for on the day took at "
            f"most so many seconds {words}"
            for name, words in _CLOCKS.items()
            for percent in PERCENTS
        },
    },
    dated="day",
    writers=FIELD,
    readers=FIELD,
)
