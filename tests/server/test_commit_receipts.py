"""What becomes of one operation: each status, each reason, each repeat."""

from __future__ import annotations

import pytest

from armband.server.commit.model import TerminalGrant
from armband.server.errors import UnknownPredecessor
from armband.shared import hlc, wire
from armband.shared.fields import Patch
from armband.shared.merge import candidates, decode_state
from armband.shared.ops import Payload, encode_payload
from armband.shared.permissions import Role
from support.commit_world import DAY, NOW_MS, OFFICE, Author, World, batch, record_id, statuses

A1 = "lianhu/yg/g1"
DOOR = {"unit": A1, "door": "3-2-502"}
GRID = TerminalGrant(Role.GRID, (A1,))


@pytest.fixture
def world() -> World:
    return World()


def test_a_first_operation_is_accepted_and_counted(world: World) -> None:
    (receipt,) = world.push(Author("zhang").op(1, DOOR))
    assert receipt == wire.Receipt(1, wire.STATUS_ACCEPTED, 1, receipt.eff)
    assert world.view(1).unit == A1
    assert world.cell(OFFICE)["households.total"] == 1


def test_whoever_saw_the_record_is_accepted(world: World) -> None:
    world.push(Author("zhang").op(1, DOOR))
    (receipt,) = world.push(Author("li").op(1, {"head": "王"}, seen=world.stamp(1)))
    assert receipt.status == wire.STATUS_ACCEPTED


def test_unseen_changes_of_other_fields_merge(world: World) -> None:
    zhang, li = Author("zhang"), Author("li")
    world.push(zhang.op(1, DOOR))
    seen = world.stamp(1)
    world.push(zhang.op(1, {"head": "王"}, seen=seen))
    (receipt,) = world.push(li.op(1, {"people": 3}, seen=seen))
    assert receipt.status == wire.STATUS_MERGED
    assert world.view(1).fields == {"door": "3-2-502", "head": "王", "people": 3}


def test_unseen_changes_to_the_same_value_merge(world: World) -> None:
    zhang, li = Author("zhang"), Author("li")
    world.push(zhang.op(1, DOOR))
    seen = world.stamp(1)
    world.push(zhang.op(1, {"head": "王"}, seen=seen))
    (receipt,) = world.push(li.op(1, {"head": "王"}, seen=seen))
    assert receipt.status == wire.STATUS_MERGED
    assert world.view(1).conflicts == ()


def test_unseen_changes_of_one_field_conflict_and_both_stay(world: World) -> None:
    zhang, li = Author("zhang"), Author("li")
    world.push(zhang.op(1, DOOR))
    seen = world.stamp(1)
    world.push(zhang.op(1, {"head": "王"}, seen=seen))
    (receipt,) = world.push(li.op(1, {"head": "李"}, seen=seen))
    assert receipt.status == wire.STATUS_CONFLICT
    assert world.view(1).conflicts == ("head",)
    (settled,) = world.push(Author("chief").op(1, {"head": "李"}, seen=world.stamp(1)))
    assert settled.status == wire.STATUS_ACCEPTED
    assert world.view(1).conflicts == ()


def test_an_old_change_that_arrives_late_conflicts_with_the_newer_unseen_one(world: World) -> None:
    zhang, li = Author("zhang"), Author("li")
    world.push(zhang.op(1, DOOR))
    seen = world.stamp(1)
    offline = li.op(1, {"head": "李"}, seen=seen)  # recorded now, pushed at the end
    zhang.hlc += 1000
    world.push(zhang.op(1, {"note": "gate"}, seen=seen))
    world.push(Author("zhao", hlc=zhang.hlc + 1000).op(1, {"head": "王"}, seen=world.stamp(1)))
    (receipt,) = world.push(offline)
    assert receipt.status == wire.STATUS_CONFLICT
    assert world.view(1).fields["head"] == "王", "the later clock wins"
    assert world.view(1).conflicts == ("head",)


