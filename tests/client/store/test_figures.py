"""Figures: the office's as they were said, and what is counted here beside them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.client.model import LedgerQuery
from armband.client.store.figures import WATCHES_KEPT
from armband.client.sync_port import RollupPart
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.merge import view
from armband.shared.policy import Policy
from armband.shared.rollup import added, recount
from support.examples import examples
from support.local import GRID, KEY_ID, Local, identity, local_terminal
from support.mini_office import MiniOffice

AREA = "lianhu/yangguang/a1"
DAY = "2022-03-24"
CHECK: Patch = {"code": "green", "decision": "passed"}
SUB = wire.Subscribe(1, AREA, 1)


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


def part(
    seq: int, rows: list[wire.CellRow], *, reset: bool = False, missing: list[str] | None = None
) -> RollupPart:
    units = [wire.UnitName(AREA, "第1片区", "area"), wire.UnitName(GRID, "第3网格", "grid")]
    coverage = wire.CoverageRow(1 - len(missing or []), 1, missing or [])
    body = wire.RollupBody(DAY, rows, units, coverage)
    frame = wire.RollupFrame(1, seq, seq * 1000, reset, False, b"")
    return RollupPart(frame, body)


def cell(unit: str, day: str = DAY, **metrics: int) -> wire.CellRow:
    return wire.CellRow(day, unit, {name.replace("_", "."): n for name, n in metrics.items()})


async def test_figures_are_kept_as_said(local: Local) -> None:
    assert await local.terminal.rollup(AREA, DAY, 1) is None
    first = [cell(AREA, checks_total=5), cell(GRID, checks_total=5), cell(AREA, "", homes=9)]
    await local.terminal.replica.apply_rollup(SUB, [part(7, first, reset=True, missing=[GRID])])
    report = await local.terminal.rollup(AREA, DAY, 1)
    assert report is not None
    assert (report.as_of.seq, report.as_of.at) == (7, 7000)
    assert (report.coverage.reported, report.coverage.missing) == (0, [GRID])
    assert [(row.unit, row.name, row.metrics) for row in report.rows] == [
        (AREA, "第1片区", {"checks.total": 5, "homes": 9}),
        (GRID, "第3网格", {"checks.total": 5}),
    ]


async def test_a_patch_replaces_cells_and_a_reset_forgets(local: Local) -> None:
    replica = local.terminal.replica
    await replica.apply_rollup(SUB, [part(7, [cell(AREA, checks_total=5), cell(GRID, a=1)])])
    await replica.apply_rollup(SUB, [part(8, [cell(AREA, checks_fever=1), cell(GRID)])])
    report = await local.terminal.rollup(AREA, DAY, 1)
    assert report is not None
    assert [row.metrics for row in report.rows] == [{"checks.fever": 1}, {}]
    await replica.apply_rollup(SUB, [part(9, [cell(GRID, a=2)], reset=True)])
    report = await local.terminal.rollup(AREA, DAY, 1)
    assert report is not None
    assert [row.metrics for row in report.rows] == [{}, {"a": 2}]


async def test_a_part_of_what_is_watched_is_answered_too(local: Local) -> None:
    rows = [cell(AREA, activity_records=5), cell(GRID, activity_records=5)]
    await local.terminal.replica.apply_rollup(SUB, [part(7, rows)])
    report = await local.terminal.rollup(GRID, DAY, 0)
    assert report is not None
    assert [row.unit for row in report.rows] == [GRID]
    assert (report.coverage.reported, report.coverage.expected) == (1, 1)
    assert await local.terminal.rollup(AREA, DAY, 2) is None
    assert await local.terminal.rollup(AREA, "2022-03-23", 1) is None
    assert await local.terminal.rollup("lianhu", DAY, 0) is None


async def test_figures_survive_and_old_ones_go(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        for seq in range(1, WATCHES_KEPT + 10):
            sub = wire.Subscribe(1, AREA, 0, f"2022-01-{seq:02}", f"2022-01-{seq:02}")
            await local.terminal.replica.apply_rollup(sub, [part(seq, [cell(AREA, a=seq)])])
    async with local_terminal(tmp_path) as local:
        kept = await local.store._db.read(
            lambda conn: conn.execute(
                "SELECT count(*), count(DISTINCT watch) FROM cells"
            ).fetchone()
        )
        assert kept == (WATCHES_KEPT, WATCHES_KEPT)
        assert (await local.terminal.units())[GRID].name == "第3网格"


# -- counted here -----------------------------------------------------------------------------


async def exchange(local: Local, office: MiniOffice) -> None:
    batch = await local.store.waiting(0, 500, 1 << 20)
    if batch is not None:
        receipts = office.take(batch, KEY_ID)
        await local.terminal.replica.apply_receipts(receipts, 0)
    point = await local.store.sync_point()
    frame, rows = office.feed(point.cursor)
    await local.terminal.replica.apply_feed(frame, rows, 0)


async def test_unsent_work_counts_at_every_level_until_the_office_holds_it(local: Local) -> None:
    office = MiniOffice(local.clock.now_ms)
    drafts = [Draft("check", bytes([n]) * 16, GRID, CHECK) for n in range(1, 4)]
    await local.terminal.record(drafts)
    for unit in (GRID, AREA, "lianhu"):
        counted = await local.terminal.counted_here(unit, DAY)
        assert (counted["checks.total"], counted["checks.persons"]) == (3, 3)
    assert await local.terminal.counted_here("lianhu/other", DAY) == {}
    assert await local.terminal.counted_here(GRID, "2022-03-23") == {}
    await exchange(local, office)
    assert await local.terminal.counted_here(GRID, DAY) == {}


async def test_a_change_counts_the_difference(local: Local) -> None:
    office = MiniOffice(local.clock.now_ms)
    await local.terminal.record([Draft("check", b"c" * 16, GRID, CHECK)])
    await exchange(local, office)
    await local.terminal.change(b"c" * 16, {"decision": "turned_back"})
    counted = await local.terminal.counted_here(GRID, DAY)
    assert counted == {"checks.passed": -1, "checks.turned_back": 1}
    await local.terminal.void(b"c" * 16, "错")
    counted = await local.terminal.counted_here(GRID, DAY)
    assert counted["checks.total"] == -1
    assert counted["checks.persons"] == -1


@pytest.mark.parametrize(
    "who", [{"resident": (b"w" * 16).hex()}, {"stranger_phone": "13800001111"}]
)
async def test_a_person_whom_the_office_counts_is_not_counted_again(
    local: Local, who: Patch
) -> None:
    office = MiniOffice(local.clock.now_ms)
    await local.terminal.record([Draft("check", b"c" * 16, GRID, {**CHECK, **who})])
    await exchange(local, office)
    await local.terminal.record([Draft("check", b"d" * 16, GRID, {**CHECK, **who})])
    counted = await local.terminal.counted_here(GRID, DAY)
    assert counted["checks.total"] == 1
    assert "checks.persons" not in counted
    other = Draft("check", b"e" * 16, "lianhu/yangguang/a1/g4", {**CHECK, **who})
    await local.terminal.record([other])
    assert (await local.terminal.counted_here("lianhu/yangguang/a1/g4", DAY))["checks.persons"] == 1
    assert "checks.persons" not in await local.terminal.counted_here(AREA, DAY)


DOOR = (b"h" * 16).hex()
YANGGUANG = "lianhu/yangguang"
STAFF: Patch = {"name": "李梅英", "posts": ["feeling_officer"]}
RETURNEE: Patch = {"name": "张三", "arrived": DAY, "source": "issued", "risk": "high"}
CALLED: Patch = {"channel": "online", "result": "normal", "phone": "13800001111"}
SAMPLE: Patch = {"round_day": DAY, "status": "sampled", "household": DOOR}
FOLLOWUP: Patch = {"returnee": DOOR, "slot": "test", "outcome": "seen_ok", "result": "sampled"}
MET_AGAIN: list[tuple[str, str, Patch, Patch]] = [
    ("staff", "posts.filled", STAFF, {**STAFF, "name": "陈刚"}),
    ("returnee", "returnees.persons", {"phone": "13800001111"}, {"arrived": "2022-03-23"}),
    ("returnee", "returnees.persons", {"id_hash": "f" * 32}, {"arrived": "2022-03-23"}),
    ("screening", "screenings.persons", CALLED, {}),
    ("sample", "samples.persons", {**SAMPLE, "round": "e" * 32}, {"round": "d" * 32}),
    ("followup", "followups.done", FOLLOWUP, {"note": "x"}),
    ("check", "checks.persons", {**CHECK, "household": DOOR, "stranger_name": "张三"}, {}),
]


@pytest.mark.parametrize(("kind", "metric", "fields", "again"), MET_AGAIN)
async def test_whatever_the_office_counts_once_is_not_counted_again(
    kind: str, metric: str, fields: Patch, again: Patch, tmp_path: Path
) -> None:
    # A member's text may be as long as an id without being one: a unit and a post.
    assert len(f"{YANGGUANG}:feeling_officer") == 32
    first = {**RETURNEE, **fields} if kind == "returnee" else fields
    async with local_terminal(tmp_path, who=identity("lianhu", role="street")) as local:
        office = MiniOffice(local.clock.now_ms)
        await local.terminal.record([Draft(kind, b"c" * 16, YANGGUANG, first)])
        assert (await local.terminal.counted_here(YANGGUANG, DAY))[metric] == 1
        await exchange(local, office)
        await local.terminal.record([Draft(kind, b"d" * 16, YANGGUANG, {**first, **again})])
        counted = await local.terminal.counted_here(YANGGUANG, DAY)
        assert counted
        assert metric not in counted


async def test_what_exists_now_stands_with_today_alone(local: Local) -> None:
    await local.terminal.record([Draft("household", b"h" * 16, GRID, {"door": "1-1-101"})])
    assert (await local.terminal.counted_here(GRID, DAY))["households.total"] == 1
    assert await local.terminal.counted_here(GRID, "2022-03-23") == {}


WHOS = [(b"w" * 16).hex(), (b"v" * 16).hex()]
steps = st.lists(
    st.tuples(
        st.sampled_from(["record", "change", "void", "exchange"]),
        st.integers(1, 4),
        st.sampled_from([GRID, "lianhu/yangguang/a1/g4"]),
        st.fixed_dictionaries(
            {"decision": st.sampled_from(["passed", "turned_back"])},
            optional={
                "resident": st.sampled_from(WHOS),
                "stranger_phone": st.just("13800001111"),
            },
        ),
    ),
    max_size=14,
)


async def some_step(local: Local, office: MiniOffice, what: str, draft: Draft) -> None:
    known = await local.terminal.entry(draft.id)
    if what == "exchange":
        await exchange(local, office)
    elif what == "void" and known is not None:
        await local.terminal.void(draft.id, "错")
    elif known is not None:
        await local.terminal.change(draft.id, {**draft.fields, "unit": draft.unit})
    elif what == "record":
        await local.terminal.record([draft])


@given(steps)
@settings(max_examples=examples(30), deadline=None)
async def test_counted_here_is_the_difference_of_two_recounts(
    walk: list[tuple[str, int, str, Patch]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with local_terminal(Path(folder)) as local:
            office = MiniOffice(local.clock.now_ms)
            for what, number, unit, fields in walk:
                draft = Draft("check", bytes([number]) * 16, unit, {**CHECK, **fields})
                await some_step(local, office, what, draft)
                page = await local.terminal.ledger(LedgerQuery("check", with_void=True), 0, 100)
                after, _ = recount([entry.view for entry in page.entries], Policy())
                held = [view(state) for _seq, state in office.states.values()]
                before, _ = recount(held, Policy())
                for code in (GRID, "lianhu/yangguang/a1/g4", AREA):
                    minus = {n: -count for n, count in before.get((DAY, code), {}).items()}
                    expected = added(after.get((DAY, code), {}), minus)
                    assert await local.terminal.counted_here(code, DAY) == expected
