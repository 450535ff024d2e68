"""Subscriptions to roll-ups: asked for once, and never more than the office takes."""

from __future__ import annotations

from armband.client.watches import WATCHES_MAX, Watches


def test_the_same_figures_are_followed_once() -> None:
    watches = Watches()
    new, old = watches.want("lianhu", 1, "", "")
    assert new is not None
    assert old is None
    assert watches.want("lianhu", 1, "", "") == (None, None)
    assert list(watches) == [new]


def test_the_oldest_gives_way_and_numbers_are_not_used_again() -> None:
    watches = Watches()
    first = [watches.want("lianhu", depth, "", "")[0] for depth in range(WATCHES_MAX)]
    watches.want("lianhu", 0, "", "")
    new, old = watches.want("lianhu", 9, "", "")
    assert old == first[1]
    assert new is not None
    assert new.sub == WATCHES_MAX + 1
    assert len(list(watches)) == WATCHES_MAX
