"""Unit (辖区): a node of the grid tree. Its code is its place; the record holds its names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import Field, FieldType, Name, Option, Search, Text, Value, choice
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS
from armband.shared.units import LEVELS

LEVEL_OPTIONS = (
    Option("office", "Sub-district office"),
    Option("community", "Community"),
    Option("area", "Area"),
    Option("grid", "Grid"),
    Option("microgrid", "Micro-grid"),
    Option("compound", "Compound"),
    Option("building", "Building"),
    Option("group", "Villagers' group"),
)
PLACE_OPTIONS = (
    Option("residence", "Residence"),
    Option("shops", "Shop street"),
    Option("kindergarten", "Kindergarten"),
    Option("site", "Construction site"),
)


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node of the grid tree."""

    name: Annotated[Name, Field("Name", search=Search.NAME)]
    level: Annotated[
        Literal[
            "office", "community", "area", "grid", "microgrid", "compound", "building", "group"
        ],
        choice("Level", LEVEL_OPTIONS),
    ]
    place: Annotated[
        Literal["residence", "shops", "kindergarten", "site"] | None,
        choice("Place type", PLACE_OPTIONS),
    ] = None
    no_manager: Annotated[bool | None, Field("No manager", FieldType.FLAG)] = None
    partner: Annotated[Text | None, Field("Partner unit")] = None
    official_code: Annotated[
        Text | None, Field("Statistical division code", search=Search.WORDS)
    ] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    unit: Unit = body
    return (Contribution(f"units.{unit.level}"),)


def _natural_key(unit: str, _fields: Mapping[str, Value]) -> tuple[str, ...]:
    return (unit,)


KIND = Kind(
    name="unit",
    label="Unit",
    plural="Units",
    body=Unit,
    contribute=_contribute,
    natural_key=_natural_key,
    columns=("name", "level", "place"),
    writers=DESKS,
    metrics={f"units.{level}": f"units of the level '{level}' that exist now" for level in LEVELS},
)
