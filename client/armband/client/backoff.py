"""How long to wait before connecting again."""

from __future__ import annotations

from armband.shared.environment import Environment

FIRST_S = 0.2
LONGEST_S = 3.0
"""No longer: staff wait for a network that is well again. An office takes the attempts of 1,000
terminals within this time, and one that is gone costs nothing."""
HOPELESS_S = 300.0
"""After a refusal that only a person can cure: seldom, but a cure is noticed."""


class Backoff:
    """Doubles from `FIRST_S` to `LONGEST_S`; each wait is 50 to 100 % of it.

    Without the jitter a whole office's terminals would come back in the same instant.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._next_s = FIRST_S

    def reset(self) -> None:
        """All is well: the next wait is the shortest."""
        self._next_s = FIRST_S

    def wait_s(self, least_s: float = 0.0) -> float:
        """Seconds to wait now; at least about ``least_s``."""
        full_s = max(self._next_s, least_s)
        self._next_s = min(self._next_s * 2, LONGEST_S)
        part = int.from_bytes(self._environment.random_bytes(2), "big") / 0xFFFF
        return full_s * (0.5 + 0.5 * part)