def test_an_operation_before_its_record_is_deferred_and_takes_effect_later(world: World) -> None:
    (receipt,) = world.push(Author("li").op(1, {"head": "李"}, unit=A1))
    assert receipt.status == wire.STATUS_DEFERRED
    assert receipt.seq == 1
    assert world.view(1).unit == ""
    assert world.cells == {}
    assert world.digests == {}
    (made,) = world.push(Author("zhang").op(1, DOOR))
    assert made.status == wire.STATUS_MERGED
    assert world.view(1).fields == {"door": "3-2-502", "head": "李"}
    assert world.cell(OFFICE)["households.total"] == 1


def test_a_move_that_comes_before_its_record_is_taken_in_too(world: World) -> None:
    """After a restore of the office, one terminal's move may be there before another's record."""
    moved = Author("li").op(1, {"unit": "lianhu/yg/a2"}, seen=7, unit="lianhu/yg/a1")
    (receipt,) = world.push(moved)
    assert receipt.status == wire.STATUS_ACCEPTED
    assert world.cell(OFFICE).get("households.total", 0) == 0, "what lacks its door counts nowhere"
    world.push(Author("zhang").op(1, DOOR))
    assert world.view(1).fields == {"door": "3-2-502"}
    assert world.cell(OFFICE)["households.total"] == 1
    (made,) = world.push(Author("wang").op(2, {"unit": A1}))
    assert made.reason == wire.REASON_INVALID, "who makes a record must give all that it needs"


def test_a_repeat_gets_its_first_receipt_and_changes_nothing(world: World) -> None:
    zhang = Author("zhang")
    ops = [zhang.op(1, DOOR), zhang.op(2, {"unit": "elsewhere", "door": "1"})]
    first = world.push(*ops)
    before = (world.office, dict(world.records), dict(world.cells), len(world.ops))
    assert world.push(*ops, now_ms=NOW_MS + 99_000) == first
    assert statuses(first) == [wire.STATUS_ACCEPTED, wire.STATUS_QUARANTINED]
    assert world.changes is not None
    assert world.changes.is_empty
    assert (world.office, world.records, world.cells, len(world.ops)) == before


def test_a_repeat_within_one_group_is_known_too(world: World) -> None:
    zhang = Author("zhang")
    ops = [zhang.op(1, DOOR), zhang.op(1, {"head": "王"})]
    answers = world.submit(batch(*ops), batch(*ops))
    assert answers[0] == answers[1]
    assert world.office.seq == 2


def test_a_push_that_overlaps_the_last_one_goes_on_behind_it(world: World) -> None:
    zhang = Author("zhang")
    first, second = zhang.op(1, DOOR), zhang.op(1, {"head": "王"})
    world.push(first)
    assert [receipt.seq for receipt in world.push(first, second)] == [1, 2]


