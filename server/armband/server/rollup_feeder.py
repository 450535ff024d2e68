"""The roll-ups of one connection: each subscription's cells first, then what changes, conflated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from armband.server.hub import Hub
from armband.server.office import Office
from armband.server.watch import MAX_CELLS, Watch, rollup_frames
from armband.shared import limits, wire
from armband.shared.small_cells import without_small
from armband.shared.units import MAX_DEPTH


class TooManyCells(Exception):
    """A subscription asks for more than one connection may cost; the text says what would do."""


@dataclass(frozen=True, slots=True)
class _Held:
    serial: int
    watch: Watch


class RollupFeeder:
    """Makes the roll-up frames of one connection."""

    def __init__(
        self, office: Office, hub: Hub, wake: Callable[[], None], *, for_script: bool
    ) -> None:
        self._office = office
        self._hub = hub
        self._wake = wake
        self._for_script = for_script
        self._held: dict[int, _Held] = {}

    def subscribe(self, subscribe: wire.Subscribe) -> None:
        """Begin a subscription, or begin it anew with other bounds."""
        self.unsubscribe(subscribe.sub)
        self._held[subscribe.sub] = _Held(*self._hub.watch(subscribe, self._wake))
        self._wake()

    def unsubscribe(self, sub: int) -> None:
        """End a subscription; one that does not exist is fine."""
        held = self._held.pop(sub, None)
        if held is not None:
            self._hub.unwatch(held.serial, held.watch)

    def close(self) -> None:
        """End all subscriptions."""
        for sub in list(self._held):
            self.unsubscribe(sub)

    def due_s(self) -> float | None:
        """Loop time at which the next frame may go out; None when nothing waits."""
        waiting = [held.watch.due_s for held in self._held.values() if held.watch.waiting]
        return min(waiting, default=None)

    async def frames(self, now_s: float) -> list[bytes]:
        """The frames of the subscription that is due longest; none when none is.

        Raises:
            TooManyCells: it asks for too much.
        """
        due = [
            held.watch
            for held in self._held.values()
            if held.watch.waiting and held.watch.due_s <= now_s
        ]
        if not due:
            return []
        watch = min(due, key=lambda one: (one.due_s, one.sub))
        watch.due_s = now_s + limits.ROLLUP_INTERVAL_S
        await self._load_reported(watch.last)
        below = self._office.policy.suppress_below if self._for_script else 0
        if below:
            return await self._without_small(watch, below)
        return await self._all_cells(watch) if watch.reset else self._changes(watch)

    async def _without_small(self, watch: Watch, below: int) -> list[bytes]:
        """All cells each time: which are left out depends on those of the whole office.

        They must not depend on who asks, or two tokens together would tell what each does not.
        """
        self._check_size(watch, self._office.code)
        watch.begin()
        read = await self._office.rollup_cells(
            self._office.code, MAX_DEPTH, watch.first, watch.last
        )
        cells, small = await asyncio.to_thread(without_small, read.cells, below)
        mine = {key: row for key, row in cells.items() if watch.covers(key[1])}
        covered = self._hub.coverage_of(watch)
        names = self._hub.names_for(watch, covered.missing)
        return rollup_frames(watch, (read.seq, read.at_ms), True, mine, names, covered, small)

    async def _load_reported(self, day: str) -> None:
        if self._hub.keep_reported(day).loaded:
            return
        read = await self._office.rollup_cells(self._office.code, MAX_DEPTH, day, day)
        self._hub.keep_reported(day).load(read.seq, read.cells)

    async def _all_cells(self, watch: Watch) -> list[bytes]:
        self._check_size(watch)
        watch.begin()
        read = await self._office.rollup_cells(watch.unit, watch.depth, watch.first, watch.last)
        watch.base_seq = read.seq
        watch.covered = read.coverage
        names = self._hub.names_for(watch, read.coverage.missing)
        moment = (read.seq, read.at_ms)
        return rollup_frames(watch, moment, True, read.cells, names, read.coverage)

    def _changes(self, watch: Watch) -> list[bytes]:
        cells = watch.take()
        covered = self._hub.coverage_of(watch)
        names = self._hub.names_for(watch, covered.missing)
        if not cells and not names and covered == watch.covered:
            return []
        watch.covered = covered
        moment = (max(self._hub.seq, watch.base_seq), self._hub.at_ms)
        return rollup_frames(watch, moment, False, cells, names, covered)

    def _check_size(self, watch: Watch, whole: str = "") -> None:
        if whole:
            units = len(self._hub.levels_within(whole))
        else:
            units = sum(watch.covers(code) for code in self._hub.levels_within(watch.unit))
        days = date.fromisoformat(watch.last) - date.fromisoformat(watch.first)
        cells = units * (days.days + 1)
        if cells > MAX_CELLS:
            raise TooManyCells(
                f"{units} units on {days.days + 1} days are more than {MAX_CELLS} rows: "
                "ask for fewer days or a smaller depth"
            )
