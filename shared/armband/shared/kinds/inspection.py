"""Inspection (巡查): one look at one shop, with the four items of the street's checklist.

Each "no" opens a rectification. The items are those of 百花社区's daily round of its street shops
(measuring, checking codes, disinfecting daily) and masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from armband.shared.days import add_days, is_day
from armband.shared.drafts import Draft
from armband.shared.fields import Day, Field, FieldType, Millis, Note, Ref, Search
from armband.shared.ids import opened_record_id
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Settled
from armband.shared.kinds.rectification import ITEM_OPTIONS
from armband.shared.kinds.shop import inspected
from armband.shared.policy import Policy
from armband.shared.roles import FIELD


class Inspection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found in a shop: for each item, whether it is as it must be."""

    shop: Annotated[Ref, Field("Shop", FieldType.REF, ref="shop")]
    measuring: Annotated[bool, Field("Measures temperatures", FieldType.FLAG)]
    codes: Annotated[bool, Field("Checks codes", FieldType.FLAG)]
    disinfection: Annotated[bool, Field("Disinfects", FieldType.FLAG)]
    masks: Annotated[bool, Field("Wears masks", FieldType.FLAG)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False)]
    day: Annotated[Day, Field("Day", FieldType.DAY, on_form=False)]
    fix_by: Annotated[
        Day | None, Field("Put right by", FieldType.DAY, hint="tomorrow when empty")
    ] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _failed(inspection: Inspection) -> tuple[str, ...]:
    return tuple(o.code for o in ITEM_OPTIONS if not getattr(inspection, o.code))


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    inspection: Inspection = body
    failed = _failed(inspection)
    names = ["inspections.total", *(f"inspections.failed.{item}" for item in failed)]
    if failed:
        names.append("inspections.failed")
    parts = [Contribution(name, day=inspection.day) for name in names]
    parts.append(Contribution("inspections.shops", day=inspection.day, member=inspection.shop))
    return tuple(parts)


def _settles(_view: View, body: Any, _policy: Policy) -> tuple[Settled, ...]:
    inspection: Inspection = body
    return (Settled(inspected(inspection.shop), inspection.at),)


def _opens(view: View, body: Any, _policy: Policy) -> tuple[Draft, ...]:
    inspection: Inspection = body
    due = inspection.fix_by
    if due is None or not is_day(due):
        due = add_days(inspection.day, 1)
    return tuple(
        Draft(
            "rectification",
            opened_record_id(view.id, item),
            view.unit,
            {
                "shop": inspection.shop,
                "inspection": view.id.hex(),
                "item": item,
                "at": inspection.at,
                "day": inspection.day,
                "due": due,
            },
        )
        for item in _failed(inspection)
    )


def _derive(metrics: Mapping[str, int], _day: str) -> Mapping[str, int]:
    """Of the newest day's row, which alone knows how many shops trade now."""
    waiting = metrics.get("shops.trading", 0) - metrics.get("inspections.shops", 0)
    return {"shops.waiting": max(0, waiting)}


KIND = Kind(
    name="inspection",
    label="Inspection",
    plural="Inspections",
    body=Inspection,
    contribute=_contribute,
    derive=_derive,
    settles=_settles,
    opens=_opens,
    columns=("at", "shop", "measuring", "codes", "disinfection", "masks"),
    metrics={
        "inspections.total": "inspections of shops on the day",
        "inspections.shops": "different shops inspected on the day",
        "inspections.failed": "inspections of the day with at least one item that was not right",
        **{
            f"inspections.failed.{o.code}": f"inspections of the day that found '{o.label}' wanting"
            for o in ITEM_OPTIONS
        },
        "shops.waiting": "shops trading now, less those inspected on the day",
    },
    dated="day",
    writers=FIELD,
    readers=FIELD,
)
