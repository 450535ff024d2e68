"""What reaches the office late was not seen by those who saw only later stamps."""

from __future__ import annotations

from itertools import permutations

from armband.shared.fields import Patch
from armband.shared.merge import Write, candidates, conflicts, merge

RECORD = bytes(16)


def write(
    name: str, stamp: int, patch: Patch, *, seen: int = 0, landed: int = 0, branch: str = ""
) -> Write:
    op = name.encode().ljust(16, b".")
    return Write(stamp, op, (branch or name).encode(), 1, seen, name, False, patch, landed)


def test_an_old_change_that_arrives_late_stands_beside_the_newer_unseen_one() -> None:
    first = write("first", 10, {"unit": "o", "phone": "1111111"})
    note = write("note", 15, {"note": "at the gate"}, seen=10)
    newer = write("newer", 20, {"phone": "2222222"}, seen=15)
    # Recorded offline at 12, taken in after `newer`: it lands above everything that was there.
    late = write("late", 12, {"phone": "3333333"}, seen=10, landed=21)
    for order in permutations([first, note, newer, late]):
        state = merge(None, RECORD, "household", order)
        assert conflicts(state) == ("phone",)
        assert [c.value for c in candidates(state, "phone")] == ["2222222", "3333333"]
        assert state.stamp == 21


def test_whoever_saw_the_late_change_settles_it() -> None:
    newer = write("newer", 20, {"phone": "2222222"})
    late = write("late", 12, {"phone": "3333333"}, landed=21)
    settled = write("settled", 30, {"phone": "3333333"}, seen=21)
    for order in permutations([newer, late, settled]):
        state = merge(None, RECORD, "household", order)
        assert conflicts(state) == ()
        assert [c.value for c in candidates(state, "phone")] == ["3333333"]
