"""Response times that add up: counts in buckets whose bounds grow by a fifth.

A time is known to its bucket only; a percentile is the bucket's geometric middle, which is at most
10 % away from every time in it (the square root of 1.2), rounded to whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, isqrt

from armband.shared.kinds.declare import RAW

_LAST_MS = 60 * 86_400_000
"""Sixty days; what took longer is in the last bucket."""


def _bounds() -> tuple[int, ...]:
    found = [1000]
    while found[-1] < _LAST_MS:
        found.append(found[-1] * 6 // 5)
    return tuple(found)


PERCENTS = (50, 90)
"""The percentiles that reports give."""
BOUNDS_MS = _bounds()
"""Bucket k holds the times from bound k - 1 up to, not including, bound k; integers, so that every
machine has the same ones."""


def bucket(metric: str, took_ms: int) -> str:
    """The raw metric that counts a time; a negative one (two clocks) is none at all."""
    place = next((k for k, bound in enumerate(BOUNDS_MS) if took_ms < bound), len(BOUNDS_MS))
    return f"{metric}{RAW}b{place:02}"


def percentile_s(sums: Mapping[str, int], metric: str, percent: int) -> int | None:
    """The time in seconds (at least 1) that ``percent`` of the counted ones did not exceed.

    None when nothing was counted.
    """
    prefix = f"{metric}{RAW}b"
    counts = sorted(
        (int(name.removeprefix(prefix)), count)
        for name, count in sums.items()
        if name.startswith(prefix) and count > 0
    )
    wanted = ceil(sum(count for _place, count in counts) * percent / 100)
    for place, count in counts:
        wanted -= count
        if wanted <= 0:
            return _middle_s(place)
    return None


def percentiles(sums: Mapping[str, int], metrics: Iterable[str]) -> dict[str, int]:
    """``<metric>.p50_s`` and ``.p90_s`` of those of which something was counted."""
    found = {
        f"{metric}.p{percent}_s": percentile_s(sums, metric, percent)
        for metric in metrics
        for percent in PERCENTS
    }
    return {name: value for name, value in found.items() if value is not None}


def _middle_s(place: int) -> int:
    if place == 0:
        return 1
    low = BOUNDS_MS[place - 1]
    high = BOUNDS_MS[place] if place < len(BOUNDS_MS) else low
    return max(1, (isqrt(low * high) + 500) // 1000)
