"""What every adapter of the storage port does: the write path, chains, histories, ledgers."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armband.server.audit import audit
from armband.server.commit.decide import Decision, needs
from armband.server.commit.model import Upsert
from armband.server.commit.rows import Loaded
from armband.server.errors import StoreExists, StoreMissing
from armband.server.model import Head
from armband.server.store.database import Database
from armband.server.store.port import CellQuery, Store
from armband.server.store.sqlite import SqliteStore
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ops import CHAIN_START, decode_payload
from support.commit_store import GRID_1, all_of, all_of_world, push, submit
from support.commit_world import (
    DAY,
    NOW_MS,
    OFFICE,
    OFFICE_KEY,
    Author,
    World,
    batch,
    office_row,
    record_id,
)
from support.schedules import Step, delivered, in_groups, schedules

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"
DOOR = {"unit": G1, "door": "3-2-502"}


async def test_an_office_is_entered_once(store: Store) -> None:
    assert await store.office() == office_row()
    with pytest.raises(StoreExists):
        await store.create(office_row())


async def test_an_office_that_is_not_there_is_missing(database: Database) -> None:
    with pytest.raises(StoreMissing):
        await SqliteStore(database, "elsewhere").office()


async def test_what_was_committed_is_loaded_again(store: Store) -> None:
    zhang = Author("zhang")
    first, bad = zhang.op(1, DOOR), zhang.op(1, {"people": "many"})
    receipts = await push(store, first, bad)
    assert await push(store, first, bad) == receipts
    (third,) = await push(store, zhang.op(1, {"people": 2}))
    assert (third.seq, third.status) == (2, wire.STATUS_ACCEPTED)
    office = await store.office()
    assert office.seq == 2
    assert office.top == third.eff
    (kept,) = await store.quarantine(10)
    assert (kept.id, kept.reason, kept.counter) == (bad.id, wire.REASON_INVALID, 2)
    assert kept.payload == bad.wire.payload


async def test_nonces_of_64_bits_are_kept(store: Store) -> None:
    draft = Draft("household", record_id(1), G1, {"door": "1"})
    upsert = Upsert((draft,), "office", ((1 << 64) - 1,))
    assert await submit(store, upsert) == [["new"]]
    assert (await store.inspect(audit)).differences == []


async def test_a_decision_that_fails_leaves_nothing(store: Store) -> None:
    def broken(_loaded: Loaded) -> Decision:
        raise ZeroDivisionError

    op = Author("zhang").op(1, DOOR)
    with pytest.raises(ZeroDivisionError):
        await store.commit(needs([batch(op)], OFFICE_KEY), broken, {})
    assert (await store.office()).seq == 0
    assert len(await push(store, op)) == 1


async def test_a_rehearsal_decides_and_keeps_nothing(store: Store) -> None:
    submissions = [batch(Author("zhang").op(1, DOOR))]
    decision = await store.rehearse(
        needs(submissions, OFFICE_KEY), lambda loaded: Decision(loaded, submissions, NOW_MS)
    )
    assert len(decision.answers) == 1
    assert (await store.office()).seq == 0


@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(schedule=schedules, cuts=st.lists(st.integers(0, 2), min_size=1, max_size=9))
async def test_random_schedules_leave_the_bytes_of_an_office_in_dicts(
    database: Database, schedule: list[Step], cuts: list[int]
) -> None:
    code = f"{OFFICE}-{await _offices(database)}"
    store = SqliteStore(database, code)
    await store.create(dataclasses.replace(office_row(), code=code))
    world = World()
    for group in in_groups(delivered(schedule), cuts):
        assert await submit(store, *group) == world.submit(*group)
    assert await store.inspect(all_of) == all_of_world(world)
    assert (await store.inspect(audit)).differences == []


async def _offices(database: Database) -> int:
    count: int = await database.read(
        lambda conn: conn.execute("SELECT count(*) FROM offices").fetchone()[0]
    )
    return count


async def test_two_offices_in_one_store_do_not_meet(database: Database, store: Store) -> None:
    row = dataclasses.replace(office_row(), code="other", name="Other")
    other = SqliteStore(database, "other")
    await other.create(row)
    op = Author("zhang").op(1, DOOR)
    await push(store, op)
    assert (await other.office()).seq == 0
    assert await other.history(record_id(1)) is None
    assert await other.head_of(op.key_id) == Head()
    assert (await push(other, op))[0].seq == 1


async def test_the_epoch_is_replaced_once(store: Store) -> None:
    old, new = b"e" * 16, b"n" * 16
    assert await store.replace_epoch(old, new) == new
    assert await store.replace_epoch(old, b"x" * 16) == new
    assert (await store.office()).epoch == new


async def test_the_history_is_known_up_to_the_head(store: Store) -> None:
    await push(store, Author("zhang").op(1, DOOR))
    office = await store.office()
    assert await store.hist_at(0) == CHAIN_START
    assert await store.hist_at(1) == office.hist
    assert await store.hist_at(2) is None


async def test_the_head_of_a_chain_is_its_main_branchs(store: Store) -> None:
    zhang = Author("zhang")
    assert await store.head_of(zhang.key_id) == Head()
    await push(store, zhang.op(1, DOOR))
    clone = zhang.clone()
    await push(store, zhang.op(1, {"people": 2}))
    await push(store, clone.op(1, {"people": 3}), clone.op(1, {"people": 4}))
    head = await store.head_of(zhang.key_id)
    assert (head.op, head.counter) == (zhang.prev, 2)
    assert await store.forks() == {zhang.key_id: 1}


async def test_the_head_of_a_chain_without_a_beginning_is_its_longest_branchs(
    store: Store,
) -> None:
    zhang = Author("zhang")
    zhang.op(1, DOOR)
    await submit(store, batch(zhang.op(2, DOOR), zhang.op(3, DOOR), repushing=True))
    assert (await store.head_of(zhang.key_id)).counter == 3


async def test_a_history_has_every_operation_in_order(store: Store) -> None:
    zhang = Author("zhang")
    await push(store, zhang.op(1, DOOR), zhang.op(2, DOOR), zhang.op(1, {"people": 2}))
    found = await store.history(record_id(1))
    assert found is not None
    assert (found.kind, found.unit) == ("household", G1)
    assert [row.seq for row in found.rows] == [1, 3]
    assert decode_payload(found.rows[1].payload).patch == {"people": 2}
    assert await store.history(record_id(9)) is None


async def test_a_long_history_shows_its_newest_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.shared.limits.MAX_HISTORY_ROWS", 2)
    zhang = Author("zhang")
    await push(store, zhang.op(1, DOOR), *(zhang.op(1, {"people": n}) for n in (1, 2)))
    found = await store.history(record_id(1))
    assert found is not None
    assert [row.seq for row in found.rows] == [2, 3]


async def test_a_ledger_comes_in_pages_by_unit_and_id(store: Store) -> None:
    zhang = Author("zhang")
    await push(
        store,
        *(zhang.op(n, {"unit": unit, "door": "1"}) for n, unit in enumerate((G2, G1, G1, G2), 1)),
        zhang.op(7, {"unit": "lianhu/yg/g1-east", "door": "1"}),
        zhang.op(8, {"unit": G1, "name": "王"}, kind="resident"),
        zhang.op(9, {"people": 2}),
    )
    seen: list[bytes] = []
    after = None
    while True:
        page = await store.records_page("household", "lianhu/yg", after, 2)
        seen += [view.id for view in page.views]
        after = page.after
        if after is None:
            break
    assert seen == [record_id(n) for n in (2, 3, 7, 1, 4)]
    only = await store.records_page("household", G1, None, 9)
    assert [view.id for view in only.views] == [record_id(2), record_id(3)]


async def test_cells_come_by_depth_and_day(store: Store) -> None:
    zhang = Author("zhang")
    check: Patch = {"code": "green", "decision": "passed", "at": NOW_MS}
    await push(
        store,
        zhang.op(1, {"unit": G1, **check, "day": DAY}, kind="check"),
        zhang.op(2, {"unit": G2, **check, "day": "2022-06-11"}, kind="check"),
        zhang.op(3, {"unit": G2, "door": "1"}),
    )
    _seq, one = await store.cells(CellQuery(OFFICE, 0, DAY, DAY))
    assert sorted(one) == [("", OFFICE), (DAY, OFFICE)]
    _seq, two = await store.cells(CellQuery("lianhu/yg", 1, "2022-06-11", DAY))
    assert sorted(two) == [
        ("", "lianhu/yg"),
        ("", G2),
        ("2022-06-11", "lianhu/yg"),
        ("2022-06-11", G2),
        (DAY, "lianhu/yg"),
        (DAY, G1),
    ]
    seq, also = await store.cells(CellQuery(OFFICE, 0, DAY, DAY, frozenset({G1, G2})))
    assert seq == 3
    assert also[DAY, G1]["checks.total"] == 1
    assert ("2022-06-11", G2) not in also


async def test_a_probe_writes_and_changes_nothing(store: Store) -> None:
    await store.probe()
    assert await store.office() == office_row()


async def test_what_is_out_of_scope_is_kept_aside_in_the_store_too(store: Store) -> None:
    (receipt,) = await push(store, Author("li").op(1, {"unit": G2, "door": "1"}), grant=GRID_1)
    assert receipt.reason == wire.REASON_SCOPE
    (again,) = await push(store, Author("li").op(1, {"unit": G2, "door": "1"}), grant=GRID_1)
    assert again == receipt
