"""The roster of a round of testing, its missing people, its figures."""

from __future__ import annotations

from armband.shared.fields import Value
from armband.shared.kinds.declare import View
from armband.shared.round_report import roster, round_report, side_by_side

UNIT, G1, G2 = "o/c1", "o/c1/g1", "o/c1/g2"
ROUND = View(b"r" * 16, "round", UNIT, {"name": "第1轮", "day": "2022-01-05", "state": "open"})


def view(kind: str, number: int, unit: str, void: str = "", **fields: Value) -> View:
    return View(bytes([number]) * 16, kind, unit, fields, void)


def hex_of(number: int) -> str:
    return (bytes([number]) * 16).hex()


HOMES = [
    view("household", 1, G1, door="3-2-502", people=4),
    view("household", 2, G1, door="3-2-101", people=3, head="李二"),
    view("household", 3, G2, door="12"),
    view("household", 4, "o/c2", door="1", people=9),
]
PEOPLE = [
    view("resident", 11, G1, name="王建国", household=hex_of(1)),
    view("resident", 12, G1, name="王芳", household=hex_of(1)),
    view("resident", 13, G1, name="搬走", household=hex_of(1), void="搬走"),
    view("resident", 14, "o/c2", name="别处", household=hex_of(4)),
]


def test_people_by_name_else_so_many_as_the_register_counts() -> None:
    lines = roster(UNIT, HOMES, PEOPLE, [])
    assert [(line.door, line.name, line.people) for line in lines] == [
        ("3-2-101", "李二", 3),
        ("3-2-502", "王建国", 1),
        ("3-2-502", "王芳", 1),
        ("3-2-502", "", 2),
        ("12", "", 1),
    ]
    assert [line.building for line in lines] == [*[f"{G1} 3"] * 4, G2]


def test_each_status_counts_its_people_and_one_taken_back_is_missing_again() -> None:
    samples = [
        view("sample", 21, G1, resident=hex_of(11), status="sampled"),
        view("sample", 22, G1, resident=hex_of(12), status="none"),
        view("sample", 23, G1, household=hex_of(2), status="sampled", people=3),
        view("sample", 24, G2, household=hex_of(3), status="refused"),
    ]
    report = round_report(ROUND, roster(UNIT, HOMES, PEOPLE, samples))
    assert (report.total.people, report.total.sampled, report.total.coverage_pct) == (8, 4, 50)
    assert (report.total.refused, report.total.missing) == (1, 3)
    (beside,) = side_by_side([ROUND], roster("o", HOMES, PEOPLE, []), {ROUND.id.hex(): samples})
    assert (beside.total, beside.units) == (report.total, report.units)
    assert [(u.unit, u.people, u.missing) for u in report.units] == [(G1, 7, 3), (G2, 1, 0)]
    assert [line.name for line in report.missing] == ["王芳", ""]
