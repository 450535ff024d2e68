"""How long something took, as counts in buckets: constant memory, and it can be added up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

COMMIT_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Timings:
    """Observations in seconds.

    Attributes:
        bounds_s: upper ends of the buckets; what took longer is in a last one without an end.
        total_s: of all observations.
    """

    def __init__(self, bounds_s: Sequence[float] = COMMIT_BUCKETS_S) -> None:
        self.bounds_s = tuple(bounds_s)
        self.total_s = 0.0
        self._counts = [0] * (len(self.bounds_s) + 1)

    @property
    def count(self) -> int:
        """How many observations there were."""
        return sum(self._counts)

    def observe(self, took_s: float) -> None:
        """Count one."""
        self._counts[bisect_left(self.bounds_s, took_s)] += 1
        self.total_s += took_s

    def cumulative(self) -> list[tuple[float, int]]:
        """(upper bound, how many took at most so long), the endless bucket left out."""
        found, so_far = [], 0
        for bound_s, count in zip(self.bounds_s, self._counts, strict=False):
            so_far += count
            found.append((bound_s, so_far))
        return found
