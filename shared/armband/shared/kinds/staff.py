"""Staff (人员): someone with a post: grid worker, liaison, volunteer, guard, doctor, police."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
from armband.shared.fields import Field, FieldType, Name, Note, Option, Phone, Search, Text
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, Role

POST_OPTIONS = (
    Option("grid_manager", "Grid manager"),
    Option("feeling_officer", "Public-feeling officer"),
    Option("monitor", "Monitor"),
    Option("security_officer", "Security officer"),
    Option("branch_secretary", "Grid branch secretary"),
    Option("building_head", "Building head"),
    Option("liaison", "Liaison"),
    Option("volunteer", "Volunteer"),
    Option("property", "Property management"),
    Option("police", "Beat officer"),
    Option("doctor", "Area doctor"),
    Option("guard", "Checkpoint guard"),
    Option("worker", "Community worker"),
)
Post = Literal[
    "grid_manager",
    "feeling_officer",
    "monitor",
    "security_officer",
    "branch_secretary",
    "building_head",
    "liaison",
    "volunteer",
    "property",
    "police",
    "doctor",
    "guard",
    "worker",
]


class Staff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Someone with one or more posts in the unit where the record hangs."""

    name: Annotated[Name, Field("Name", personal=True, search=Search.NAME)]
    posts: Annotated[
        Annotated[list[Post], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Posts", FieldType.CHOICES, options=POST_OPTIONS),
    ] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    phone_as_given: Annotated[
        Text | None, Field("Phone as given", personal=True, on_form=False)
    ] = None
    organisation: Annotated[Text | None, Field("Organisation", search=Search.WORDS)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    staff: Staff = body
    posts = dict.fromkeys(staff.posts or ())
    return (
        Contribution("staff.total"),
        *(Contribution(f"staff.{post}") for post in posts),
    )


KIND = Kind(
    name="staff",
    label="Staff member",
    plural="Staff",
    body=Staff,
    contribute=_contribute,
    columns=("name", "posts", "phone", "organisation"),
    writers=DESKS | {Role.GRID},
    metrics={
        "staff.total": "people with a post now",
        **{
            f"staff.{option.code}": f"of these, with the post '{option.label}'"
            for option in POST_OPTIONS
        },
    },
)
