"""Delivery (送办): a service done once at one door: something brought, or the waste taken away.

One a day for each household and sort, whoever ticks it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    Note,
    Option,
    Ref,
    Search,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Settled
from armband.shared.kinds.service import served
from armband.shared.kinds.service_sorts import SORT_OPTIONS, Sort, fetched
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

STATUS_OPTIONS = (
    Option("done", "Done"),
    Option("missed", "Not done"),
    Option("none", "Not yet"),
)


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done at which door; time and day are of the doing."""

    household: Annotated[Ref, Field("Household", FieldType.REF, ref="household")]
    sort: Annotated[Sort, choice("Sort", SORT_OPTIONS)]
    status: Annotated[Literal["done", "missed", "none"], choice("Status", STATUS_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False, any_is_right=True)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    service: Annotated[
        Ref | None,
        Field("Service", FieldType.REF, ref="service", on_form=False, any_is_right=True),
    ] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    it: Delivery = body
    if it.status == "none":
        return ()
    if it.status == "missed":
        return (Contribution("deliveries.missed", day=it.day),)
    return (
        Contribution("deliveries.total", day=it.day, member=fetched(it.household, it.sort)),
        Contribution(f"deliveries.{it.sort}", day=it.day, member=it.household),
        Contribution("deliveries.households", day=it.day, member=it.household),
    )


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    it: Delivery = body
    if it.status != "done":
        return ()
    door = Settled(fetched(it.household, it.sort), it.at)
    return (door, Settled(served(it.service), it.at)) if it.service else (door,)


def _natural_key(_unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    told = [fields.get(name) for name in ("household", "sort", "day")]
    return tuple(map(str, told)) if all(told) else None


KIND = Kind(
    name="delivery",
    label="Delivery",
    plural="Deliveries",
    body=Delivery,
    contribute=_contribute,
    settles=_settles,
    natural_key=_natural_key,
    columns=("at", "household", "sort", "status", "note"),
    metrics={
        "deliveries.total": "services done at doors on the day, each sort once for a household",
        **{f"deliveries.{o.code}": f"of these, '{o.label}'" for o in SORT_OPTIONS},
        "deliveries.households": "different households served so on the day",
        "deliveries.missed": "services of the day that could not be done at the door",
    },
    dated="day",
    writers=FIELD,
    readers=FIELD,
)
