"""Staff (人员): someone with a post: grid worker, liaison, volunteer, guard, doctor, police.

``posts`` are those in the unit where the record hangs, as registers give them. A post elsewhere, or
one with a beginning or an end, is a record of its own (`kinds.post`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from armband.shared import limits
from armband.shared.fields import Day, Field, FieldType, Name, Note, Phone, Search, Text
from armband.shared.kinds.declare import RAW, Contribution, Kind, View
from armband.shared.kinds.post_roles import (
    FILLED,
    FILLED_MEANING,
    GRID_POSTS,
    POST_OPTIONS,
    PostRole,
)
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, Role


class Staff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Someone with one or more posts in the unit where the record hangs."""

    name: Annotated[Name, Field("Name", personal=True, search=Search.NAME)]
    posts: Annotated[
        Annotated[list[PostRole], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Posts", FieldType.CHOICES, options=POST_OPTIONS),
    ] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    phone_as_given: Annotated[
        Text | None, Field("Phone as given", personal=True, on_form=False)
    ] = None
    organisation: Annotated[Text | None, Field("Organisation", search=Search.WORDS)] = None
    team: Annotated[Text | None, Field("Team", search=Search.WORDS)] = None
    until: Annotated[Day | None, Field("Serves until", FieldType.DAY, hint="2022-03-31 or +7")] = (
        None
    )
    reserve: Annotated[bool | None, Field("On the reserve list", FieldType.FLAG)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


TERM = "staff.term"


def _contribute(view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    staff: Staff = body
    if staff.reserve:
        return (Contribution("staff.reserve"),)
    posts = dict.fromkeys(staff.posts or ())
    parts = [Contribution("staff.total")]
    for post in posts:
        parts.append(Contribution(f"staff.{post}"))
        if post in GRID_POSTS and staff.until is None:
            parts.append(Contribution(FILLED, member=f"{view.unit}:{post}"))
    if staff.until is not None:
        parts.append(Contribution(f"{TERM}{RAW}{staff.until}"))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], day: str) -> Mapping[str, int]:
    """Whose time is over depends on the day that is asked about."""
    prefix = TERM + RAW
    over = sum(
        count
        for name, count in metrics.items()
        if name.startswith(prefix) and name.removeprefix(prefix) < day
    )
    return {"staff.expired": over}


KIND = Kind(
    name="staff",
    label="Staff member",
    plural="Staff",
    body=Staff,
    contribute=_contribute,
    derive=_derive,
    names_others=True,
    columns=("name", "posts", "phone", "organisation", "team"),
    writers=DESKS | {Role.GRID},
    metrics={
        "staff.total": "people on the staff list now, without the reserve",
        **{
            f"staff.{option.code}": f"of these, with the post '{option.label}'"
            for option in POST_OPTIONS
        },
        "staff.reserve": "people on the reserve list (储备)",
        TERM: "raw material, in no report: people who serve until a day, by that day",
        "staff.expired": "people whose last day of service is over, as a volunteer's",
        FILLED: FILLED_MEANING,
    },
)
