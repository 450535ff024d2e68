"""Wall clocks that are wrong: by a year, in jumps, or standing still."""

from __future__ import annotations

import asyncio
import random

from armband.shared.environment import Environment
from sim.names import START_MS


def true_ms() -> int:
    """The time that a right clock shows."""
    return START_MS + round(asyncio.get_running_loop().time() * 1000)


class Clock:
    """A wall clock that may be wrong by ``skew_ms``, or stand still."""

    def __init__(self, skew_ms: int = 0) -> None:
        self.skew_ms = skew_ms
        self.newest_ms = 0
        self._frozen_ms: int | None = None

    def now_ms(self) -> int:
        """What it shows; `newest_ms` is the highest it ever showed."""
        shown_ms = self._frozen_ms
        if shown_ms is None:
            shown_ms = max(0, true_ms() + self.skew_ms)
        self.newest_ms = max(self.newest_ms, shown_ms)
        return shown_ms

    def freeze(self) -> None:
        """Show the same time from now on."""
        self._frozen_ms = self.now_ms()

    def go_on(self, skew_ms: int) -> None:
        """Run again, wrong by so much."""
        self._frozen_ms = None
        self.skew_ms = skew_ms


def environment(clock: Clock, seed: str) -> Environment:
    """A machine's clock and randomness."""
    return Environment(clock.now_ms, random.Random(seed).randbytes)
