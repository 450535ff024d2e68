"""What a peer may cost: seats, penalties, proofs and pace, each with its bound."""

from __future__ import annotations

import pytest

from armband.server import bounds
from armband.server.gate import Bucket, Pace, Penalties, Seats, Seen, address_of


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.7:4711", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6:4711", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7:4711", "192.0.2.7"),
        ("fake", "fake"),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_address(peer: str, address: str) -> None:
    assert address_of(peer) == address


def test_seats_are_bounded_in_all_and_by_address() -> None:
    seats = Seats(3, 2)
    assert [seats.take("a"), seats.take("a"), seats.take("a")] == [True, True, False]
    assert [seats.take("b"), seats.take("c")] == [True, False]
    seats.leave("a")
    assert [seats.take("c"), seats.total] == [True, 3]


def test_failures_are_free_then_later_each_time_and_forgiven() -> None:
    penalties = Penalties()
    waits = []
    now_s = 100.0
    for _attempt in range(bounds.FREE_FAILURES + 8):
        penalties.failed("a", now_s)
        waits.append(penalties.wait_s("a", now_s))
    assert waits[: bounds.FREE_FAILURES] == [0.0] * bounds.FREE_FAILURES
    assert waits[bounds.FREE_FAILURES :] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert penalties.wait_s("b", now_s) == 0
    late_s = now_s + bounds.LONGEST_PENALTY_S + bounds.FORGIVEN_AFTER_S
    penalties.failed("a", late_s)
    assert penalties.wait_s("a", late_s) == 0
    penalties.forgive("a")
    assert len(penalties) == 0


def test_a_flood_of_failures_makes_no_number_too_large() -> None:
    penalties = Penalties()
    for _attempt in range(3000):
        penalties.failed("a", 0.0)
    assert penalties.wait_s("a", 0.0) == bounds.LONGEST_PENALTY_S


def test_what_is_remembered_is_bounded() -> None:
    penalties, seen = Penalties(room=10), Seen(room=10)
    for number in range(1000):
        penalties.failed(f"address {number}", 0.0)
        seen.remember(number.to_bytes(2, "big"))
    assert len(penalties) == 10
    assert (999).to_bytes(2, "big") in seen
    assert (500).to_bytes(2, "big") not in seen


def test_a_bucket_slows_and_refuses_nothing() -> None:
    bucket = Bucket(per_s=10, most=20, now_s=0.0)
    assert [bucket.take(1, 0.0) for _message in range(22)][-3:] == [0.0, 0.1, 0.2]
    assert bucket.take(1, 10.0) == 0.0, "it flows in again"
    assert bucket.take(40, 1000.0) == 2.0, "a pause fills it no further than its most"


def test_operations_and_searches_weigh_more_than_frames() -> None:
    asking, pushing = Pace(0.0), Pace(0.0)
    for _message in range(200):
        wait_s = asking.wait_s(0.0, frames=bounds.COST_OF_ASKING)
    assert wait_s == pytest.approx(5.0)
    for _message in range(50):
        wait_s = pushing.wait_s(0.0, ops=500)
    assert wait_s == pytest.approx(2.5)