@pytest.mark.parametrize(
    ("grant", "kind", "patch", "reason"),
    [
        (GRID, "household", {"unit": "lianhu/yg/g2", "door": "1"}, wire.REASON_SCOPE),
        (GRID, "household", {"unit": "lianhu/yg/g10", "door": "1"}, wire.REASON_SCOPE),
        (GRID, "unit", {"unit": A1, "name": "x", "level": "grid"}, wire.REASON_ROLE),
        (
            TerminalGrant(Role.SCRIPT, (A1,)),
            "whatever",
            {"unit": A1, "door": "1"},
            wire.REASON_ROLE,
        ),
        (
            TerminalGrant(Role.GRID, (A1,), revoked=True),
            "household",
            DOOR,
            wire.REASON_REVOKED,
        ),
        (GRID, "household", {"unit": A1}, wire.REASON_INVALID),
        (GRID, "household", {"unit": A1, "door": 3}, wire.REASON_INVALID),
        (GRID, "household", {"unit": "A 1", "door": "3"}, wire.REASON_INVALID),
        (GRID, "household", {"unit": None, "door": "3"}, wire.REASON_INVALID),
        (GRID, "new_kind", {"unit": 5}, wire.REASON_INVALID),
        (GRID, "new_kind", {"unit": A1, "void": ""}, wire.REASON_INVALID),
        (GRID, "household", {}, wire.REASON_INVALID),
        (GRID, "No Kind", {"unit": A1}, wire.REASON_INVALID),
        (
            GRID,
            "visit",
            {
                "unit": A1,
                "household": "0" * 32,
                "channel": "door",
                "outcome": "met",
                "at": NOW_MS,
                "day": "2022-02-30",
            },
            wire.REASON_INVALID,
        ),
    ],
)
def test_what_cannot_be_taken_is_kept_aside_with_its_reason(
    world: World,
    grant: TerminalGrant,
    kind: str,
    patch: dict[str, str | int | None],
    reason: str,
) -> None:
    (receipt,) = world.push(Author("zhang").op(1, dict(patch), kind=kind, unit=A1), grant=grant)
    assert (receipt.status, receipt.reason) == (wire.STATUS_QUARANTINED, reason)
    assert receipt.detail
    assert (receipt.seq, receipt.eff) == (0, 0)
    assert world.records == {}
    assert [kept.reason for kept in world.kept_aside] == [reason]
    assert world.office.seq == 0


def test_a_payload_that_does_not_decode_is_kept_aside(world: World) -> None:
    (receipt,) = world.push(Author("zhang").raw(b"\xff not a payload"))
    assert receipt.reason == wire.REASON_INVALID
    assert "decode" in receipt.detail


def test_a_key_that_the_office_has_revoked_is_revoked_whatever_its_session_knows(
    world: World,
) -> None:
    zhang = Author("zhang")
    world.revoked.add(zhang.key_id)
    (receipt,) = world.push(zhang.op(1, DOOR))
    assert receipt.reason == wire.REASON_REVOKED


def test_a_record_keeps_its_kind(world: World) -> None:
    world.push(Author("zhang").op(1, DOOR))
    (receipt,) = world.push(Author("li").op(1, {"name": "王"}, kind="resident"))
    assert receipt.reason == wire.REASON_KIND_CHANGED


def test_permission_is_asked_where_the_record_hangs_not_where_the_author_says(
    world: World,
) -> None:
    world.push(Author("zhang").op(1, {"unit": "lianhu/yg/g2", "door": "1"}))
    (receipt,) = world.push(Author("li").op(1, {"head": "李"}, unit=A1), grant=GRID)
    assert receipt.reason == wire.REASON_SCOPE


def test_a_record_is_moved_only_by_who_may_write_on_both_sides(world: World) -> None:
    world.push(Author("zhang").op(1, DOOR))
    away = Author("li").op(1, {"unit": "lianhu/yg/g2"})
    assert world.push(away, grant=GRID)[0].reason == wire.REASON_SCOPE
    world.push(Author("chief").op(1, {"unit": "lianhu/yg/g2"}, seen=world.stamp(1)))
    assert world.view(1).unit == "lianhu/yg/g2"
    back = Author("wang").op(1, {"unit": A1})
    assert world.push(back, grant=GRID)[0].reason == wire.REASON_SCOPE


def test_one_bad_operation_does_not_stop_those_behind_it(world: World) -> None:
    zhang = Author("zhang")
    ops = [
        zhang.op(1, {"unit": A1, "door": 3}),
        zhang.op(2, DOOR),
        zhang.raw(b""),
        zhang.op(3, DOOR),
    ]
    receipts = world.push(*ops)
    assert [receipt.seq for receipt in receipts] == [0, 1, 0, 2]
    assert world.heads[zhang.key_id, zhang.key_id].counter == 4


