"""Shop (沿街商户): a street shop that is inspected each day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Field,
    FieldType,
    Name,
    Note,
    Option,
    Phone,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

TRADE_OPTIONS = (
    Option("food", "Food shop"),
    Option("restaurant", "Restaurant"),
    Option("pharmacy", "Pharmacy"),
    Option("market", "Market stall"),
    Option("barber", "Barber"),
    Option("hotel", "Hotel"),
    Option("delivery", "Parcel station"),
    Option("repair", "Repair shop"),
    Option("other", "Other"),
)


class Shop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shop of a unit, under the name on its sign."""

    name: Annotated[Name, Field("Name", search=Search.NAME)]
    trade: Annotated[
        Literal[
            "food",
            "restaurant",
            "pharmacy",
            "market",
            "barber",
            "hotel",
            "delivery",
            "repair",
            "other",
        ]
        | None,
        choice("Trade", TRADE_OPTIONS),
    ] = None
    address: Annotated[Text | None, Field("Address", search=Search.WORDS)] = None
    contact: Annotated[Name | None, Field("Contact", personal=True, search=Search.NAME)] = None
    phone: Annotated[
        Phone | None, Field("Phone", FieldType.PHONE, personal=True, search=Search.PHONE)
    ] = None
    shut: Annotated[bool | None, Field("Not trading", FieldType.FLAG)] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def inspected(shop: str) -> str:
    """The key of a shop's daily inspection."""
    return f"inspect:{shop}"


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    shop: Shop = body
    parts = [Contribution("shops.total")]
    parts.append(Contribution("shops.shut" if shop.shut else "shops.trading"))
    return tuple(parts)


def _duties(view: View, body: Any, _policy: Policy) -> tuple[Duty, ...]:
    shop: Shop = body
    if shop.shut:
        return ()
    return (
        Duty(
            key=inspected(view.id.hex()),
            what="Inspect the shop",
            rank=Rank.ROUTINE,
            from_ms=0,
            due_ms=0,
            daily=True,
            form="inspection",
            prefill={"shop": view.id.hex()},
        ),
    )


def _natural_key(unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    name = fields.get("name")
    return (unit, name) if isinstance(name, str) and name else None


KIND = Kind(
    name="shop",
    label="Shop",
    plural="Shops",
    body=Shop,
    contribute=_contribute,
    natural_key=_natural_key,
    duties=_duties,
    names_others=True,
    columns=("name", "trade", "contact", "phone", "address", "shut"),
    metrics={
        "shops.total": "shops registered now",
        "shops.trading": "of these, trading",
        "shops.shut": "of these, not trading",
    },
    writers=FIELD,
    readers=FIELD,
)
