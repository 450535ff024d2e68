from __future__ import annotations

import msgspec

from armband.shared.rollup import Coverage
from armband.shared.rollup_report import AsOf, build_report

NAMES = {
    "o": ("街道", "office"),
    "o/c1": ("社区", "community"),
    "o/c1/g1": ("第1网格", "grid"),
    "o/c10": ("社区10", "community"),
    "p": ("别处", "office"),
}
CELLS = {
    ("2022-03-31", "o"): {"visits.total": 1},
    ("2022-04-01", "o"): {"visits.total": 2},
    ("2022-04-01", "o/c1"): {"visits.total": 2, "checks.total": 5},
    ("", "o"): {"households.total": 7},
    ("", "o/c1"): {"households.total": 7},
}


def _rows(unit: str, days: list[str], depth: int) -> list[tuple[str, str, dict[str, int]]]:
    covered = Coverage(1, 2, ("o/c1/g2",))
    report = build_report("o", unit, AsOf(9, 123), days, depth, NAMES, CELLS, covered)
    return [(row.day, row.unit, row.metrics) for row in report.rows]


def test_depth_nought_is_the_units_own_row_one_a_day() -> None:
    """Counts of what exists now stand in the newest day's row, whatever the order of the days."""
    assert _rows("o", ["2022-04-01", "2022-03-31"], 0) == [
        ("2022-03-31", "o", {"visits.total": 1}),
        ("2022-04-01", "o", {"households.total": 7, "visits.total": 2}),
    ]


def test_rows_go_down_to_the_depth_and_not_to_neighbours() -> None:
    assert [row[1] for row in _rows("o/c1", ["2022-04-01"], 5)] == ["o/c1", "o/c1/g1"]
    assert [row[1] for row in _rows("o", ["2022-04-01"], 1)] == ["o", "o/c1", "o/c10"]


def test_a_unit_without_figures_has_a_row() -> None:
    assert _rows("o/c10", ["2022-04-01"], 0) == [("2022-04-01", "o/c10", {})]


def test_the_json_is_the_contract() -> None:
    covered = Coverage(1, 2, ("o/c1/g2",))
    report = build_report("o", "o/c1", AsOf(9, 123), ["2022-04-01"], 0, NAMES, CELLS, covered)
    assert msgspec.json.decode(msgspec.json.encode(report)) == {
        "office": "o",
        "unit": "o/c1",
        "as_of": {"seq": 9, "at": 123},
        "coverage": {"reported": 1, "expected": 2, "missing": ["o/c1/g2"]},
        "rows": [
            {
                "day": "2022-04-01",
                "unit": "o/c1",
                "name": "社区",
                "level": "community",
                "metrics": {"checks.total": 5, "households.total": 7, "visits.total": 2},
            }
        ],
    }
