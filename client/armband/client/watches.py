"""Which roll-ups are kept new: a few at a time, the oldest gives way."""

from __future__ import annotations

from collections.abc import Iterator

from armband.shared import wire
from armband.shared.limits import MAX_SUBSCRIPTIONS

WATCHES_MAX = 4
assert WATCHES_MAX < MAX_SUBSCRIPTIONS, "the office closes a connection that asks for more"


class Watches:
    """Subscriptions in the order in which they were last asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, str, str], wire.Subscribe] = {}
        self._next = 1

    def __iter__(self) -> Iterator[wire.Subscribe]:
        return iter(list(self._known.values()))

    def want(
        self, unit: str, depth: int, day_from: str, day_to: str
    ) -> tuple[wire.Subscribe | None, wire.Subscribe | None]:
        """What to follow anew and what to unfollow, each None when there is nothing to do."""
        key = (unit, depth, day_from, day_to)
        known = self._known.pop(key, None)
        if known is not None:
            self._known[key] = known
            return None, None
        self._known[key] = wire.Subscribe(self._next, unit, depth, day_from, day_to)
        self._next += 1
        oldest = next(iter(self._known)) if len(self._known) > WATCHES_MAX else None
        return self._known[key], self._known.pop(oldest) if oldest else None
