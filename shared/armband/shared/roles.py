"""The roles of terminals and tokens."""

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


STAFF = frozenset(Role) - {Role.SCRIPT}
"""Everyone who works at a terminal."""
DESKS = frozenset({Role.CHIEF, Role.COMMUNITY, Role.STREET})
"""Those who settle and plan."""
FIELD = DESKS | {Role.GRID, Role.LIAISON}
"""Those who go from door to door, and the desks behind them."""
