"""Roll-ups: counting change by change equals counting anew, in any order, at every level."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE, View
from armband.shared.policy import Policy
from armband.shared.rollup import (
    NOW,
    REPORTED,
    CellKey,
    Change,
    MemberKey,
    Metrics,
    Places,
    added,
    all_metrics,
    coverage,
    recount,
)
from support.examples import examples

POLICY = Policy()
UNITS = ["o", "o/c1", "o/c1/g1", "o/c1/g1/m1", "o/c1/g2", "o/c10/g1", "o/c2"]
DAYS = ["2022-03-31", "2022-04-01"]
DOORS = ["a" * 32, "b" * 32]

VISITS = st.fixed_dictionaries(
    {
        "household": st.sampled_from(DOORS),
        "channel": st.sampled_from(["door", "phone", "wechat"]),
        "outcome": st.sampled_from(["met", "no_answer"]),
        "at": st.just(1),
        "day": st.sampled_from(DAYS),
    },
    optional={
        "people_seen": st.integers(0, 3),
        "temps": st.lists(st.integers(370, 376), max_size=3),
        "needs": st.sampled_from(["", "药"]),
    },
)
CHECKS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["green", "red"]),
        "decision": st.sampled_from(["passed", "referred"]),
        "at": st.just(1),
        "day": st.sampled_from(DAYS),
    },
    optional={
        "temp_tenths": st.integers(371, 374),
        "resident": st.sampled_from(DOORS),
        "household": st.sampled_from(DOORS),
        "stranger_name": st.sampled_from(["王五", "赵六"]),
        "stranger_phone": st.sampled_from(["13800001111", "13800002222"]),
        "direction": st.sampled_from(["in", "out"]),
    },
)
HOUSEHOLDS = st.fixed_dictionaries(
    {"door": st.just("1-1")},
    optional={
        "people": st.integers(0, 4),
        "liaison": st.sampled_from(DOORS),
        "care": st.lists(st.sampled_from(["elder", "disabled"]), max_size=3),
    },
)
BODIES: dict[str, st.SearchStrategy[Any]] = {
    "visit": VISITS,
    "check": CHECKS,
    "household": HOUSEHOLDS,
}


@st.composite
def views(draw: st.DrawFn, record: bytes) -> View:
    """A record at some moment: sometimes void, sometimes without its beginning."""
    kind = ["visit", "check", "household"][record[0] % 3]
    return View(
        id=record,
        kind=kind,
        unit=draw(st.sampled_from([*UNITS, ""])),
        fields=draw(BODIES[kind]),
        void=draw(st.sampled_from(["", "", "", "typed twice"])),
    )


@st.composite
def steps(draw: st.DrawFn) -> list[View]:
    """Changes of a few records, oldest first: made, corrected, moved, voided."""
    records = [bytes([n]) * 16 for n in range(4)]
    return [
        draw(views(draw(st.sampled_from(records)))) for _step in range(draw(st.integers(0, 14)))
    ]


class Store:
    """Cells and membership as an office keeps them."""

    def __init__(self) -> None:
        self.cells: dict[CellKey, Metrics] = {}
        self.members: dict[MemberKey, Places] = {}
        self.views: dict[bytes, View] = {}

    def take(self, batch: list[View]) -> None:
        change = Change()
        for view in batch:
            change.replace(self.views.get(view.id), view, POLICY)
            self.views[view.id] = view
        cells, members = change.settle(self.members)
        for key, delta in cells.items():
            self.cells[key] = added(self.cells.get(key, {}), delta)
        self.members.update(members)

    def clean(self) -> tuple[dict[CellKey, Metrics], dict[MemberKey, Places]]:
        cells = {key: metrics for key, metrics in self.cells.items() if metrics}
        return cells, {key: places for key, places in self.members.items() if places}


def naive(present: list[View]) -> dict[CellKey, Metrics]:
    """The figures by the definition: sums, and sets of members, for every unit by itself."""
    sums: dict[CellKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    sets: dict[tuple[CellKey, str], set[str]] = defaultdict(set)
    for view in present:
        if view.void or not view.unit:
            continue
        for part in CATALOGUE[view.kind].contributions(view, POLICY):
            for unit in [*UNITS, "o/c10"]:
                if view.unit == unit or view.unit.startswith(unit + "/"):
                    if part.member is None:
                        sums[part.day, unit][part.metric] += part.count
                    else:
                        sets[(part.day, unit), part.metric].add(part.member)
    for (cell, metric), members in sets.items():
        sums[cell][metric] = len(members)
    return {
        cell: {name: count for name, count in sorted(metrics.items()) if count}
        for cell, metrics in sums.items()
        if any(metrics.values())
    }


@given(steps(), st.lists(st.integers(1, 4), max_size=14))
@settings(max_examples=examples(100))
def test_change_by_change_equals_the_recount_and_the_definition(
    changes: list[View], sizes: list[int]
) -> None:
    store, left = Store(), list(changes)
    for size in [*sizes, len(left)]:
        store.take(left[:size])
        left = left[size:]
        present = list(store.views.values())
        assert store.clean() == recount(present, POLICY)
        assert store.clean()[0] == naive(present)


@given(steps(), st.randoms(use_true_random=False))
@settings(max_examples=examples(60))
def test_the_order_of_records_does_not_matter(changes: list[View], random: object) -> None:
    """Independent records in any order, in any batches: the same cells."""
    newest = list({view.id: view for view in changes}.values())
    one, two = Store(), Store()
    one.take(newest)
    random.shuffle(newest)  # type: ignore[attr-defined]  # hypothesis gives a Random
    for view in newest:
        two.take([view])
    assert one.clean() == two.clean()


@given(steps())
@settings(max_examples=examples(60))
def test_a_unit_is_the_sum_of_its_parts_and_itself_where_things_are_added(
    changes: list[View],
) -> None:
    """Person-times add up; persons and households must not: one may be met in two parts."""
    store = Store()
    store.take(changes)
    cells = store.clean()[0]
    distinct = {"checks.persons", "visits.households"}
    for day in [*DAYS, NOW]:
        parts = [cells.get((day, unit), {}) for unit in ("o/c1/g1", "o/c1/g2")]
        whole = cells.get((day, "o/c1"), {})
        own = [v for v in store.views.values() if v.unit == "o/c1"]
        alone = recount(own, POLICY)[0].get((day, "o/c1"), {})
        for name in all_metrics():
            total = sum(part.get(name, 0) for part in [*parts, alone])
            if name in distinct:
                assert whole.get(name, 0) <= total
            else:
                assert whole.get(name, 0) == total


@given(steps())
def test_taking_a_record_back_leaves_nothing(changes: list[View]) -> None:
    store = Store()
    store.take(changes)
    gone = Change()
    for view in store.views.values():
        gone.replace(view, None, POLICY)
    cells, members = gone.settle(store.members)
    for key, delta in cells.items():
        store.cells[key] = added(store.cells.get(key, {}), delta)
    store.members.update(members)
    assert store.clean() == ({}, {})


def _cells(kind: str, fields: Patch, unit: str = "o/c1") -> Metrics:
    view = View(bytes(16), kind, unit, fields)
    cells = recount([view], POLICY)[0]
    merged: Metrics = {}
    for (_day, at), metrics in cells.items():
        if at == unit:
            merged.update(metrics)
    return merged


def test_what_a_visit_adds() -> None:
    fields: Patch = {
        "household": DOORS[0],
        "channel": "phone",
        "outcome": "met",
        "at": 1,
        "day": DAYS[0],
        "people_seen": 3,
        "temps": [372, 373, 380],
        "needs": "药",
    }
    assert _cells("visit", fields) == {
        "activity.records": 1,
        "visits.total": 1,
        "visits.phone": 1,
        "visits.outcome.met": 1,
        "visits.needs": 1,
        "visits.people_seen": 3,
        "visits.fever": 2,
        "visits.households": 1,
    }


def test_what_a_check_adds() -> None:
    fields: Patch = {"code": "yellow", "decision": "referred", "at": 1, "day": DAYS[0]}
    fields |= {"temp_tenths": 373, "direction": "in"}
    assert _cells("check", fields) == {
        "activity.records": 1,
        "checks.total": 1,
        "checks.referred": 1,
        "checks.code.yellow": 1,
        "checks.in": 1,
        "checks.fever": 1,
        "checks.strangers": 1,
        "checks.persons": 1,
    }


@pytest.mark.parametrize(
    ("first", "second", "persons"),
    [
        ({"resident": DOORS[0]}, {"resident": DOORS[0]}, 1),
        ({"resident": DOORS[0]}, {"resident": DOORS[1]}, 2),
        ({"stranger_phone": "13800001111"}, {"stranger_phone": "13800001111"}, 1),
        ({"stranger_name": "王五"}, {"stranger_name": "王五"}, 2),
        ({"household": DOORS[0]}, {"household": DOORS[0]}, 2),
        (
            {"household": DOORS[0], "stranger_name": "王五"},
            {"household": DOORS[0], "stranger_name": "王五"},
            1,
        ),
        (
            {"household": DOORS[0], "stranger_name": "王五"},
            {"household": DOORS[1], "stranger_name": "王五"},
            2,
        ),
        ({}, {}, 2),
    ],
)
def test_who_is_one_person(first: Patch, second: Patch, persons: int) -> None:
    base: Patch = {"code": "green", "decision": "passed", "at": 1, "day": DAYS[0]}
    checks = [
        View(bytes([n]) * 16, "check", unit, {**base, **more})
        for n, (unit, more) in enumerate([("o/c1/g1", first), ("o/c1/g2", second)])
    ]
    cells = recount(checks, POLICY)[0]
    assert cells[DAYS[0], "o/c1"]["checks.persons"] == persons
    assert cells[DAYS[0], "o/c1"]["checks.total"] == 2
    assert cells[DAYS[0], "o/c1/g1"]["checks.persons"] == 1


def test_void_incomplete_and_unknown_records_count_nowhere() -> None:
    good: Patch = {"code": "green", "decision": "passed", "at": 1, "day": DAYS[0]}
    for view in (
        View(bytes(16), "check", "o", good, void="typed twice"),
        View(bytes(16), "check", "", good),
        View(bytes(16), "check", "o", {"code": "green"}),
        View(bytes(16), "check", "o", {**good, "code": "blue"}),
        View(bytes(16), "returnee", "o", good),
    ):
        assert recount([view], POLICY) == ({}, {})


def test_the_fever_threshold_is_the_policys() -> None:
    fields: Patch = {"code": "green", "decision": "passed", "at": 1, "day": DAYS[0]}
    view = View(bytes(16), "check", "o", {**fields, "temp_tenths": 375})
    assert recount([view], Policy(fever_tenths=376))[0][DAYS[0], "o"].get("checks.fever") is None
    assert recount([view], Policy(fever_tenths=375))[0][DAYS[0], "o"]["checks.fever"] == 1


@given(steps())
def test_every_metric_that_is_counted_is_declared(changes: list[View]) -> None:
    store = Store()
    store.take(changes)
    known = set(all_metrics())
    for metrics in store.cells.values():
        assert set(metrics) <= known


LEVELS = {"o": "office", "o/c1": "community", "o/c2": "community"}
GRIDS = {"o/c1/g1": "grid", "o/c1/g2": "grid", "o/c10/g1": "grid", "o/c1/g1/m1": "microgrid"}


@pytest.mark.parametrize(
    ("unit", "levels", "reported", "expected"),
    [
        ("o", LEVELS | GRIDS, ["o/c1/g1"], (1, 3, ("o/c1/g2", "o/c10/g1"))),
        ("o/c1", LEVELS | GRIDS, ["o/c1/g1", "o/c10/g1"], (1, 2, ("o/c1/g2",))),
        ("o/c1/g1", LEVELS | GRIDS, ["o/c1/g1"], (1, 1, ())),
        ("o/c1/g1/m1", LEVELS | GRIDS, [], (0, 1, ("o/c1/g1/m1",))),
        ("o", LEVELS, ["o/c2"], (1, 2, ("o/c1",))),
        ("o/c2", LEVELS, [], (0, 1, ("o/c2",))),
    ],
)
def test_coverage(
    unit: str, levels: dict[str, str], reported: list[str], expected: tuple[int, int, tuple[str]]
) -> None:
    cells = {(DAYS[0], code): {REPORTED: 1} for code in reported}
    found = coverage(unit, levels, DAYS[0], cells)
    assert (found.reported, found.expected, found.missing) == expected
    assert coverage(unit, levels, DAYS[1], cells).reported == 0
