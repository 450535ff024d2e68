"""How much goes wrong, and what: the mixes of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NETWORK = {
    "cut": 10,
    "partition": 8,
    "stall": 4,
    "slow line": 4,
    "duplicated frame": 4,
    "frame repeated later": 4,
    "reordered frames": 4,
    "cut in mid-frame": 4,
}
MACHINES = {
    "terminal crash": 5,
    "terminal dies before the commit": 4,
    "terminal dies after the commit": 4,
    "terminal disk full": 4,
    "clock a year off": 3,
    "clock jumps": 4,
    "clock frozen": 2,
    "base damaged": 3,
    "office crash": 3,
    "office dies before the commit": 4,
    "office dies after the commit": 4,
    "office disk full": 4,
    "office clock jumps": 2,
}
COPIES = {
    "file cloned": 2,
    "older file restored": 4,
    "office restored": 3,
    "backup restored": 3,
}
RESTORES = ("office restored", "backup restored")
"""After these the office lacks what it had."""
PEOPLE = {
    "scope changed": 3,
    "terminal revoked": 1,
    "import": 5,
    "backup": 6,
    "spoiled backup": 2,
}

RELEASES = ("previous protocol", "protocol before the previous")
"""What some terminals run in each mix."""
NEEDS_PATIENCE = (
    "duplicated frame",
    "frame repeated later",
    "reordered frames",
    "cut in mid-frame",
    "file cloned",
    "terminal revoked",
)
"""After these a terminal believes that only a person can help, and looks seldom."""
DEEDS = (
    "check",
    "visit",
    "correct",
    "void",
    "move",
    "settle",
    "tray",
    "drop",
    "damaged base read anew",
    "newer field",
    "newer kind",
    "case",
    "step",
    "receipt accepted",
    "receipt merged",
    "receipt in conflict",
    "receipt kept aside",
)
"""What people do in every mix, and what comes of it."""


def _times(weights: Mapping[str, int], factor: float) -> dict[str, float]:
    return {name: weight * factor for name, weight in weights.items()}


@dataclass(frozen=True, slots=True)
class Mix:
    """How much happens, and for how long, in virtual seconds.

    Attributes:
        length_s: how long people work while things go wrong.
        pause_s: mean time between two things that one person does.
        trouble_s: mean time between two things that go wrong.
        weights: what goes wrong, by kind.
    """

    length_s: float = 24.0
    pause_s: float = 0.7
    trouble_s: float = 0.9
    weights: Mapping[str, float] = field(
        default_factory=lambda: {**NETWORK, **MACHINES, **COPIES, **PEOPLE}
    )


MIXES = {
    "even": Mix(),
    "clones": Mix(weights={**_times(NETWORK, 0.4), **MACHINES, **_times(COPIES, 5), **PEOPLE}),
    "network": Mix(
        trouble_s=0.5, weights={**NETWORK, **_times(MACHINES, 0.3), **_times(PEOPLE, 0.5)}
    ),
    "regrid": Mix(
        weights={**NETWORK, **_times(MACHINES, 0.5), **COPIES, **PEOPLE, "re-gridding": 20}
    ),
}
