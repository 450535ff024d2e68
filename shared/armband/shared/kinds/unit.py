"""Unit (辖区): a node of the grid tree. Its code is its place; the record holds its names.

A unit that a re-gridding has closed keeps its record, so that old figures keep its name; it says
where what was filed to it goes now (see `shared.regridding`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared import limits
from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Name,
    Option,
    Phone,
    Ref,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS
from armband.shared.units import LEVELS, MAX_UNIT_CODE

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
    Option("school", "School"),
    Option("offices", "Office building"),
    Option("market", "Market"),
    Option("village", "Village"),
)
UnitCode = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_UNIT_CODE)]
DoorRule = Annotated[str, msgspec.Meta(max_length=MAX_UNIT_CODE + 140)]


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
        Literal[
            "residence",
            "shops",
            "kindergarten",
            "site",
            "school",
            "offices",
            "market",
            "village",
        ]
        | None,
        choice("Place type", PLACE_OPTIONS),
    ] = None
    leader: Annotated[Ref | None, Field("Responsible leader", FieldType.REF, ref="staff")] = None
    no_manager: Annotated[bool | None, Field("No manager", FieldType.FLAG)] = None
    partner: Annotated[Text | None, Field("Partner unit", search=Search.WORDS)] = None
    phone: Annotated[Phone | None, Field("Duty phone", FieldType.PHONE)] = None
    wechat_group: Annotated[Text | None, Field("WeChat group", search=Search.WORDS)] = None
    official_code: Annotated[
        Text | None, Field("Statistical division code", search=Search.WORDS)
    ] = None
    moved_to: Annotated[
        UnitCode | None, Field("Moved to", FieldType.UNIT, on_form=False, any_is_right=True)
    ] = None
    doors_moved: Annotated[
        Annotated[list[DoorRule], msgspec.Meta(max_length=limits.MAX_LIST)] | None,
        Field("Doors that moved", on_form=False, any_is_right=True),
    ] = None
    moved_on: Annotated[
        Day | None, Field("Moved on", FieldType.DAY, on_form=False, any_is_right=True)
    ] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    unit: Unit = body
    if unit.moved_to:
        return ()
    parts = [Contribution(f"units.{unit.level}")]
    if unit.no_manager:
        parts.append(Contribution("units.unmanaged"))
        if not unit.partner:
            parts.append(Contribution("units.unmanaged.alone"))
    return tuple(parts)


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
    metrics={
        **{f"units.{level}": f"units of the level '{level}' that exist now" for level in LEVELS},
        "units.unmanaged": "units without property management (无主管楼院)",
        "units.unmanaged.alone": "of these, without a partner unit",
    },
)
