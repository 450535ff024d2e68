"""Random schedules: how operations are split does not matter, and an oracle agrees with the office.

The oracle shares nothing with merge but the rule: a write to a field stands unless somebody who
knew it wrote that field; the highest stamp wins, ties by id.
"""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from armband.server.commit.rows import Stamped
from armband.shared.fields import Value
from armband.shared.ids import NO_ID
from armband.shared.kinds import View
from armband.shared.merge import decode_state, view
from armband.shared.ops import join_digests, set_digest
from armband.shared.policy import Policy
from armband.shared.rollup import recount
from support.commit_world import NOW_MS, World
from support.examples import examples
from support.schedules import Step, delivered, in_groups, schedules

cuts = st.lists(st.integers(0, 2), min_size=1, max_size=12)
NEWER_FIRST = [  # one batch [newer, older] and two batches must leave the same
    Step(0, 1, 0, True, False, 0, False, False),
    Step(0, 1, 3, True, False, 1000, False, False),
    Step(2, 1, 4, False, False, -5000, False, False),
]


@settings(deadline=None, max_examples=examples(60))
@given(schedule=schedules, cuts=cuts)
@example(schedule=NEWER_FIRST, cuts=[0])
def test_batches_and_groups_do_not_matter(schedule: list[Step], cuts: list[int]) -> None:
    arrived = delivered(schedule)
    singly, together = World(), World()
    expected = [receipt for op, grant in arrived for receipt in singly.push(op, grant=grant)]
    receipts: list[object] = []
    for group in in_groups(arrived, cuts):
        for answer in together.submit(*group):
            assert isinstance(answer, list)
            receipts += answer
    assert receipts == expected
    assert everything(together) == everything(singly)


def everything(world: World) -> dict[str, object]:
    """All that is stored, but for emptied cells, which a larger group never fills."""
    return {
        "office": world.office,
        "ops": world.ops,
        "kept aside": world.kept_aside,
        "heads": world.heads,
        "forks": world.forks,
        "moves": world.moves,
        "records": {
            r: (row.seq, row.kind, row.unit, row.state) for r, row in world.records.items()
        },
        "cells": {key: cell for key, cell in world.cells.items() if cell},
        "members": world.members,
        "digests": world.digests,
    }


@settings(deadline=None, max_examples=examples(60))
@given(schedule=schedules, cuts=cuts)
def test_the_oracle_agrees(schedule: list[Step], cuts: list[int]) -> None:
    world = World()
    for group in in_groups(delivered(schedule), cuts):
        world.submit(*group)
    by_record: dict[bytes, list[Stamped]] = {}
    for row in world.ops:
        assert row.op.body is not None
        by_record.setdefault(row.op.body.record, []).append(row)
    assert by_record.keys() == world.records.keys()
    views: list[View] = []
    for record, rows in by_record.items():
        found = view(decode_state(world.records[record].state))
        values, disputed = standing(rows)
        assert {**found.fields, **_reserved(found)} == values
        assert list(found.conflicts) == disputed
        views.append(found)
    cells, members = recount(views, Policy())
    assert {key: cell for key, cell in world.cells.items() if cell} == cells
    assert world.members == members
    assert {k: d.digest for k, d in world.digests.items()} == digests(world)


def _reserved(found: View) -> dict[str, Value]:
    named: dict[str, Value] = {"unit": found.unit, "void": found.void}
    return {name: value for name, value in named.items() if value}


def standing(rows: list[Stamped]) -> tuple[dict[str, Value], list[str]]:
    """Winning values and disputed fields, from what each author knew when they wrote."""
    version = 0
    landed: list[int] = []
    saw: list[set[int]] = []
    for number, row in enumerate(rows):
        assert row.op.body is not None
        seen = row.op.body.seen
        saw.append({earlier for earlier in range(number) if landed[earlier] <= seen})
        for earlier in range(number):
            same_branch = rows[earlier].branch == row.branch
            if same_branch and rows[earlier].op.counter < row.op.counter:
                saw[number].add(earlier)
        version = max(row.eff, version + 1)
        landed.append(version)
    values: dict[str, Value] = {}
    disputed: list[str] = []
    names = {name for row in rows if row.op.body is not None for name in row.op.body.patch}
    for name in sorted(names):
        writers = [n for n, row in enumerate(rows) if row.op.body and name in row.op.body.patch]
        alive = [n for n in writers if not any(n in saw[later] for later in writers)]
        alive.sort(key=lambda n: (rows[n].eff, rows[n].op.id))
        found = [body.patch[name] for n in alive if (body := rows[n].op.body) is not None]
        values[name] = found[-1]
        if any(value != found[-1] for value in found):
            disputed.append(name)
    return values, disputed


def digests(world: World) -> dict[tuple[str, str], bytes]:
    """The set digests from the records alone."""
    found: dict[tuple[str, str], bytes] = {}
    for record, row in world.records.items():
        if row.unit:
            key = (row.kind, row.unit)
            found[key] = join_digests(found.get(key, NO_ID), set_digest([(record, row.seq)]))
    return found


@settings(deadline=None, max_examples=examples(40))
@given(schedule=schedules)
def test_stamps_and_seqs_rise_along_every_chain(schedule: list[Step]) -> None:
    world = World()
    for op, grant in delivered(schedule):
        world.push(op, grant=grant)
    by_id = {row.op.id: row for row in world.ops}
    limit = (NOW_MS + 5 * 60_000) << 16
    for row in world.ops:
        prev = by_id.get(row.op.prev)
        if prev is not None:
            assert prev.eff < row.eff
            assert prev.seq < row.seq
        assert row.eff <= limit + len(world.ops), "no stamp runs ahead by more than the ties"
