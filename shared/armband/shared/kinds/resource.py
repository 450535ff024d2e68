"""Resource (资源): what a unit can draw on: an organisation, premises, materials."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Count,
    Field,
    FieldType,
    Name,
    Note,
    Option,
    Phone,
    Search,
    Text,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, FIELD, Role

TYPE_OPTIONS = (
    Option("organisation", "Organisation"),
    Option("premises", "Premises"),
    Option("materials", "Materials"),
)


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a unit can draw on."""

    name: Annotated[Name, Field("Name", search=Search.NAME)]
    type: Annotated[Literal["organisation", "premises", "materials"], choice("Type", TYPE_OPTIONS)]
    amount: Annotated[Count | None, Field("Amount", FieldType.COUNT)] = None
    counted_in: Annotated[Text | None, Field("Counted in", hint="boxes, beds, people ...")] = None
    place: Annotated[Text | None, Field("Place", search=Search.WORDS)] = None
    contact: Annotated[Name | None, Field("Contact", personal=True, search=Search.NAME)] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    resource: Resource = body
    return (Contribution("resources.total"), Contribution(f"resources.{resource.type}"))


KIND = Kind(
    name="resource",
    label="Resource",
    plural="Resources",
    body=Resource,
    contribute=_contribute,
    columns=("name", "type", "amount", "counted_in", "place", "contact"),
    writers=DESKS | {Role.GRID},
    readers=FIELD,
    metrics={
        "resources.total": "resources of units listed now",
        **{f"resources.{option.code}": f"of these, '{option.label}'" for option in TYPE_OPTIONS},
    },
)