def test_kinds_and_fields_of_a_newer_release_are_carried(world: World) -> None:
    world.push(Author("zhang").op(1, {"unit": A1, "shape": "round"}, kind="drone"))
    world.push(Author("zhao").op(2, {**DOOR, "roof": [1, 2]}))
    world.push(Author("li").op(2, {"head": "李"}, seen=world.stamp(2)))
    assert world.view(1).fields == {"shape": "round"}
    assert world.view(2).fields == {"door": "3-2-502", "roof": [1, 2], "head": "李"}
    assert world.digests["drone", A1].count == 1


def test_a_clock_that_runs_ahead_is_brought_back_and_doubted(world: World) -> None:
    zhang = Author("zhang", hlc=hlc.stamp_at(NOW_MS + 365 * 86_400_000))
    (receipt,) = world.push(zhang.op(1, DOOR))
    assert hlc.stamp_ms(receipt.eff) == NOW_MS + hlc.DRIFT_MS
    assert world.ops[0].suspect
    (second,) = world.push(zhang.op(1, {"head": "王"}))
    assert second.eff == receipt.eff + 1
    (later,) = world.push(
        Author("li").op(1, {"head": "李"}, seen=world.stamp(1), hlc=second.eff + 1)
    )
    assert later.status == wire.STATUS_ACCEPTED
    assert world.view(1).fields["head"] == "李", "no clock can block later writers"


def test_a_terminal_whose_clock_is_known_to_be_wrong_is_doubted(world: World) -> None:
    zhang, li = Author("zhang"), Author("li")
    world.push(zhang.op(1, DOOR), offset_ms=hlc.DRIFT_MS)
    world.push(li.op(1, {"head": "李"}, hlc=1), offset_ms=-hlc.DRIFT_MS - 1)
    assert [row.suspect for row in world.ops] == [False, True]
    assert not world.view(1).suspect, "a doubt shows where there is a conflict"
    world.push(zhang.op(1, {"head": "王"}))
    assert world.view(1).suspect


def test_nobody_can_have_seen_what_is_not_there_yet(world: World) -> None:
    liar = Author("liar").op(1, DOOR, seen=hlc.MAX_STAMP)
    world.push(liar)
    (receipt,) = world.push(Author("li").op(1, {"door": "9"}))
    assert receipt.status == wire.STATUS_CONFLICT
    state = decode_state(world.records[record_id(1)].state)
    assert sorted(str(c.value) for c in candidates(state, "door")) == ["3-2-502", "9"]


def test_stamps_rise_along_a_chain_even_when_its_clock_falls(world: World) -> None:
    zhang = Author("zhang")
    ops = [zhang.op(1, DOOR), zhang.op(1, {"head": "王"}, hlc=5), zhang.op(1, {"people": 2}, hlc=1)]
    effs = [receipt.eff for receipt in world.push(*ops)]
    assert effs == sorted(set(effs))


def test_an_unknown_predecessor_takes_nothing_of_its_batch(world: World) -> None:
    zhang = Author("zhang")
    zhang.op(1, DOOR)
    lost = [zhang.op(2, DOOR), zhang.op(3, DOOR)]
    good = Author("li").op(4, DOOR)
    answers = world.submit(batch(*lost), batch(good))
    assert isinstance(answers[0], UnknownPredecessor)
    assert answers[0].counter == 2
    assert isinstance(answers[1], list), "the other batch of the group goes through"
    assert world.office.seq == 1


def test_a_payload_field_too_many_is_told_not_lost(world: World) -> None:
    patch = {f"f{number}": number for number in range(101)}
    raw = encode_payload(Payload(record_id(1), "household", A1, dict(patch), 0, "zhang"))
    (receipt,) = world.push(Author("zhang").raw(raw))
    assert receipt.detail == "101 fields, at most 100"


def test_a_check_counts_on_its_day(world: World) -> None:
    patch: Patch = {"unit": A1, "code": "green", "decision": "passed", "at": NOW_MS, "day": DAY}
    world.push(Author("zhang").op(1, patch, kind="check"), grant=GRID)
    assert world.cell(OFFICE, DAY)["checks.total"] == 1
    assert world.cell(A1, DAY)["checks.code.green"] == 1
