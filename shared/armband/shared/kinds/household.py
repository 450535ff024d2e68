"""Household (户): a door, who heads it, and who looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
from armband.shared.fields import (
    Count,
    Field,
    FieldType,
    Name,
    Note,
    Option,
    Phone,
    Ref,
    Search,
    Text,
    Value,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.kinds.service_sorts import fetched
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

CARE_OPTIONS = (
    Option("elder_alone", "Elder living alone"),
    Option("elder", "Very old person"),
    Option("disabled", "Disabled person"),
    Option("in_need", "Family in need"),
    Option("home_isolation", "Home isolation"),
    Option("expecting", "Expecting mother"),
)
Care = Literal["elder_alone", "elder", "disabled", "in_need", "home_isolation", "expecting"]


class Household(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A door of a unit: building-unit-room, as far as the unit itself does not say it."""

    door: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=60)],
        Field("Door", search=Search.DOOR, hint="building-unit-room, such as 3-2-502"),
    ]
    head: Annotated[Name | None, Field("Head of household", personal=True, search=Search.NAME)] = (
        None
    )
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    phone_as_given: Annotated[
        Text | None, Field("Phone as given", personal=True, on_form=False)
    ] = None
    people: Annotated[Count | None, Field("People", FieldType.COUNT)] = None
    care: Annotated[
        Annotated[list[Care], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Care", FieldType.CHOICES, options=CARE_OPTIONS, personal=True),
    ] = None
    liaison: Annotated[Ref | None, Field("Liaison", FieldType.REF, ref="staff")] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    household: Household = body
    parts = [Contribution("households.total")]
    if household.people:
        parts.append(Contribution("households.people", household.people))
    if household.liaison is None:
        parts.append(Contribution("households.without_liaison"))
    parts.extend(
        Contribution(f"households.care.{tag}") for tag in dict.fromkeys(household.care or ())
    )
    return tuple(parts)


def _duties(view: View, body: Any, _policy: Policy) -> tuple[Duty, ...]:
    """Whoever is isolated at home cannot take the waste down: it is fetched every day."""
    household: Household = body
    if "home_isolation" not in (household.care or ()):
        return ()
    home = view.id.hex()
    return (
        Duty(
            key=fetched(home, "waste"),
            what="Collect waste",
            rank=Rank.SERVICE,
            from_ms=0,
            due_ms=0,
            daily=True,
            form="delivery",
            prefill={"household": home, "sort": "waste", "status": "done"},
        ),
    )


def _natural_key(unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    door = fields.get("door")
    return (unit, door) if isinstance(door, str) and door else None


KIND = Kind(
    name="household",
    label="Household",
    plural="Households",
    body=Household,
    contribute=_contribute,
    duties=_duties,
    natural_key=_natural_key,
    names_others=True,
    columns=("door", "head", "phone", "people", "care", "liaison"),
    writers=FIELD,
    metrics={
        "households.total": "households registered now",
        "households.people": "people of the registered households, as the register counts them",
        "households.without_liaison": "households that no liaison looks after",
        **{
            f"households.care.{option.code}": f"households tagged '{option.label}'"
            for option in CARE_OPTIONS
        },
    },
)
