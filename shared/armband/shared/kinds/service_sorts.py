"""The sorts of service that a household may need."""

from __future__ import annotations

from typing import Literal

from armband.shared.fields import Option

SORT_OPTIONS = (
    Option("delivery", "Delivery without contact"),
    Option("waste", "Waste collection"),
    Option("errand", "Errand"),
    Option("medicine", "Medicine"),
    Option("thermometer", "Thermometer"),
    Option("appointment", "Appointment with an agency"),
    Option("other", "Other"),
)
Sort = Literal["delivery", "waste", "errand", "medicine", "thermometer", "appointment", "other"]


def fetched(household: str, sort: str) -> str:
    """The key under which a sort of service is done at a household (hex id)."""
    return f"{sort}:{household}"
