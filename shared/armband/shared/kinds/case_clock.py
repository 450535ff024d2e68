"""The acceptance clock of a case: whom it rings, from when, and whether it has arrived. Pure.

Nothing is written when the clock runs out: level and bell follow from the record, the policy and
the time, so that every terminal comes to the same answer, without a network too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from armband.shared.fields import Option, Value
from armband.shared.kinds.duties import role_key
from armband.shared.policy import Policy
from armband.shared.roles import Role

RUNG_OPTIONS = (
    Option("liaison", "Liaison"),
    Option("building_head", "Building head"),
    Option("grid", "Grid"),
    Option("trio", "Three-person team"),
    Option("street", "Street office"),
    Option("agency", "Outside agency"),
)
"""The chain by which a case is handed up, lowest first."""
RUNGS = tuple(option.code for option in RUNG_OPTIONS)
ROLES_OF: Mapping[str, tuple[Role, ...]] = {
    "liaison": (Role.LIAISON,),
    "building_head": (Role.GRID,),
    "grid": (Role.GRID, Role.CHIEF),
    "trio": (Role.COMMUNITY,),
    "street": (Role.STREET,),
    "agency": (Role.STREET,),
}
"""Whose terminals stand for a rung when no person is named; an agency has none of its own."""
_LADDER = (("grid", Role.CHIEF), ("trio", Role.COMMUNITY), ("street", Role.STREET))
DISPATCHED = "dispatched"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the clock: 0 is the addressee's.

    Attributes:
        number: how often the time allowed had run out when it began.
        from_ms: when it began, UTC milliseconds.
        who: whom it rings, as `duties.Duty.who`.
    """

    number: int
    from_ms: int
    who: tuple[str, ...]


def due_ms(fields: Mapping[str, Value], policy: Policy) -> int:
    """When a dispatched case has to be accepted."""
    return _moment(fields, "dispatched_at") + policy.accept_within_s * 1000


def addressee(fields: Mapping[str, Value]) -> tuple[str, ...]:
    """Who answers for a dispatched case: the person named, else the terminals of the rung."""
    person = fields.get("to")
    if isinstance(person, str) and person:
        return (person,)
    return tuple(role_key(role) for role in ROLES_OF.get(str(fields.get("rung")), ()))


def levels(fields: Mapping[str, Value], policy: Policy) -> tuple[Level, ...]:
    """All levels of a dispatched case, the addressee's first; empty in other states."""
    if fields.get("state") != DISPATCHED:
        return ()
    rung = str(fields.get("rung"))
    height = RUNGS.index(rung) if rung in RUNGS else 0
    # Who is named on a rung has the rung's chief above; a rung without a name is its chief's own.
    above = [
        role
        for name, role in _LADDER
        if RUNGS.index(name) > height or (name == rung and fields.get("to"))
    ]
    begins = _moment(fields, "dispatched_at")
    step = policy.accept_within_s * 1000
    first = Level(0, begins, addressee(fields))
    higher = (Level(n, begins + n * step, (role_key(role),)) for n, role in enumerate(above, 1))
    return (first, *higher)


def level_at(fields: Mapping[str, Value], policy: Policy, now_ms: int) -> Level | None:
    """The level that a dispatched case has come to; None in other states."""
    begun = [level for level in levels(fields, policy) if level.from_ms <= now_ms]
    return begun[-1] if begun else next(iter(levels(fields, policy)), None)


def undelivered_since(fields: Mapping[str, Value]) -> int | None:
    """Since when a dispatched case has waited for a terminal of its addressee; None when one has
    taken it."""
    if fields.get("state") != DISPATCHED:
        return None
    dispatched = _moment(fields, "dispatched_at")
    return None if fields.get("delivered_of") == dispatched else dispatched


def is_addressee(fields: Mapping[str, Value], staff: Collection[str], role: Role) -> bool:
    """Whether a terminal is one of the addressee's.

    Args:
        fields: the case's.
        staff: hex ids of the staff records of the terminal's person.
        role: the terminal's.
    """
    who = addressee(fields)
    return role_key(role) in who or any(person in who for person in staff)


def _moment(fields: Mapping[str, Value], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0
