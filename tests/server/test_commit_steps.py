"""Steps of a workflow at the office: wrong ones are kept aside, lawful ones never are."""

from __future__ import annotations

import dataclasses

import pytest

from armband.shared import wire
from armband.shared.fields import Patch, Value
from armband.shared.ops import Op
from support.commit_world import DAY, NOW_MS, OFFICE, Author, World, batch, statuses

CASE = 7
NEW: Patch = {
    "unit": OFFICE,
    "category": "security",
    "brief": "门锁坏了",
    "channel": "phone",
    "state": "reported",
    "at": NOW_MS,
    "day": DAY,
}
TAKEN = (wire.STATUS_ACCEPTED, wire.STATUS_MERGED, wire.STATUS_CONFLICT)


def stepped(author: Author, name: str, state: str, seen: int, **more: Value) -> Op:
    patch: Patch = {"step": name, "state": state, **more}
    return author.op(CASE, patch, kind="case", seen=seen)


def dispatch(author: Author, seen: int) -> Op:
    return stepped(author, "dispatch", "dispatched", seen, rung="grid", dispatched_at=NOW_MS)


def accept(author: Author, seen: int) -> Op:
    more: Patch = {"accepted_at": NOW_MS + len(author.name), "accepted_by": author.name}
    return stepped(author, "accept", "accepted", seen, **more)


def finish(author: Author, seen: int) -> Op:
    return stepped(author, "finish", "done", seen, done_by=author.name)


@pytest.fixture
def world() -> World:
    """An office with a dispatched case."""
    made = World()
    desk = Author("desk")
    first = desk.op(CASE, NEW, kind="case")
    made.push(first, dispatch(desk, 0))
    assert made.view(CASE).fields["state"] == "dispatched"
    return made


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"step": "finish", "state": "done"}, "leads from accepted; the record is dispatched"),
        ({"step": "dispatch", "state": "dispatched", "rung": "grid"}, "leads from reported"),
        ({"step": "accept", "state": "closed"}, "leads to accepted"),
        ({"step": "sing", "state": "accepted"}, "is one of"),
        ({"state": "closed"}, "changes only by a step"),
        ({"step": "cancel", "state": "cancelled"}, "must be given"),
    ],
)
def test_a_wrong_step_is_kept_aside_with_the_reason(world: World, patch: Patch, words: str) -> None:
    (receipt,) = world.push(Author("raw").op(CASE, patch, kind="case", seen=world.stamp(CASE)))
    assert (receipt.status, receipt.reason) == (wire.STATUS_QUARANTINED, wire.REASON_INVALID)
    assert words in receipt.detail
    assert world.view(CASE).fields["state"] == "dispatched"


def test_a_case_cannot_begin_in_the_middle() -> None:
    (receipt,) = World().push(Author("raw").op(CASE, {**NEW, "state": "closed"}, kind="case"))
    assert receipt.status == wire.STATUS_QUARANTINED


def test_steps_that_follow_each_other_unsent_are_taken(world: World) -> None:
    author, seen = Author("offline"), world.stamp(CASE)
    receipts = world.push(accept(author, seen), finish(author, seen))
    assert statuses(receipts) == [wire.STATUS_ACCEPTED] * 2
    # Without its predecessor the second one would be wrong.
    alone = world.push(finish(Author("raw"), seen))
    assert alone[0].status in TAKEN, "its author had not seen that it is done"
    late = world.push(finish(Author("other"), world.stamp(CASE)))
    assert statuses(late) == [wire.STATUS_QUARANTINED]


def test_two_who_accept_unseen_make_a_conflict_that_a_person_settles(world: World) -> None:
    seen = world.stamp(CASE)
    world.push(accept(Author("wang"), seen))
    (second,) = world.push(accept(Author("zhangmin"), seen))
    assert second.status == wire.STATUS_CONFLICT
    assert world.view(CASE).conflicts == ("accepted_at", "accepted_by")
    assert world.view(CASE).fields["state"] == "accepted"
    chief = Author("chief")
    settled: Patch = {"accepted_by": "wang", "accepted_at": NOW_MS}
    world.push(chief.op(CASE, settled, kind="case", seen=world.stamp(CASE)))
    assert world.view(CASE).conflicts == ()
    (done,) = world.push(finish(Author("wang2"), world.stamp(CASE)))
    assert done.status == wire.STATUS_ACCEPTED


