"""Who is expected to answer a notice, who has, and which doors have been told."""

from __future__ import annotations

from armband.shared.fields import Value
from armband.shared.kinds.declare import View
from armband.shared.notice_report import ack_report, doors_told, told_report

UNIT, G1, G2 = "o/c1", "o/c1/g1", "o/c1/g2"
NOTICE = View(b"n" * 16, "notice", UNIT, {"title": "核酸", "sort": "call_up", "at": 5})
DAY = "2022-03-31"


def view(kind: str, number: int, unit: str, void: str = "", **fields: Value) -> View:
    return View(bytes([number]) * 16, kind, unit, fields, void)


def names(people: object) -> list[str]:
    return [person.name for person in people]  # type: ignore[attr-defined]  # Person each


def hex_of(number: int) -> str:
    return (bytes([number]) * 16).hex()


STAFF = [
    view("staff", 1, G2, name="王一", posts=["liaison"]),
    view("staff", 2, G1, name="李二", posts=["volunteer", "doctor"]),
    view("staff", 3, G1, name="张三", posts=["liaison"], reserve=True),
    view("staff", 4, G1, name="赵四", posts=["liaison"], until="2022-03-30"),
    view("staff", 5, "o/c2", name="钱五", posts=["liaison"]),
    view("staff", 6, G1, name="孙六", posts=["liaison"], void="重复"),
    view("staff", 7, G1, name="周七"),
]


def test_expected_are_those_who_serve_below_the_unit_today() -> None:
    report = ack_report(NOTICE, STAFF, [], [], DAY)
    assert names(report.missing) == ["周七", "李二", "王一"]
    assert (report.expected, report.answered, report.others) == (3, [], [])


def test_with_posts_only_their_holders_and_a_post_of_its_own_counts_in_its_time() -> None:
    to_liaisons = View(NOTICE.id, "notice", UNIT, {**NOTICE.fields, "posts": ["liaison"]})
    posts = [
        view("post", 20, G1, staff=hex_of(5), role="liaison", since=DAY),
        view("post", 21, G1, staff=hex_of(2), role="liaison", until="2022-03-30"),
        view("post", 22, "o/c2", staff=hex_of(7), role="liaison"),
    ]
    report = ack_report(to_liaisons, STAFF, posts, [], DAY)
    assert names(report.missing) == ["钱五", "王一"]
    assert report.missing[0].unit == G1


def test_an_answer_counts_by_the_record_else_by_a_name_that_only_one_has() -> None:
    namesake = view("staff", 8, G2, name="李二")
    acks = [
        view("ack", 30, G1, staff=hex_of(1), by="x", answer="coming", at=9),
        view("ack", 31, G1, by="周七", answer="cannot", at=7, note="值班"),
        view("ack", 32, G1, by="李二", answer="coming", at=8),
        view("ack", 33, G1, staff=hex_of(2), answer="coming", at=8, void="按错"),
    ]
    report = ack_report(NOTICE, [*STAFF, namesake], [], acks, DAY)
    assert [(p.name, p.answer, p.note) for p in report.answered] == [
        ("周七", "cannot", "值班"),
        ("王一", "coming", ""),
    ]
    assert names(report.missing) == ["李二", "李二"]
    assert names(report.others) == ["李二"]


def test_a_door_is_told_when_somebody_was_met() -> None:
    homes = [view("household", n, unit, door=f"1-{n}") for n, unit in ((1, G1), (2, G1), (3, G2))]
    homes.append(view("household", 4, "o/c2", door="1"))
    visits = [
        view("visit", 40, G1, household=hex_of(1), channel="phone", outcome="met"),
        view("visit", 43, G1, household=hex_of(1), channel="door", outcome="no_answer", at=9),
        view("visit", 41, G1, household=hex_of(2), outcome="no_answer"),
        view("visit", 42, G2, household=hex_of(3), outcome="met", void="错"),
    ]
    report = told_report(NOTICE, doors_told(NOTICE, homes, visits))
    assert [(u.unit, u.households, u.told, u.coverage_pct) for u in report.units] == [
        (UNIT, 3, 1, 33),
        (G1, 2, 1, 50),
        (G2, 1, 0, 0),
    ]
    assert [(door.door, door.status) for door in report.missing] == [
        ("1-2", "no_answer"),
        ("1-3", ""),
    ]
