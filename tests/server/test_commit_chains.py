"""Chains that were cloned, restored or lost: every branch is taken in, every fork is told."""

from __future__ import annotations

from armband.server.model import Head
from armband.shared import wire
from armband.shared.ops import CHAIN_START, next_history
from support.commit_world import OFFICE, Author, World, batch, statuses

DOOR = {"unit": OFFICE, "door": "3-2-502"}


def test_one_chain_is_one_branch_named_by_its_key() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, DOOR), zhang.op(2, DOOR))
    world.push(zhang.op(3, DOOR))
    assert {row.branch for row in world.ops} == {zhang.key_id}
    assert world.forks == []
    assert world.heads == {
        (zhang.key_id, zhang.key_id): Head(zhang.prev, 3, world.ops[-1].eff),
    }


def test_a_cloned_file_makes_a_branch_and_loses_nothing() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, DOOR))
    clone = zhang.clone()
    ours, theirs = zhang.op(1, {"head": "王"}), clone.op(1, {"head": "李"})
    world.push(ours)
    (receipt,) = world.push(theirs)
    assert receipt.status == wire.STATUS_CONFLICT, "a branch has not seen the other one"
    assert world.view(1).conflicts == ("head",)
    (fork,) = world.forks
    assert (fork.branch, fork.prev, fork.counter, fork.orphan) == (theirs.id, ours.prev, 2, False)
    world.push(clone.op(1, {"people": 2}))
    world.push(zhang.op(1, {"people": 3}))
    assert len(world.forks) == 1, "each branch goes on behind its own head"
    assert {key[1]: head.counter for key, head in world.heads.items()} == {
        zhang.key_id: 3,
        theirs.id: 3,
    }


def test_a_second_beginning_of_a_chain_is_a_branch_too() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, DOOR))
    anew = Author("zhang", hlc=zhang.hlc + 5)
    world.push(anew.op(2, DOOR))
    (fork,) = world.forks
    assert (fork.prev, fork.counter) == (CHAIN_START, 1)
    assert len(world.records) == 2


def test_a_fork_within_one_group_is_found() -> None:
    world, zhang = World(), Author("zhang")
    clone = zhang.clone()
    world.submit(batch(zhang.op(1, DOOR)), batch(clone.op(2, DOOR)))
    assert len(world.forks) == 1
    assert world.office.seq == 2


def test_after_a_rollback_a_chain_goes_on_as_an_orphan() -> None:
    world, zhang = World(), Author("zhang")
    zhang.op(1, DOOR)  # lost at the office, and dropped by the terminal
    kept = [zhang.op(2, DOOR), zhang.op(3, DOOR)]
    (answer,) = world.submit(batch(*kept, repushing=True))
    assert isinstance(answer, list)
    (fork,) = world.forks
    assert (fork.branch, fork.orphan) == (kept[0].id, True)
    world.push(zhang.op(4, DOOR))
    assert {row.branch for row in world.ops} == {kept[0].id}


def test_a_predecessor_must_be_the_one_before() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, DOOR))
    zhang.counter = 7
    (answer,) = world.submit(batch(zhang.op(2, DOOR)))
    assert not isinstance(answer, list)


def test_what_is_in_quarantine_is_a_predecessor_and_keeps_the_floor() -> None:
    world, zhang = World(), Author("zhang")
    (first,) = world.push(zhang.op(1, DOOR))
    world.push(zhang.op(1, {"people": "many"}))
    (third,) = world.push(zhang.op(1, {"people": 2}, hlc=1))
    assert statuses([first, third]) == [wire.STATUS_ACCEPTED, wire.STATUS_ACCEPTED]
    assert third.eff == first.eff + 1, "the floor is that of the nearest stamped one"
    assert world.forks == []


def test_history_is_one_chain_over_all_that_was_stamped() -> None:
    world = World()
    zhang, li = Author("zhang"), Author("li")
    world.submit(batch(zhang.op(1, DOOR), zhang.op(1, {"people": "x"})), batch(li.op(2, DOOR)))
    world.push(li.op(2, {"head": "李"}))
    hist = CHAIN_START
    for seq, row in enumerate(world.ops, 1):
        assert row.seq == seq
        hist = next_history(hist, row.op.id, row.eff, row.branch, suspect=row.suspect)
        assert row.hist == hist
    assert (world.office.seq, world.office.hist) == (3, hist)
    assert world.office.top == max(row.eff for row in world.ops)