def test_different_states_of_two_people_stand_and_either_may_be_gone_on_from(world: World) -> None:
    seen = world.stamp(CASE)
    world.push(accept(Author("wang"), seen))
    cancel = stepped(Author("desk2"), "cancel", "cancelled", seen, cancel_reason="重复")
    (receipt,) = world.push(cancel)
    assert receipt.status == wire.STATUS_CONFLICT
    assert "state" in world.view(CASE).conflicts
    both = dataclasses.replace(world, records=dict(world.records))
    now = world.stamp(CASE)
    (settled,) = world.push(Author("chief").op(CASE, {"state": "accepted"}, kind="case", seen=now))
    assert settled.status == wire.STATUS_ACCEPTED
    assert "state" not in world.view(CASE).conflicts
    (refused,) = both.push(Author("chief2").op(CASE, {"state": "closed"}, kind="case", seen=now))
    assert refused.status == wire.STATUS_QUARANTINED


def test_on_a_branch_of_a_copied_terminal_a_step_is_not_judged(world: World) -> None:
    """The copy takes what was written before the copying for its own; here it is another branch."""
    original = Author("t2")
    world.push(original.op(CASE, {"note": "x"}, kind="case", seen=world.stamp(CASE)))
    copy = original.clone()
    world.push(accept(original, world.stamp(CASE)))
    (first,) = world.push(copy.op(CASE, {"note": "y"}, kind="case", seen=world.stamp(CASE)))
    assert first.status in TAKEN
    settled = copy.op(CASE, {"state": "dispatched"}, kind="case", seen=world.stamp(CASE))
    assert world.push(settled)[0].status in TAKEN


def test_arrivals_told_by_two_terminals_are_no_conflict(world: World) -> None:
    seen = world.stamp(CASE)
    for late, name in enumerate(("a", "b")):
        told: Patch = {"delivered_at": NOW_MS + late, "delivered_of": NOW_MS}
        (receipt,) = world.push(Author(name).op(CASE, told, kind="case", seen=seen))
        assert receipt.status in (wire.STATUS_ACCEPTED, wire.STATUS_MERGED)
    assert world.view(CASE).conflicts == ()


def test_what_a_step_needs_and_another_emptied_unseen_is_no_reason_to_refuse(world: World) -> None:
    giver = Author("giver")
    reason: Patch = {"cancel_reason": "重复"}
    world.push(giver.op(CASE, reason, kind="case", seen=world.stamp(CASE)))
    seen = world.stamp(CASE)
    world.push(Author("other").op(CASE, {"cancel_reason": None}, kind="case", seen=seen))
    (receipt,) = world.push(stepped(Author("desk3"), "cancel", "cancelled", seen))
    assert receipt.status in TAKEN


def test_after_a_restore_a_step_is_not_judged_by_what_the_office_has_lost(world: World) -> None:
    """The office comes back with the case as reported: the dispatch has yet to be handed in again,
    while whoever had seen it goes on."""
    world.push(accept(Author("colleague"), world.stamp(CASE)))
    lost = world.stamp(CASE)
    desk = Author("desk")
    first = desk.op(CASE, NEW, kind="case")
    restored = World()
    restored.push(first)
    # The epoch is known by now: this is not handed in again. Somebody else has corrected the case
    # meanwhile, below or above what the worker had seen.
    note: Patch = {"note": "门卫来电"}
    restored.push(Author("guard").op(CASE, note, kind="case", seen=restored.stamp(CASE)))
    (receipt,) = restored.push(finish(Author("worker"), max(lost, restored.stamp(CASE) + 1)))
    assert receipt.status in TAKEN
    restored.push(Author("guard2").op(CASE, note, kind="case", seen=restored.stamp(CASE)))
    (again,) = restored.submit(batch(dispatch(desk, 0), repushing=True))
    assert isinstance(again, list)
    assert [part.status in TAKEN for part in again if isinstance(part, wire.Receipt)] == [True]


def test_a_step_before_its_record_begins_waits(world: World) -> None:
    empty = World()
    (early,) = empty.push(accept(Author("early"), world.stamp(CASE)))
    assert early.status == wire.STATUS_DEFERRED
    (begun,) = empty.push(Author("desk").op(CASE, NEW, kind="case"))
    assert begun.status in TAKEN
