"""One roll-up subscription: which cells belong to it, and what it sends after the store's cells."""

from __future__ import annotations

import pytest

from armband.server import watch as module
from armband.server.watch import Reported, Watch
from armband.shared.rollup import REPORTED
from armband.shared.wire import Subscribe

TODAY = "2022-06-12"


def nothing() -> None:
    """Nobody sleeps here."""


def begun(depth: int = 1, *days: str) -> Watch:
    """A watch whose cells have been read at seq 10."""
    watch = Watch(Subscribe(1, "o/a", depth, *days), TODAY, nothing)
    assert watch.waiting
    watch.begin()
    watch.base_seq = 10
    assert not watch.waiting
    return watch


@pytest.mark.parametrize(
    ("day", "unit", "taken"),
    [
        (TODAY, "o/a", True),
        (TODAY, "o/a/g1", True),
        (TODAY, "o/a/g1/m1", False),
        (TODAY, "o", False),
        (TODAY, "o/ab", False),
        ("", "o/a", True),
        ("2022-06-11", "o/a", False),
    ],
)
def test_cells_of_the_days_and_levels_that_were_asked_for(day: str, unit: str, taken: bool) -> None:
    watch = begun()
    watch.offer((day, unit), 11, {"x": 1})
    assert watch.take() == ({(day, unit): {"x": 1}} if taken else {})


def test_a_cell_below_moves_the_coverage_only() -> None:
    watch = begun()
    watch.offer((TODAY, "o/a/g1/m1"), 11, {REPORTED: 1})
    assert watch.waiting
    watch.take()
    assert not watch.waiting
    watch.offer(("2022-06-11", "o/a/g1/m1"), 12, {REPORTED: 1})
    assert not watch.waiting


def test_the_newest_value_wins_and_what_the_store_had_is_left_out() -> None:
    watch = begun()
    watch.offer((TODAY, "o/a"), 9, {"x": 9})
    watch.offer((TODAY, "o/a/g1"), 10, {"x": 10})
    watch.offer((TODAY, "o/a/g2"), 11, {"x": 11})
    watch.offer((TODAY, "o/a/g2"), 12, {"x": 12})
    assert watch.take() == {(TODAY, "o/a/g2"): {"x": 12}}
    assert watch.take() == {}


def test_what_waits_is_forgotten_before_the_store_is_read() -> None:
    watch = begun()
    watch.offer((TODAY, "o/a"), 50, {"x": 1})
    watch.start_again()
    watch.offer((TODAY, "o/a"), 51, {"x": 2})
    watch.begin()
    watch.base_seq = 10
    assert watch.take() == {}


def test_too_many_waiting_cells_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PENDING_CELLS", 2)
    watch = begun()
    for number in range(2):
        watch.offer((TODAY, f"o/a/g{number}"), 11, {"x": 1})
    assert not watch.reset
    watch.offer((TODAY, "o/a"), 11, {"x": 1})
    assert watch.reset


def test_only_who_follows_today_moves_on() -> None:
    today, fixed = begun(), begun(1, TODAY, TODAY)
    for watch in (today, fixed):
        watch.new_day(TODAY)
        assert not watch.reset
        watch.new_day("2022-06-13")
    assert (today.reset, today.first, today.last) == (True, "2022-06-13", "2022-06-13")
    assert (fixed.reset, fixed.last) == (False, TODAY)


def test_reports_that_came_while_the_store_was_read_stay() -> None:
    reported = Reported(TODAY)
    reported.offer((TODAY, "o/a"), 12, {})
    reported.offer((TODAY, "o/b"), 12, {REPORTED: 1})
    reported.offer((TODAY, "o/c"), 9, {})
    reported.offer(("2022-06-11", "o/d"), 12, {REPORTED: 1})
    assert not reported.loaded
    stored = {
        (TODAY, "o/a"): {REPORTED: 3},
        (TODAY, "o/c"): {REPORTED: 1},
        (TODAY, "o/e"): {"x": 1},
    }
    reported.load(10, stored)
    assert reported.loaded
    assert set(reported.cells) == {(TODAY, "o/b"), (TODAY, "o/c")}
    reported.offer((TODAY, "o/b"), 13, {"other": 1})
    assert set(reported.cells) == {(TODAY, "o/c")}
