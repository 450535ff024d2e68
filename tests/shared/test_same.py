"""Following merged records comes to one end, whatever people have made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.same import HOPS_MAX, SAME_AS, survivor
from armband.shared.policy import Policy

IDS = [f"{number:032x}" for number in range(1, 13)]


def test_the_one_that_stays_stands_and_what_is_not_here_does_not() -> None:
    said = {IDS[0]: IDS[1], IDS[1]: "", IDS[2]: IDS[9]}
    assert survivor(IDS[0], said.get) == IDS[1]
    assert survivor(IDS[1], said.get) == IDS[1]
    assert survivor(IDS[2], said.get) == IDS[2]


@given(st.lists(st.sampled_from(IDS), min_size=2, max_size=HOPS_MAX, unique=True))
def test_a_circle_has_one_survivor_wherever_the_walk_begins(circle: list[str]) -> None:
    said = dict(zip(circle, [*circle[1:], circle[0]], strict=True))
    assert {survivor(record, said.get) for record in circle} == {min(circle)}


def test_a_merged_record_counts_nowhere_and_counts_again_when_it_is_taken_back() -> None:
    kind = CATALOGUE["household"]
    fields = {"door": "3-2-502", SAME_AS: IDS[1]}
    view = View(bytes.fromhex(IDS[0]), "household", "o/c1", fields)
    assert kind.contributions(view, Policy()) == ()
    back = View(view.id, "household", "o/c1", {**fields, SAME_AS: None})
    assert kind.contributions(back, Policy())
    # One that says it is itself the survivor has said nothing.
    own = View(view.id, "household", "o/c1", {**fields, SAME_AS: IDS[0]})
    assert kind.contributions(own, Policy())
