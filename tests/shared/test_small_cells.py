"""No small figure is told, and none follows from the figures of the units around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armband.shared.rollup import CellKey, Metrics
from armband.shared.small_cells import without_small
from armband.shared.units import lineage, parent_of

METRIC, BELOW = "households.total", 5
LEAVES = st.dictionaries(
    st.sampled_from(
        [f"o/{c}{rest}" for c in "abc" for rest in ("", "/1", "/2", "/3", "/1/x", "/1/y", "/2/x")]
    ),
    st.integers(1, 12),
    max_size=14,
)


def rolled_up(own: dict[str, int], metric: str = METRIC) -> dict[CellKey, Metrics]:
    cells: dict[CellKey, Metrics] = {("", "o"): {}}
    for unit, count in own.items():
        for above in lineage(unit):
            row = cells.setdefault(("", above), {})
            row[metric] = row.get(metric, 0) + count
    return cells


@given(LEAVES)
def test_nothing_small_is_told_or_follows(own: dict[str, int]) -> None:
    cells = rolled_up(own)
    shown, small = without_small(cells, BELOW)
    told = {unit: row[METRIC] for (_day, unit), row in shown.items() if METRIC in row}
    assert all(count >= BELOW for count in told.values())
    for key, row in cells.items():
        assert (METRIC in small.get(key, [])) == (METRIC in row and METRIC not in shown[key])
    for unit, count in told.items():
        parts = {u: row[METRIC] for (_d, u), row in cells.items() if parent_of(u) == unit and row}
        left = count - sum(told.get(part, 0) for part in parts)
        assert left == 0 or left >= BELOW, f"{left} follow from {unit}"
        unknown = [part for part in parts if part not in told] + [""] * (
            count != sum(parts.values())
        )
        assert len(unknown) != 1 or unknown == [""], f"{unknown} follows from {unit}"
        assert unit == "o" or parent_of(unit) in told, "under what is left out all is left out"


def test_it_is_off_until_it_is_asked_for_and_leaves_places_alone() -> None:
    cells = rolled_up({"o/a": 1})
    assert without_small(cells, 0) == (cells, {})
    posts = rolled_up({"o/a": 1}, "checkpoints.total")
    assert without_small(posts, BELOW) == (posts, {})


def test_the_next_larger_part_goes_along() -> None:
    shown, small = without_small(rolled_up({"o/a": 2, "o/b": 9, "o/c": 30}), BELOW)
    assert shown == {
        ("", "o"): {METRIC: 41}, ("", "o/a"): {}, ("", "o/b"): {}, ("", "o/c"): {METRIC: 30},
    }  # fmt: skip
    assert small == {("", "o/a"): [METRIC], ("", "o/b"): [METRIC]}


def test_percentiles_go_with_their_raw_material() -> None:
    raw = {"cases.opened": 9, "cases.accepted": 9, "cases.accept@b07": 7, "cases.accept@b09": 2}
    shown, small = without_small({("2022-03-31", "o"): raw}, BELOW)
    assert not [metric for metric in shown["2022-03-31", "o"] if "@" in metric]
    assert "cases.accept.p50_s" in small["2022-03-31", "o"]
