"""How long to wait before connecting again."""

from __future__ import annotations

from random import Random

import pytest

from armband.client.backoff import FIRST_S, HOPELESS_S, LONGEST_S, Backoff
from armband.shared.environment import Environment


def waits(random_bytes: bytes) -> Backoff:
    return Backoff(Environment(lambda: 0, lambda count: random_bytes[:1] * count))


@pytest.mark.parametrize(("drawn", "part"), [(b"\x00", 0.5), (b"\xff", 1.0)])
def test_each_wait_doubles_up_to_the_longest(drawn: bytes, part: float) -> None:
    backoff = waits(drawn)
    found = [backoff.wait_s() for _n in range(10)]
    wanted = [min(FIRST_S * 2**n, LONGEST_S) * part for n in range(10)]
    assert found == pytest.approx(wanted)


def test_after_all_was_well_it_starts_anew() -> None:
    backoff = waits(b"\xff")
    for _n in range(20):
        backoff.wait_s()
    backoff.reset()
    assert backoff.wait_s() == pytest.approx(FIRST_S)


def test_a_hopeless_case_waits_long_and_does_not_shorten_the_rest() -> None:
    backoff = waits(b"\xff")
    assert backoff.wait_s(HOPELESS_S) == pytest.approx(HOPELESS_S)
    assert backoff.wait_s() == pytest.approx(FIRST_S * 2)


def test_a_whole_office_does_not_come_back_in_one_instant() -> None:
    environment = Environment(lambda: 0, Random(1).randbytes)
    found = sorted(Backoff(environment).wait_s() for _terminal in range(1400))
    assert found[-1] - found[0] > FIRST_S * 0.45
    assert len(set(found)) > 1300
