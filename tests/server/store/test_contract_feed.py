"""What every adapter feeds: all that is readable, once, in order of seq, and what went away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from armband.server.model import FeedPage
from armband.server.store.port import Store
from armband.server.store.readable import outermost, readable_ranges
from armband.shared import limits
from armband.shared.fields import Patch
from armband.shared.ids import NO_ID
from armband.shared.merge import decode_state
from armband.shared.ops import Op, join_digests, set_digest
from armband.shared.permissions import Role
from support.commit_store import push
from support.commit_world import DAY, NOW_MS, OFFICE, Author, record_id

G1, G2, G10 = "lianhu/yg/g1", "lianhu/yg/g2", "lianhu/yg/g10"
BOTH_WAYS = pytest.mark.parametrize("few_changes", [0, 5000], ids=["by scope", "by seq"])


@pytest.fixture
def few_changes() -> int:
    return 5000


@pytest.fixture(autouse=True)
def way(few_changes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armband.server.store.sqlite_feed.FEW_CHANGES", few_changes)


async def feed(
    store: Store, scope: Sequence[str], cursor: int = 0, role: Role = Role.GRID
) -> list[FeedPage]:
    pages = [await store.feed_page(cursor, role, scope)]
    while not pages[-1].is_last:
        pages.append(await store.feed_page(pages[-1].to_seq, role, scope))
    return pages


def records(pages: Sequence[FeedPage]) -> list[int]:
    rows = [row for page in pages for row in page.rows]
    assert [row.seq for row in rows] == sorted({row.seq for row in rows})
    return [int.from_bytes(decode_state(row.state).id, "big") for row in rows]


def household(author: Author, number: int, unit: str) -> Op:
    return author.op(number, {"unit": unit, "door": "1"})


@BOTH_WAYS
async def test_a_feed_is_what_the_scope_holds_and_the_names_of_all_units(store: Store) -> None:
    zhang = Author("zhang")
    unit = {"unit": G2, "name": "第2网格", "level": "grid"}
    await push(
        store,
        household(zhang, 1, G1),
        household(zhang, 2, G2),
        household(zhang, 3, "lianhu/yg/g1/m1"),
        household(zhang, 4, G10),
        zhang.op(5, {**unit}, kind="unit"),
        zhang.op(6, {"unit": G1, "shape": "round"}, kind="drone"),
    )
    (page,) = await feed(store, [G1])
    assert records([page]) == [1, 3, 5, 6]
    assert (page.to_seq, page.hist) == (6, (await store.office()).hist)
    assert records(await feed(store, ["lianhu"])) == [1, 2, 3, 4, 5, 6]
    assert records(await feed(store, [G1, "lianhu/yg", G1])) == [1, 2, 3, 4, 5, 6]
    assert records(await feed(store, [])) == [5]


@BOTH_WAYS
async def test_a_role_reads_its_kinds(store: Store) -> None:
    zhang = Author("zhang")
    visit: Patch = {
        "unit": G1,
        "household": record_id(1).hex(),
        "channel": "door",
        "outcome": "met",
        "at": NOW_MS,
        "day": DAY,
    }
    await push(store, household(zhang, 1, G1), zhang.op(2, {**visit}, kind="visit"))
    assert records(await feed(store, [G1], role=Role.CHECKPOINT)) == [1]
    assert records(await feed(store, [G1], role=Role.GRID)) == [1, 2]
    assert records(await feed(store, [G1], role=Role.SCRIPT)) == []


@BOTH_WAYS
async def test_what_is_said_to_a_unit_is_read_in_all_units_below_it(store: Store) -> None:
    zhang = Author("zhang")
    said: Patch = {"title": "x", "text": "x", "from_day": DAY}
    for number, unit in enumerate(["lianhu", "lianhu/yg", G1, "lianhu/yg/g1/m1", G2], 1):
        await push(store, zhang.op(number, {**said, "unit": unit}, kind="policy_text"))
    (page,) = await feed(store, [G1])
    assert records([page]) == [1, 2, 3, 4]
    digest = set_digest([(decode_state(row.state).id, row.seq) for row in page.rows])
    assert page.digest is not None
    assert (page.digest.digest, page.digest.count) == (digest, 4)
    assert records(await feed(store, [G1, G2])) == [1, 2, 3, 4, 5]
    assert records(await feed(store, [G1], role=Role.SCRIPT)) == []


@BOTH_WAYS
async def test_a_record_comes_once_at_its_newest_change(store: Store) -> None:
    zhang = Author("zhang")
    await push(store, household(zhang, 1, G1), household(zhang, 2, G1))
    await push(store, zhang.op(1, {"people": 2}))
    (page,) = await feed(store, [G1])
    assert [row.seq for row in page.rows] == [2, 3]
    assert records(await feed(store, [G1], cursor=2)) == [1]
    (last,) = await feed(store, [G1], cursor=3)
    assert (last.rows, last.left, last.to_seq) == ([], [], 3)


@BOTH_WAYS
async def test_a_record_that_nobody_has_made_yet_is_fed_to_nobody(store: Store) -> None:
    await push(store, Author("zhang").op(1, {"name": "第1网格"}, kind="unit"))
    await push(store, Author("zhang2").op(2, {"head": "王"}))
    (page,) = await feed(store, [OFFICE])
    assert page.rows == []
    assert page.digest is not None
    assert page.digest.count == 0


@BOTH_WAYS
async def test_pages_end_by_rows_and_go_on_where_they_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FEED_PAGE_ROWS", 3)
    zhang = Author("zhang")
    units = [G1, G2, G1, G1, G1, G2, G1, G1]
    await push(store, *(household(zhang, n, unit) for n, unit in enumerate(units, 1)))
    pages = await feed(store, [G1])
    assert [len(page.rows) for page in pages] == [3, 3]
    assert [page.to_seq for page in pages] == [4, 8]
    assert pages[0].hist == await store.hist_at(4)
    assert records(pages) == [1, 3, 4, 5, 7, 8]


@BOTH_WAYS
async def test_pages_are_by_seq_wherever_their_records_hang(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FEED_PAGE_ROWS", 2)
    zhang = Author("zhang")
    units = [G2, G1, G2, "lianhu/yg/g1/m1", G1, G1, G1, G1, G2]
    await push(store, *(household(zhang, n, unit) for n, unit in enumerate(units, 1)))
    await push(store, *(zhang.op(n, {"unit": "lianhu/hy"}) for n in (8, 9)))
    pages = await feed(store, [G1, G2], cursor=1)
    assert records(pages) == [2, 3, 4, 5, 6, 7]
    assert [page.left for page in pages] == [[], [], [record_id(8), record_id(9)]]


@BOTH_WAYS
async def test_pages_end_by_bytes_and_a_large_record_travels_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FEED_PAGE_BYTES", 400)
    zhang = Author("zhang")
    notes = {2: {"note": "x" * 2000}}
    await push(
        store,
        *(zhang.op(n, {"unit": G1, "door": "1", **notes.get(n, {})}) for n in range(1, 5)),
    )
    pages = await feed(store, [G1])
    assert [len(page.rows) for page in pages] == [1, 1, 2]
    assert records(pages) == [1, 2, 3, 4]


@BOTH_WAYS
async def test_what_moves_out_of_the_scope_is_named_once(store: Store) -> None:
    zhang = Author("zhang")
    await push(store, *(household(zhang, n, G1) for n in (1, 2, 3)))
    seq = (await store.office()).seq
    await push(store, zhang.op(1, {"unit": G2}), zhang.op(2, {"unit": G2}))
    await push(store, zhang.op(1, {"unit": "lianhu/yg/g3"}), zhang.op(2, {"unit": G1}))
    (page,) = await feed(store, [G1], cursor=seq)
    assert page.left == [record_id(1)]
    assert records([page]) == [2]
    (there,) = await feed(store, [G2], cursor=seq)
    assert there.left == [record_id(1), record_id(2)], "it passed through there"
    (all_,) = await feed(store, [OFFICE], cursor=seq)
    assert all_.left == []


@BOTH_WAYS
async def test_many_that_move_away_come_in_pages_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FEED_PAGE_ROWS", 2)
    zhang = Author("zhang")
    await push(store, *(household(zhang, n, G1) for n in range(1, 6)))
    await push(
        store,
        *(zhang.op(n, {"unit": G2}) for n in range(1, 6)),
        household(zhang, 9, G1),
    )
    pages = await feed(store, [G1], cursor=5)
    left = [record for page in pages for record in page.left]
    assert left == [record_id(n) for n in range(1, 6)]
    assert max(len(page.left) for page in pages) == 2
    assert records(pages) == [9]


@pytest.mark.parametrize("scope", [[G1], [G1, G2], ["lianhu/yg"], [OFFICE], []])
async def test_the_digest_is_that_of_the_fed_rows(store: Store, scope: list[str]) -> None:
    zhang = Author("zhang")
    await push(store, *(household(zhang, n, u) for n, u in enumerate((G1, G2, G10, OFFICE), 1)))
    await push(store, zhang.op(2, {"people": 2}), zhang.op(5, {"unit": G1, "x": 1}, kind="drone"))
    pages = await feed(store, scope)
    rows = [(decode_state(row.state).id, row.seq) for page in pages for row in page.rows]
    digest = NO_ID
    for row in rows:
        digest = join_digests(digest, set_digest([row]))
    last = pages[-1].digest
    assert last == await store.digest(Role.GRID, scope)
    assert last is not None
    assert (last.digest, last.count, last.seq) == (digest, len(rows), 6)


def test_ranges_hold_nothing_twice() -> None:
    assert outermost(["a/b", "a", "a-b", "a/b/c"]) == ("a", "a-b")
    ranges = readable_ranges(Role.GRID, ["a/b", "a/b/c"], ["household", "unit"])
    assert [(r.kind, r.low, r.high) for r in ranges] == [
        ("household", "a/b", "a/b"),
        ("household", "a/b/", "a/b/~"),
        ("unit", "-", "~"),
    ]
