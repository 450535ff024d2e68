"""What waits for one terminal: only what it may know, bounded, newest first served last."""

from __future__ import annotations

import pytest

from armband.server import follower as module
from armband.server.follower import Follower, Reader
from armband.server.model import ChangedRow
from armband.shared.permissions import Role


class Woken:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def change(
    seq: int, kind: str = "check", unit: str = "o/a", old: str = "", record: int = 0, size: int = 10
) -> ChangedRow:
    record_id = (record or seq).to_bytes(16, "big")
    return ChangedRow(seq, record_id, kind, unit, old or unit, bytes(size))


def follower(role: Role = Role.GRID, scope: tuple[str, ...] = ("o/a",)) -> tuple[Follower, Woken]:
    woken = Woken()
    return Follower(Reader(role, scope), woken), woken


@pytest.mark.parametrize(
    ("role", "offered", "rows", "left"),
    [
        (Role.GRID, change(1), 1, 0),
        (Role.GRID, change(1, unit="o/a/g1"), 1, 0),
        (Role.GRID, change(1, unit="o/b"), 0, 0),
        (Role.GRID, change(1, unit="o/ab"), 0, 0),
        (Role.GRID, change(1, unit="o/b", old="o/a"), 0, 1),
        (Role.GRID, change(1, unit="o/a", old="o/b"), 1, 0),
        (Role.GRID, change(1, "unit", unit="o/b"), 1, 0),
        (Role.CHECKPOINT, change(1, "visit"), 0, 0),
        (Role.CHECKPOINT, change(1, "visit", unit="o/b", old="o/a"), 0, 0),
        (Role.CHECKPOINT, change(1, "household"), 1, 0),
        (Role.GRID, change(1, "a_kind_of_a_newer_release"), 1, 0),
        (Role.SCRIPT, change(1), 0, 0),
    ],
)
def test_only_what_the_reader_may_know_waits_and_wakes(
    role: Role, offered: ChangedRow, rows: int, left: int
) -> None:
    waiting, woken = follower(role)
    waiting.offer(offered)
    assert woken.times == rows + left
    assert waiting.waiting is bool(rows + left)
    taken, gone = waiting.take(0)
    assert (len(taken), len(gone)) == (rows, left)


def test_the_newest_state_of_a_record_is_what_waits_in_order_of_seq() -> None:
    waiting, _woken = follower()
    for offered in (change(1, record=9), change(2, record=8), change(3, record=9)):
        waiting.offer(offered)
    rows, _left = waiting.take(0)
    assert [(row.seq, row.record[-1]) for row in rows] == [(2, 8), (3, 9)]
    assert waiting.take(0) == ([], [])


def test_what_the_store_has_given_already_is_not_given_again() -> None:
    waiting, _woken = follower()
    for seq in (1, 2, 3):
        waiting.offer(change(seq))
    assert [row.seq for row in waiting.take(2)[0]] == [3]


def test_a_record_that_left_and_came_back_is_there() -> None:
    waiting, _woken = follower()
    waiting.offer(change(1, unit="o/b", old="o/a", record=9))
    waiting.offer(change(2, unit="o/a", old="o/b", record=9))
    rows, left = waiting.take(0)
    assert ([row.seq for row in rows], left) == ([2], [])


@pytest.mark.parametrize(("limit", "value", "size"), [("MAX_ROWS", 3, 10), ("MAX_BYTES", 45, 15)])
def test_too_much_is_dropped_and_the_store_has_to_be_read(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, size: int
) -> None:
    monkeypatch.setattr(module, limit, value)
    waiting, woken = follower()
    for seq in (1, 2, 3):
        waiting.offer(change(seq, size=size))
    assert not waiting.behind
    # A newer state of a record that waits takes no more room.
    waiting.offer(change(4, record=3, size=size))
    assert not waiting.behind
    waiting.offer(change(5, size=size))
    assert waiting.behind
    assert waiting.waiting
    waiting.offer(change(6))
    assert woken.times == 6
    assert waiting.take(0) == ([], [])


def test_one_large_record_always_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    waiting, _woken = follower()
    waiting.offer(change(1, size=1000))
    assert not waiting.behind
    assert len(waiting.take(0)[0]) == 1
