"""Resident (居民): a person of a household.

Of an ID number only a keyed hash and the last four characters are held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Digest,
    Field,
    FieldType,
    IdTail,
    Name,
    Note,
    Option,
    Phone,
    Ref,
    Search,
    Sex,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import STAFF

SEX_OPTIONS = (Option("male", "Male"), Option("female", "Female"))
RELATION_OPTIONS = (
    Option("head", "Head of household"),
    Option("spouse", "Spouse"),
    Option("child", "Child"),
    Option("parent", "Parent"),
    Option("other", "Other"),
)
RESIDENCE_OPTIONS = (Option("resident", "Resident"), Option("floating", "Floating"))


class Resident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person who lives at a door."""

    name: Annotated[Name, Field("Name", personal=True, search=Search.NAME)]
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    relation: Annotated[
        Literal["head", "spouse", "child", "parent", "other"] | None,
        choice("Relation", RELATION_OPTIONS),
    ] = None
    sex: Annotated[Sex | None, choice("Sex", SEX_OPTIONS)] = None
    birth_year: Annotated[
        Annotated[int, msgspec.Meta(ge=1900, le=2100)] | None,
        Field("Birth year", FieldType.COUNT, personal=True),
    ] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    id_tail: Annotated[
        IdTail | None,
        Field("ID tail", personal=True, search=Search.ID_TAIL, hint="last four of the ID number"),
    ] = None
    id_hash: Annotated[
        Digest | None, Field("ID hash", FieldType.DIGEST, personal=True, on_form=False)
    ] = None
    residence: Annotated[
        Literal["resident", "floating"] | None, choice("Residence", RESIDENCE_OPTIONS)
    ] = None
    registered_elsewhere: Annotated[bool | None, Field("Registered elsewhere", FieldType.FLAG)] = (
        None
    )
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    resident: Resident = body
    parts = [Contribution("residents.total")]
    if resident.residence == "floating":
        parts.append(Contribution("residents.floating"))
    if resident.registered_elsewhere:
        parts.append(Contribution("residents.registered_elsewhere"))
    return tuple(parts)


def _natural_key(_unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    household, name = fields.get("household"), fields.get("name")
    return (str(household), str(name)) if household and name else None


KIND = Kind(
    name="resident",
    label="Resident",
    plural="Residents",
    body=Resident,
    contribute=_contribute,
    natural_key=_natural_key,
    names_others=True,
    columns=("name", "sex", "phone", "id_tail", "household"),
    writers=STAFF,
    metrics={
        "residents.total": "persons who have a record of their own now",
        "residents.floating": "of these, floating population",
        "residents.registered_elsewhere": "of these, registered elsewhere (人户分离)",
    },
)
