"""Roll-up subscriptions: which cells a subscriber gets, conflated to the newest value of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from armband.shared import limits, wire
from armband.shared.rollup import NOW, REPORTED, CellKey, Coverage, Metrics
from armband.shared.units import depth_below, is_within, unit_order

MAX_PENDING_CELLS = 2000
"""Cells that wait for one subscription; beyond, it is sent all its cells anew."""
MAX_CELLS = 20_000
"""Cells of one subscription: units times days."""
_ROWS_A_FRAME = 1000
_ONE: Metrics = {REPORTED: 1}


class Watch:
    """One roll-up subscription.

    Attributes:
        first, last: the days it covers at present.
        follows_today: whether those move on at the office's midnight.
        reset: the next frame starts anew from the store.
        due_s: loop time from which the next frame may go out.
        base_seq: the seq of the store's cells that were sent last.
        named: units whose names have been sent.
        names_due: whether units of this subscription may lack their names.
        covered: the coverage that was sent last.
    """

    def __init__(self, subscribe: wire.Subscribe, today: str, wake: Callable[[], None]) -> None:
        self.sub = subscribe.sub
        self.unit = subscribe.unit
        self.depth = subscribe.depth
        self.follows_today = not subscribe.day_from
        self.first = subscribe.day_from or today
        self.last = subscribe.day_to or today
        self.reset = True
        self.due_s = 0.0
        self.base_seq = 0
        self.named: set[str] = set()
        self.names_due = True
        self.covered: Coverage | None = None
        self._wake = wake
        self._changed = True
        self._pending: dict[CellKey, tuple[int, Metrics]] = {}

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return self.reset or self._changed

    def covers(self, unit: str) -> bool:
        """Whether the cells of ``unit`` belong to it."""
        return is_within(unit, self.unit) and depth_below(unit, self.unit) <= self.depth

    def new_day(self, today: str) -> None:
        """The office's day is ``today``: whoever follows it starts anew."""
        if self.follows_today and self.last != today:
            self.first = self.last = today
            self.start_again()

    def start_again(self) -> None:
        """Send all cells anew."""
        self._pending.clear()
        self.reset = True
        self._wake()

    def offer(self, key: CellKey, seq: int, metrics: Metrics) -> None:
        """Note the value of a cell after commit ``seq``."""
        day, unit = key
        if not is_within(unit, self.unit):
            return
        shown = depth_below(unit, self.unit) <= self.depth
        if shown and (day == NOW or self.first <= day <= self.last):
            self._pending[key] = (seq, metrics)
            if len(self._pending) > MAX_PENDING_CELLS:
                self.start_again()
        elif day != self.last:
            return
        # A cell below the shown depth still moves the coverage of the last day.
        self.look_again()

    def look_again(self) -> None:
        """Names or coverage may differ: look again."""
        self._changed = True
        self._wake()

    def begin(self) -> None:
        """All cells are about to be read from the store: collect what comes after."""
        self._pending.clear()
        self.named.clear()
        self.names_due = True
        self._changed = False
        self.reset = False

    def take(self) -> dict[CellKey, Metrics]:
        """What waits and is newer than the store's cells that were sent."""
        cells = {key: cell for key, (seq, cell) in self._pending.items() if seq > self.base_seq}
        self._pending.clear()
        self._changed = False
        return cells


class Reported:
    """Which units have reported on one day, kept current from the commits.

    Attributes:
        loaded: whether the store has been read; before, `cells` is not complete.
    """

    def __init__(self, day: str) -> None:
        self.day = day
        self.loaded = False
        self.cells: dict[CellKey, Metrics] = {}
        self._seqs: dict[str, int] = {}

    def offer(self, key: CellKey, seq: int, metrics: Metrics) -> None:
        """Note the value of a cell after commit ``seq``."""
        if key[0] == self.day:
            self._seqs[key[1]] = seq
            self._set(key, metrics)

    def load(self, seq: int, cells: Mapping[CellKey, Metrics]) -> None:
        """Take the store's cells at ``seq``; what came in later stays."""
        self.loaded = True
        for key, metrics in cells.items():
            if key[0] == self.day and self._seqs.get(key[1], 0) <= seq:
                self._set(key, metrics)

    def _set(self, key: CellKey, metrics: Metrics) -> None:
        if metrics.get(REPORTED):
            self.cells[key] = _ONE
        else:
            self.cells.pop(key, None)


def rollup_frames(
    watch: Watch,
    moment: tuple[int, int],
    reset: bool,
    cells: Mapping[CellKey, Metrics],
    names: Iterable[wire.UnitName],
    covered: Coverage,
    small: Mapping[CellKey, list[str]] = MappingProxyType({}),
) -> list[bytes]:
    """The encoded frames of one update, each within `limits.MAX_FRAME`.

    Args:
        moment: the seq at which the values are true, and the time in UTC ms.
        names: the units to name.
        small: metrics that are left out of the cells, by name.
    """
    rows = [
        wire.CellRow(day, unit, metrics, small.get((day, unit), []))
        for (day, unit), metrics in sorted(cells.items())
    ]
    coverage = wire.CoverageRow(covered.reported, covered.expected, list(covered.missing))
    units = sorted(names, key=lambda unit: unit_order(unit.code))
    bodies = _bodies(watch.last, rows, units, coverage)
    seq, at_ms = moment
    return [
        wire.encode(
            wire.RollupFrame(
                watch.sub, seq, at_ms, reset and index == 0, index < len(bodies) - 1, body
            )
        )
        for index, body in enumerate(bodies)
    ]


_FRAME_HEAD = 64
"""Room for the frame's other elements."""


def _bodies(
    day: str, rows: list[wire.CellRow], units: list[wire.UnitName], coverage: wire.CoverageRow
) -> list[bytes]:
    if max(len(rows), len(units)) <= _ROWS_A_FRAME:
        body = wire.pack_rollup(wire.RollupBody(day, rows, units, coverage))
        if len(body) <= limits.MAX_FRAME - _FRAME_HEAD or len(rows) + len(units) <= 2:
            return [body]
    half_rows, half_units = (len(rows) + 1) // 2, (len(units) + 1) // 2
    return [
        *_bodies(day, rows[:half_rows], units[:half_units], coverage),
        *_bodies(day, rows[half_rows:], units[half_units:], coverage),
    ]
