"""The roles of terminals and tokens, and the rights that a kind of record gives to them."""

from __future__ import annotations

import enum


class Role(enum.Enum):
    """The role of a terminal or of a script's token."""

    CHECKPOINT = "checkpoint"
    GRID = "grid"
    LIAISON = "liaison"
    CHIEF = "chief"
    COMMUNITY = "community"
    STREET = "street"
    SCRIPT = "script"


class Right(enum.Enum):
    """What a role may do with the records of a kind on the units of its scope."""

    READ = "read"
    """The office sends them."""
    WRITE = "write"
    """Make and change them; without `READ`, only those of its own making."""
    SETTLE = "settle"
    """Choose between values that two people wrote without having seen each other's."""
    ADMINISTER = "administer"
    """Take them out of the books or to another unit: void, merge, move."""


STAFF = frozenset(Role) - {Role.SCRIPT}
"""Everyone who works at a terminal."""
DESKS = frozenset({Role.CHIEF, Role.COMMUNITY, Role.STREET})
"""Those who settle and plan."""
GATE = frozenset({Role.CHECKPOINT})
"""A guard's terminal: it stands where everybody passes."""
SETTLERS = DESKS | {Role.GRID}
"""Those who answer for a register."""
FIELD = DESKS | {Role.GRID, Role.LIAISON}
"""Those who go from door to door, and the desks behind them."""
