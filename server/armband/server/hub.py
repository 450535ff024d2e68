"""What has just changed, and whom it concerns.

The office tells the hub of each commit, once it is on the disk; the hub hands the changed records
and cells to the connections whose scope or subscription they touch, found by unit, and wakes those.
What waits for one connection is bounded (`follower`, `watch`); who falls behind reads the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from armband.server.follower import Follower, Reader
from armband.server.model import ChangedRow, Committed
from armband.server.office import Office
from armband.server.watch import Reported, Watch
from armband.shared.days import ms_to_next_day
from armband.shared.environment import Environment
from armband.shared.permissions import OFFICE_WIDE, goes_down
from armband.shared.rollup import Coverage, coverage
from armband.shared.units import is_within, lineage
from armband.shared.wire import Subscribe, UnitName

MAX_REPORTED_DAYS = 16
"""Days whose coverage is kept at hand."""
MAX_LEVEL_LISTS = 256
"""Units whose list of units below is kept at hand."""
DAY_CHECK_S = 5.0
"""How often the office's day is looked at besides its midnight; a clock may jump."""


class Hub:
    """The meeting point of the committer and the connections. Nothing in it waits or blocks."""

    def __init__(self, environment: Environment, office: Office) -> None:
        self.seq = office.seq
        self.hist = office.hist
        self.at_ms = environment.now_ms()
        self._environment = environment
        self._office = office
        self._levels: dict[str, dict[str, str]] = {}
        self._followers: dict[int, Follower] = {}
        self._by_scope: dict[str, dict[int, Follower]] = {}
        self._watches: dict[str, dict[int, Watch]] = {}
        self._reported: dict[str, Reported] = {}
        self._serial = 0
        self._today = office.today

    # -- followers ------------------------------------------------------------------------------

    def follow(self, reader: Reader, wake: Callable[[], None]) -> tuple[int, Follower]:
        """Collect changes for a reader from now on; the number is for `unfollow`."""
        self._serial += 1
        follower = Follower(reader, wake)
        self._followers[self._serial] = follower
        for code in reader.scope:
            self._by_scope.setdefault(code, {})[self._serial] = follower
        return self._serial, follower

    def unfollow(self, serial: int) -> None:
        """Stop collecting."""
        follower = self._followers.pop(serial, None)
        if follower is not None:
            for code in follower.reader.scope:
                _discard(self._by_scope, code, serial)

    @property
    def idle(self) -> bool:
        """Whether nobody follows or watches anything."""
        return not (self._followers or self._by_scope or self._watches)

    # -- watches --------------------------------------------------------------------------------

    def watch(self, subscribe: Subscribe, wake: Callable[[], None]) -> tuple[int, Watch]:
        """Collect changed cells for a subscription; the number is for `unwatch`."""
        self._serial += 1
        watch = Watch(subscribe, self._office.today, wake)
        self._watches.setdefault(watch.unit, {})[self._serial] = watch
        return self._serial, watch

    def unwatch(self, serial: int, watch: Watch) -> None:
        """Stop collecting."""
        _discard(self._watches, watch.unit, serial)

    def lag_s(self, now_s: float) -> float:
        """How long the roll-up frame that is due longest has been due; 0 when none is."""
        due = (
            watch.due_s
            for watches in self._watches.values()
            for watch in watches.values()
            if watch.waiting
        )
        return max(0.0, now_s - min(due, default=now_s))

    def names_for(self, watch: Watch, also: Iterable[str]) -> list[UnitName]:
        """The names that a watch has not been sent, of its units and of ``also``; marks them."""
        units = self._office.units
        covered: list[str] = []
        if watch.names_due:
            covered = [code for code in self.levels_within(watch.unit) if watch.covers(code)]
            watch.names_due = False
        wanted = dict.fromkeys((*covered, *also))
        fresh = [units[c] for c in wanted if c not in watch.named and c in units]
        watch.named.update(unit.code for unit in fresh)
        return fresh

    def levels_within(self, unit: str) -> dict[str, str]:
        """Level by code of the units at or below ``unit``."""
        known = self._levels.get(unit)
        if known is None:
            known = {c: u.level for c, u in self._office.units.items() if is_within(c, unit)}
            if len(self._levels) >= MAX_LEVEL_LISTS:
                self._levels.clear()
            self._levels[unit] = known
        return known

    def keep_reported(self, day: str) -> Reported:
        """Keep who has reported on ``day`` from now on; the caller loads it from the store."""
        if day not in self._reported:
            while len(self._reported) >= MAX_REPORTED_DAYS:
                del self._reported[next(iter(self._reported))]
            self._reported[day] = Reported(day)
        return self._reported[day]

    def coverage_of(self, watch: Watch) -> Coverage:
        """Coverage of a watch's unit on its last day."""
        reported = self.keep_reported(watch.last)
        return coverage(watch.unit, self.levels_within(watch.unit), watch.last, reported.cells)

    # -- what happens ---------------------------------------------------------------------------

    def publish(self, commit: Committed) -> None:
        """A commit is on the disk: hand its changes to whom they concern."""
        self.seq, self.hist, self.at_ms = commit.to_seq, commit.hist, commit.now_ms
        if commit.units:
            self._levels.clear()
        for record in commit.rows:
            if record.kind == "unit":
                self._rename(record.unit)
            for follower in self._concerned(record):
                follower.offer(record)
        for key, metrics in commit.cells.items():
            for reported in self._reported.values():
                reported.offer(key, commit.to_seq, metrics)
            for code in lineage(key[1]):
                for watch in self._watches.get(code, {}).values():
                    watch.offer(key, commit.to_seq, metrics)

    def _concerned(self, record: ChangedRow) -> list[Follower]:
        if record.kind in OFFICE_WIDE or goes_down(record.kind):
            # Few of them; each follower knows whether its own units are meant.
            return list(self._followers.values())
        units = dict.fromkeys((*lineage(record.unit), *lineage(record.old_unit)))
        found: dict[int, Follower] = {}
        for code in units:
            found.update(self._by_scope.get(code, {}))
        return list(found.values())

    def _rename(self, unit: str) -> None:
        for code in lineage(unit):
            for watch in self._watches.get(code, {}).values():
                watch.named.discard(unit)
                watch.names_due = True
                watch.look_again()

    def look_at_day(self) -> None:
        """Start subscriptions of "today" anew when the office's day has changed."""
        today = self._office.today
        if today == self._today:
            return
        self._today = today
        for watches in self._watches.values():
            for watch in watches.values():
                watch.new_day(today)

    async def follow_days(self) -> None:
        """Look at the office's day for ever: at its midnight, and now and then."""
        while True:
            left_ms = ms_to_next_day(self._environment.now_ms(), self._office.policy)
            await asyncio.sleep(min(DAY_CHECK_S, left_ms / 1000))
            self.look_at_day()


Index = dict[str, dict[int, Follower]] | dict[str, dict[int, Watch]]


def _discard(index: Index, code: str, serial: int) -> None:
    inner = index.get(code)
    if inner is not None:
        inner.pop(serial, None)
        if not inner:
            del index[code]
