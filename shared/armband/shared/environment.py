"""What the two programs take from the world, made once at each program's entry.

Everything that reads a clock or needs randomness gets an `Environment`; a test or the simulator
hands in its own. Waiting goes through the running event loop, whose time the simulator owns too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """The wall clock and the source of randomness.

    Attributes:
        now_ms: UTC milliseconds since 1970.
        random_bytes: that many unpredictable bytes.
    """

    now_ms: Callable[[], int]
    random_bytes: Callable[[int], bytes]
