"""Who is near enough to take a case: along the chain, from the door upwards. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from armband.shared.kinds.case_clock import RUNGS
from armband.shared.units import depth_below, is_within

_RUNG_OF: Mapping[str, str] = {
    "liaison": "liaison",
    "building_head": "building_head",
    **dict.fromkeys(
        ("grid_manager", "feeling_officer", "monitor", "security_officer", "branch_secretary"),
        "grid",
    ),
    **dict.fromkeys(("secretary", "police", "doctor", "worker"), "trio"),
    "leader": "street",
}
"""The rung of the chain on which a post stands; other posts take no cases."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody's post: who, where, whether they can be rung up, and whether they are on duty."""

    staff: str
    name: str
    phone: str
    unit: str
    post: str
    on_duty: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom to send, on which rung of the chain."""

    helper: Helper
    rung: str


def nearest(unit: str, liaison: str, helpers: Iterable[Helper]) -> list[Suggestion]:
    """Who may be sent, the nearest first, each person once.

    The household's own liaison, then along the chain; on a rung whoever has a telephone first, then
    whoever's unit is closest, then whoever's shift is running.

    Args:
        unit: where the case is; only posts of this unit and those above it count.
        liaison: hex id of the household's liaison, ``""`` when there is none.
        helpers: the posts that are held today.
    """
    fit = [
        (_order(helper, unit, liaison), helper)
        for helper in helpers
        if helper.post in _RUNG_OF and is_within(unit, helper.unit)
    ]
    found: dict[str, Suggestion] = {}
    for _key, helper in sorted(fit, key=lambda pair: pair[0]):
        found.setdefault(helper.staff, Suggestion(helper, _RUNG_OF[helper.post]))
    return list(found.values())


def _order(helper: Helper, unit: str, liaison: str) -> tuple[object, ...]:
    rung = RUNGS.index(_RUNG_OF[helper.post])
    own = helper.staff == liaison and helper.post == "liaison"
    distance = depth_below(unit, helper.unit)
    return (
        not own,
        rung,
        not helper.phone,
        distance,
        not helper.on_duty,
        helper.name,
        helper.staff,
    )
