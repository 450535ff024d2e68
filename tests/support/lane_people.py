"""A small register for tests of the lane, and a look-up over it as the terminal's store does it."""

from __future__ import annotations

from armband.client.lane import WhoPiece
from armband.client.model import Match
from armband.client.search.terms import record_terms
from armband.shared.fields import Value
from armband.shared.kinds import CATALOGUE


def _id(number: int) -> bytes:
    return number.to_bytes(16, "big")


_HOUSEHOLDS = (
    # id, door, head, phone
    (1, "3-2-502", "李雪婷", "13800001111"),
    (2, "1-1-301", "李小婷", "13800002222"),
    (3, "3-1-201", "王建国", "13800003333"),
    (4, "5-2-302", "赵梅", "13800004444"),
    (5, "5-2-401", "王小红", "13800005555"),
    (6, "6-1-101", "单丽", "13800006666"),
    (7, "6-1-102", "黄伟", "13800007777"),
    (8, "6-1-103", "高刚", "13800008888"),
    (9, "6-1-104", "王建进", "13800009999"),
    (10, "7-1-1203", "郭丽霞", "13900001203"),
    (11, "8-1-101", "张三", "13885678365"),
    (12, "8-1-102", "高徐林远", "13700009998"),
)
_RESIDENTS = (
    # id, name, household, phone, ID tail
    (101, "李雪婷", 1, "13800001111", "123X"),
    (102, "陈明", 1, "13700001234", "4321"),
    (103, "赵梅", 4, "", "0041"),
    (104, "张伟", 3, "13600005678", "5678"),
    (105, "张伟", 4, "13600009012", "9012"),
    (106, "徐林", 4, "13600003210", "0042"),
)


def _known() -> list[tuple[tuple[str, ...], Match]]:
    rows: list[tuple[tuple[str, ...], Match]] = []
    doors = {number: door for number, door, _head, _phone in _HOUSEHOLDS}
    for number, name, household, phone, tail in _RESIDENTS:
        fields: dict[str, Value] = {"name": name, "phone": phone, "id_tail": tail}
        match = Match(
            _id(number),
            "resident",
            name,
            doors[household],
            "o/c/g3",
            "第3网格",
            phone=phone,
            household=_id(household),
        )
        rows.append((record_terms(CATALOGUE["resident"], fields), match))
    for number, door, head, phone in _HOUSEHOLDS:
        fields = {"door": door, "head": head, "phone": phone}
        match = Match(
            _id(number),
            "household",
            head,
            door,
            "o/c/g3",
            "第3网格",
            phone=phone,
            household=_id(number),
        )
        rows.append((record_terms(CATALOGUE["household"], fields), match))
    return rows


_KNOWN = _known()


def look_up(piece: WhoPiece) -> list[Match]:
    """Everybody whom a piece may mean, and whoever lives at a door that fits; people first."""
    ranges = [(term.low, term.high) for term in piece.terms]
    found = [
        match
        for terms, match in _KNOWN
        if any(low <= term < high for low, high in ranges for term in terms)
    ]
    doors = {match.id for match in found if match.kind == "household"}
    living = [m for _terms, m in _KNOWN if m.kind == "resident" and m.household in doors]
    people = [match for match in found if match.kind == "resident"]
    homes = [match for match in found if match.kind == "household"]
    return list(dict.fromkeys([*people, *living, *homes]))
