"""What has just changed, and whom it concerns.

The office tells the hub of each commit, once it is on the disk; the hub hands the changed records
and cells to the connections whose scope or subscription they touch, found by unit, and wakes those.
What waits for one connection is bounded (`follower`, `watch`); who falls behind reads the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from armband.server.follower import ChangedRecord, Follower, Reader
from armband.server.watch import Reported, Watch
from armband.shared.days import day_of, ms_to_next_day
from armband.shared.environment import Environment
from armband.shared.merge import decode_state, view
from armband.shared.permissions import OFFICE_WIDE
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Coverage, Metrics, coverage
from armband.shared.units import is_within, lineage
from armband.shared.wire import Subscribe, UnitName

MAX_REPORTED_DAYS = 16
"""Days whose coverage is kept at hand."""
MAX_LEVEL_LISTS = 256
"""Units whose list of units below is kept at hand."""
DAY_CHECK_S = 5.0
"""How often the office's day is looked at besides its midnight; a clock may jump."""


@dataclass(frozen=True, slots=True)
class Published:
    """One commit, as the hub needs it.

    Attributes:
        seq, hist: the office's history after it.
        at_ms: when, UTC.
        records: the changed records that hang on a unit.
        cells: the changed cells with their new values.
    """

    seq: int
    hist: bytes
    at_ms: int
    records: tuple[ChangedRecord, ...]
    cells: Mapping[CellKey, Metrics] = field(default_factory=dict)


class Hub:
    """The meeting point of the committer and the connections. Nothing in it waits or blocks."""

    def __init__(self, environment: Environment, policy: Policy, point: Published) -> None:
        self.seq = point.seq
        self.hist = point.hist
        self.at_ms = point.at_ms
        self._environment = environment
        self._policy = policy
        self._names: dict[str, UnitName] = {}
        self._levels: dict[str, dict[str, str]] = {}
        self._followers: dict[int, Follower] = {}
        self._by_scope: dict[str, dict[int, Follower]] = {}
        self._watches: dict[str, dict[int, Watch]] = {}
        self._reported: dict[str, Reported] = {}
        self._serial = 0
        self._today = self.today

    @property
    def today(self) -> str:
        """The office's day now."""
        return day_of(self._environment.now_ms(), self._policy)

    def load_names(self, units: Iterable[UnitName]) -> None:
        """Take the names of all units."""
        self._names = {unit.code: unit for unit in units}
        self._levels.clear()

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

    # -- watches --------------------------------------------------------------------------------

    def watch(self, subscribe: Subscribe, wake: Callable[[], None]) -> tuple[int, Watch]:
        """Collect changed cells for a subscription; the number is for `unwatch`."""
        self._serial += 1
        watch = Watch(subscribe, self.today, wake)
        self._watches.setdefault(watch.unit, {})[self._serial] = watch
        return self._serial, watch

    def unwatch(self, serial: int, watch: Watch) -> None:
        """Stop collecting."""
        _discard(self._watches, watch.unit, serial)

    def names_for(self, watch: Watch, also: Iterable[str]) -> list[UnitName]:
        """The names that a watch has not been sent, of its units and of ``also``; marks them."""
        covered = (code for code in self.levels_within(watch.unit) if watch.covers(code))
        wanted = dict.fromkeys((*covered, *also))
        fresh = [self._names[c] for c in wanted if c not in watch.named and c in self._names]
        watch.named.update(unit.code for unit in fresh)
        return fresh

    def levels_within(self, unit: str) -> dict[str, str]:
        """Level by code of the units at or below ``unit``."""
        known = self._levels.get(unit)
        if known is None:
            known = {c: name.level for c, name in self._names.items() if is_within(c, unit)}
            if len(self._levels) >= MAX_LEVEL_LISTS:
                self._levels.clear()
            self._levels[unit] = known
        return known

    def reported_on(self, day: str) -> Reported | None:
        """Who has reported on ``day``, if that is at hand."""
        return self._reported.get(day)

    def keep_reported(self, day: str) -> Reported:
        """Begin to keep who has reported on ``day``; the caller loads it from the store."""
        while len(self._reported) >= MAX_REPORTED_DAYS:
            del self._reported[next(iter(self._reported))]
        return self._reported.setdefault(day, Reported(day))

    def coverage_of(self, watch: Watch) -> Coverage:
        """Coverage of a watch's unit on its last day."""
        reported = self._reported.get(watch.last)
        cells = reported.cells if reported is not None else {}
        return coverage(watch.unit, self.levels_within(watch.unit), watch.last, cells)

    # -- what happens ---------------------------------------------------------------------------

    def publish(self, commit: Published) -> None:
        """A commit is on the disk: hand its changes to whom they concern."""
        self.seq, self.hist, self.at_ms = commit.seq, commit.hist, commit.at_ms
        for record in commit.records:
            if record.kind == "unit":
                self._rename(record)
            for follower in self._concerned(record):
                follower.offer(record)
        for key, metrics in commit.cells.items():
            for reported in self._reported.values():
                reported.offer(key, commit.seq, metrics)
            for code in lineage(key[1]):
                for watch in self._watches.get(code, {}).values():
                    watch.offer(key, commit.seq, metrics)

    def _concerned(self, record: ChangedRecord) -> list[Follower]:
        if record.kind in OFFICE_WIDE:
            return list(self._followers.values())
        units = dict.fromkeys((*lineage(record.unit), *lineage(record.old_unit)))
        found: dict[int, Follower] = {}
        for code in units:
            found.update(self._by_scope.get(code, {}))
        return list(found.values())

    def _rename(self, record: ChangedRecord) -> None:
        unit = view(decode_state(record.state))
        self._levels.clear()
        if unit.void:
            self._names.pop(unit.unit, None)
        else:
            name, level = unit.text("name"), unit.text("level")
            self._names[unit.unit] = UnitName(unit.unit, name, level)
        for code in lineage(unit.unit):
            for watch in self._watches.get(code, {}).values():
                watch.named.discard(unit.unit)
                watch.renamed()

    def look_at_day(self) -> None:
        """Start subscriptions of "today" anew when the office's day has changed."""
        today = self.today
        if today == self._today:
            return
        self._today = today
        for watches in self._watches.values():
            for watch in watches.values():
                watch.new_day(today)

    async def follow_days(self) -> None:
        """Look at the office's day for ever: at its midnight, and now and then."""
        while True:
            left_ms = ms_to_next_day(self._environment.now_ms(), self._policy)
            await asyncio.sleep(min(DAY_CHECK_S, left_ms / 1000))
            self.look_at_day()


Index = dict[str, dict[int, Follower]] | dict[str, dict[int, Watch]]


def _discard(index: Index, code: str, serial: int) -> None:
    inner = index.get(code)
    if inner is not None:
        inner.pop(serial, None)
        if not inner:
            del index[code]
