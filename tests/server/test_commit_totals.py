"""Roll-ups, distinct members, moves and digests: each the difference that a change makes."""

from __future__ import annotations

from armband.server.commit.effects import Effects
from armband.shared.ops import join_digests, set_digest
from armband.shared.policy import Policy
from support.commit_world import DAY, NOW_MS, OFFICE, Author, World, batch, record_id

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"


def visit(unit: str, household: int = 9) -> dict[str, str | int]:
    return {
        "unit": unit,
        "household": record_id(household).hex(),
        "channel": "door",
        "outcome": "met",
        "at": NOW_MS,
        "day": DAY,
    }


def test_a_record_counts_at_every_level_above_it() -> None:
    world = World()
    world.push(Author("zhang").op(1, {"unit": G1, "door": "1", "people": 3}))
    for unit in (OFFICE, "lianhu/yg", G1):
        assert world.cell(unit) == {
            "households.people": 3,
            "households.total": 1,
            "households.without_liaison": 1,
        }
    assert world.cell(G2) == {}


def test_a_change_counts_its_difference() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, {"unit": G1, "door": "1", "people": 3}))
    world.push(zhang.op(1, {"people": 5}))
    assert world.cell(OFFICE)["households.people"] == 5
    assert world.cell(OFFICE)["households.total"] == 1


def test_a_move_takes_its_counts_along_and_is_noted() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, {"unit": G1, "door": "1"}))
    world.push(zhang.op(1, {"unit": G2}))
    assert world.cell(G1) == {}
    assert world.cell(G2)["households.total"] == 1
    assert world.cell(OFFICE)["households.total"] == 1
    (move,) = world.moves
    assert (move.seq, move.record, move.old_unit) == (2, record_id(1), G1)
    assert world.changes is not None
    (row,) = world.changes.records
    assert (row.unit, row.old_unit) == (G2, G1)


def test_a_move_there_and_back_within_one_group_is_noted_but_changes_no_cell() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, {"unit": G1, "door": "1"}))
    world.push(zhang.op(1, {"unit": G2}), zhang.op(1, {"unit": G1}))
    assert [move.old_unit for move in world.moves] == [G1, G2]
    assert world.changes is not None
    assert world.changes.cells == {}
    assert [(row.unit, row.old_unit) for row in world.changes.records] == [(G1, G1)]


def test_voiding_takes_a_record_out_of_the_figures_but_not_out_of_the_feed() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, visit(G1), kind="visit"))
    world.push(zhang.op(1, {"void": "wrong door"}, kind="visit"))
    assert world.cell(OFFICE, DAY) == {}
    assert world.members == {}
    assert world.digests["visit", G1].count == 1


def test_a_household_is_counted_once_wherever_and_however_often_it_is_visited() -> None:
    world = World()
    for number, unit in enumerate((G1, G1, G2), 1):
        world.push(Author(f"author {number}").op(number, visit(unit), kind="visit"))
    counts = {unit: world.cell(unit, DAY)["visits.households"] for unit in (OFFICE, G1, G2)}
    assert counts == {OFFICE: 1, G1: 1, G2: 1}
    assert world.cell(OFFICE, DAY)["visits.total"] == 3
    (places,) = world.members.values()
    assert places == {G1: 2, G2: 1}


def test_a_member_stays_counted_until_its_last_record_goes() -> None:
    world, zhang = World(), Author("zhang")
    world.push(zhang.op(1, visit(G1), kind="visit"), zhang.op(2, visit(G1), kind="visit"))
    world.push(zhang.op(1, {"void": "twice"}, kind="visit"))
    assert world.cell(OFFICE, DAY)["visits.households"] == 1
    world.push(zhang.op(2, {"void": "not there"}, kind="visit"))
    assert world.cell(OFFICE, DAY) == {}
    assert world.members == {}


def test_several_changes_of_one_record_in_one_group_count_once() -> None:
    world = World()
    zhang, li = Author("zhang"), Author("li")
    world.submit(
        batch(zhang.op(1, {"unit": G1, "door": "1", "people": 2}), zhang.op(1, {"people": 3})),
        batch(li.op(1, {"people": 4}, hlc=zhang.hlc + 9)),
    )
    assert world.cell(OFFICE)["households.people"] == 4
    assert world.changes is not None
    (row,) = world.changes.records
    assert row.seq == 3, "fed once, at its newest change"


def test_digests_are_those_of_the_records_that_hang_there() -> None:
    world, zhang = World(), Author("zhang")
    world.push(*(zhang.op(number, {"unit": G1, "door": "1"}) for number in (1, 2, 3)))
    world.push(zhang.op(2, {"unit": G2}), zhang.op(3, {"head": "王"}))
    expected: dict[tuple[str, str], bytes] = {}
    for record, row in world.records.items():
        key = (row.kind, row.unit)
        alone = set_digest([(record, row.seq)])
        expected[key] = join_digests(expected.get(key, bytes(16)), alone)
    assert {key: digest.digest for key, digest in world.digests.items()} == expected
    assert world.digests["household", G1].count == 2


def test_the_cells_of_a_member_are_asked_for_even_if_it_is_all_that_changes() -> None:
    effects = Effects(Policy())
    effects.change.members[DAY, "visits.households", "someone"] = {G1: 1}
    assert effects.request().cells == ((DAY, OFFICE), (DAY, "lianhu/yg"), (DAY, G1))
