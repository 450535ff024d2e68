"""The doors of a day's round: whose waste is fetched, who is served every day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from armband.shared.kinds.declare import View
from armband.shared.units import unit_order

WASTE = "waste"


@dataclass(frozen=True, slots=True)
class Stop:
    """One service at one door; ``record`` is the hex id of what was ticked off, if anything was."""

    household: str
    unit: str
    door: str
    head: str
    sort: str
    service: str = ""
    status: str = ""
    record: str = ""


def stops(
    households: Iterable[View], services: Iterable[View], deliveries: Iterable[View], day: str
) -> list[Stop]:
    """Waste of every household that is isolated at home, and the services of every day.

    Args:
        services: of the households, in any state.
        deliveries: those of ``day``.
    """
    homes = {home.id.hex(): home for home in households if not home.void and not home.same_as}
    wanted: dict[tuple[str, str], str] = {}
    for hex_id, home in homes.items():
        care = home.fields.get("care")
        if isinstance(care, list) and "home_isolation" in care:
            wanted[hex_id, WASTE] = ""
    for service in services:
        until = service.text("every_day_until")
        begins = service.text("wanted_day") or service.text("day")
        going_on = not service.void and service.text("state") in ("open", "assigned")
        if going_on and service.text("household") in homes and begins <= day <= until:
            wanted[service.text("household"), service.text("sort")] = service.id.hex()
    done = {
        (delivery.text("household"), delivery.text("sort")): delivery
        for delivery in deliveries
        if not delivery.void and delivery.text("day") == day
    }
    found = [
        _stop(homes[home], sort, service, done.get((home, sort)))
        for (home, sort), service in wanted.items()
    ]
    return sorted(found, key=lambda s: (unit_order(s.unit), unit_order(s.door), s.sort))


def _stop(home: View, sort: str, service: str, delivery: View | None) -> Stop:
    status = delivery.text("status") if delivery is not None else ""
    return Stop(
        household=home.id.hex(),
        unit=home.unit,
        door=home.text("door"),
        head=home.text("head"),
        sort=sort,
        service=service,
        status="" if status == "none" else status,
        record=delivery.id.hex() if delivery is not None else "",
    )
