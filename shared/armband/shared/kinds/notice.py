"""Notice (通知) and one-key call-up (一键启动): what a desk says to all who serve below a unit.

Everyone it is for acknowledges it for themselves (`kinds.ack`). What is for every household is
told by visits that refer to the notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
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
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank, post_key, role_key, unit_key
from armband.shared.kinds.post_roles import POST_OPTIONS, PostRole
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, Role

SORT_OPTIONS = (
    Option("notice", "Notice"),
    Option("briefing", "Briefing"),
    Option("publicity", "Publicity"),
    Option("call_up", "Call-up"),
)
CALL_UP_DAYS, NOTICE_DAYS = 1, 30
"""For so many days one without a last day asks to be acknowledged."""


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said, to whom, and until when it holds."""

    title: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=60)],
        Field("Title", search=Search.NAME),
    ]
    sort: Annotated[
        Literal["notice", "briefing", "publicity", "call_up"], choice("Sort", SORT_OPTIONS)
    ]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    text: Annotated[Note | None, Field("Text", FieldType.NOTE, search=Search.WORDS)] = None
    posts: Annotated[
        Annotated[list[PostRole], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("To which posts", FieldType.CHOICES, options=POST_OPTIONS),
    ] = None
    households: Annotated[bool | None, Field("Tell every household", FieldType.FLAG)] = None
    urgent: Annotated[bool | None, Field("Urgent", FieldType.FLAG)] = None
    until: Annotated[Day | None, Field("Holds until", FieldType.DAY, hint="2022-03-31 or +7")] = (
        None
    )
    sender: Annotated[Name | None, Field("From whom", search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    notice: Notice = body
    names = ["notices.total", f"notices.sort.{notice.sort}"]
    if notice.households:
        names.append("notices.to_households")
    return tuple(Contribution(name, day=notice.day) for name in names)


def acknowledged(notice: str) -> str:
    """The key under which a notice (hex id) is acknowledged."""
    return f"ack:{notice}"


def last_day(notice: Notice) -> str:
    """The last day on which it asks for anything."""
    if notice.until is not None and is_day(notice.until):
        return notice.until
    days = CALL_UP_DAYS if notice.sort == "call_up" else NOTICE_DAYS
    return add_days(notice.day, days)


def _duties(view: View, body: Any, policy: Policy) -> tuple[Duty, ...]:
    notice: Notice = body
    if not is_day(notice.day):
        return ()
    return (*_acks(view, notice, policy), *_telling(view, notice, policy))


def _acks(view: View, notice: Notice, policy: Policy) -> Iterator[Duty]:
    """For each post, or everyone below the unit: acknowledge it yourself."""
    called = notice.sort == "call_up"
    soon = called or bool(notice.urgent)
    due_ms = notice.at + policy.accept_within_s * 1000
    message = "Acknowledge the notice"
    if called:
        message = "Answer the call-up"
    if not soon:
        due_ms = day_begins_ms(add_days(notice.day, 1), policy)
    # Whoever hears of it may have a clock that is behind the sender's: from the beginning of time.
    for post in dict.fromkeys(notice.posts or ()) or ("",):
        yield Duty(
            key=f"{acknowledged(view.id.hex())}#{post}",
            what=message,
            rank=Rank.CALL_UP if soon else Rank.NOTICE,
            from_ms=0,
            due_ms=due_ms,
            until_ms=_over(notice, policy),
            form="ack",
            prefill={"notice": view.id.hex(), "answer": "coming" if called else "seen"},
            who=post_key(post) if post else unit_key(view.unit),
        )


def _telling(view: View, notice: Notice, policy: Policy) -> Iterator[Duty]:
    """Those who go from door to door tell it at each."""
    if not notice.households:
        return
    for role in (Role.GRID, Role.LIAISON):
        yield Duty(
            key=f"tell:{view.id.hex()}#{role.value}",
            what="Tell every household",
            rank=Rank.VISIT,
            from_ms=0,
            due_ms=_over(notice, policy),
            until_ms=_over(notice, policy),
            form="visit",
            prefill={"notice": view.id.hex(), "purpose": "publicity", "outcome": "met"},
            who=role_key(role),
        )


def _over(notice: Notice, policy: Policy) -> int:
    return day_begins_ms(add_days(last_day(notice), 1), policy)


KIND = Kind(
    name="notice",
    label="Notice",
    plural="Notices",
    body=Notice,
    contribute=_contribute,
    duties=_duties,
    names_others=True,
    goes_down=True,
    columns=("at", "title", "sort", "posts", "until"),
    metrics={
        "notices.total": "notices of the day, call-ups among them",
        **{f"notices.sort.{o.code}": f"of these, of the sort '{o.label}'" for o in SORT_OPTIONS},
        "notices.to_households": "of these, to be told to every household",
    },
    dated="day",
    writers=DESKS,
)
