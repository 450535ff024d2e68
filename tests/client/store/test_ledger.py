"""Stretches of a ledger, and finding people: against a plain Python filter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from armband.client.model import Entry, LedgerQuery
from armband.client.search.terms import query_pieces
from armband.client.store import ledger
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.local import GRID, Local, local_terminal
from support.mini_office import MiniOffice

OTHER = "lianhu/yangguang/a1/g4"
BELOW = GRID + "/m01"
NEXT = "lianhu/yangguang/a1/g30"
"""Begins with the letters of `GRID` but does not stand below it."""
UNITS = (GRID, OTHER, BELOW, NEXT)
LXT, WJG, LI = b"\x01" * 16, b"\x02" * 16, b"\x03" * 16
HOME_A, HOME_B = b"\x11" * 16, b"\x12" * 16


async def fill(local: Local) -> None:
    """Two homes, three people, 40 checks over four units and five days; two voided."""
    office = MiniOffice(local.clock.now_ms)
    office.write(b"\x03grid".rjust(16), "unit", {"unit": GRID, "name": "第3网格", "level": "grid"})
    office.write(HOME_A, "household", {"unit": GRID, "door": "3-2-502", "head": "李雪婷"})
    office.write(HOME_B, "household", {"unit": OTHER, "door": "3-2-50", "head": "王建国"})
    people: list[tuple[bytes, Patch]] = [
        (LXT, {"name": "李雪婷", "household": HOME_A.hex(), "phone": "13800001111"}),
        (WJG, {"name": "王建国", "household": HOME_B.hex(), "id_tail": "123X"}),
        (LI, {"name": "李小婷", "household": HOME_A.hex()}),
    ]
    for record, fields in people:
        office.write(record, "resident", {"unit": GRID, **fields})
    for number in range(40):
        who = people[number % 3][0]
        fields = {
            "unit": UNITS[number % 4],
            "code": "green",
            "decision": "passed",
            "at": local.clock.now_ms + number * 1000,
            "day": f"2022-03-{24 + number // 8}",
        }
        fields |= {"resident": who.hex()} if number % 5 else {"stranger_name": "访客"}
        if number % 7 == 0:
            fields["note"] = f"{14 + number % 2}号楼门禁坏了"
        office.write(number.to_bytes(16, "big"), "check", fields)
    for number in (3, 4):
        office.write(number.to_bytes(16, "big"), "check", {"void": "测试"})
    frame, rows = office.feed(0)
    await local.store.apply_feed(frame, rows, 0)


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        await fill(opened)
        yield opened


def number(entry: Entry) -> int:
    return int.from_bytes(entry.view.id, "big")


QUERIES: dict[str, tuple[LedgerQuery, Callable[[int], bool]]] = {
    "all": (LedgerQuery("check"), lambda n: n not in (3, 4)),
    "with void": (LedgerQuery("check", with_void=True), lambda _n: True),
    "unit": (LedgerQuery("check", unit=GRID), lambda n: n % 4 in (0, 2) and n not in (3, 4)),
    "from": (LedgerQuery("check", day_from="2022-03-26"), lambda n: n >= 16),
    "to": (LedgerQuery("check", day_to="2022-03-25"), lambda n: n < 16 and n not in (3, 4)),
    "day": (
        LedgerQuery("check", day_from="2022-03-25", day_to="2022-03-25"),
        lambda n: 8 <= n < 16,
    ),
    "name": (
        LedgerQuery("check", text="lxt"),
        lambda n: n % 3 in (0, 2) and n % 5 != 0 and n not in (3, 4),
    ),
    "name and unit": (
        LedgerQuery("check", text="王建国", unit=OTHER),
        lambda n: n % 3 == 1 and n % 5 != 0 and n % 4 == 1,
    ),
    "door": (
        LedgerQuery("check", text="3-2-502"),
        lambda n: n % 3 != 1 and n % 5 != 0 and n not in (3, 4),
    ),
    "stranger": (LedgerQuery("check", text="访客"), lambda n: n % 5 == 0),
    "digits and characters": (LedgerQuery("check", text="14号楼门"), lambda n: n % 14 == 0),
    "nothing": (LedgerQuery("check", text="zzz"), lambda _n: False),
    "conflicts": (LedgerQuery("check", only_conflicts=True), lambda _n: False),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_pages_are_the_filtered_records_newest_first(local: Local, name: str) -> None:
    query, fits = QUERIES[name]
    expected = [n for n in reversed(range(40)) if fits(n)]
    whole = await local.terminal.ledger(query, 0, 100)
    assert [number(entry) for entry in whole.entries] == expected
    for limit in (1, 7):
        for offset in range(0, 42, 5):
            page = await local.terminal.ledger(query, offset, limit)
            assert page.total == len(expected)
            assert [number(e) for e in page.entries] == expected[offset : offset + limit]


async def test_equal_times_keep_their_order_from_both_ends(local: Local) -> None:
    fields: Patch = {"code": "green", "decision": "passed", "at": 5, "day": "2021-01-01"}
    drafts = [Draft("check", bytes([n]) * 16, UNITS[n % 4], fields) for n in range(100, 121)]
    await local.terminal.record(drafts)
    query = LedgerQuery("check", with_void=True)
    whole = await local.terminal.ledger(query, 0, 100)
    single = [await local.terminal.ledger(query, at, 1) for at in range(whole.total)]
    assert [page.entries[0].view.id for page in single] == [e.view.id for e in whole.entries]


async def test_a_change_is_counted_at_once(local: Local) -> None:
    query = LedgerQuery("check")
    before = (await local.terminal.ledger(query, 0, 10)).total
    fields: Patch = {"code": "green", "decision": "passed"}
    await local.terminal.record([Draft("check", b"n" * 16, GRID, fields)])
    page = await local.terminal.ledger(query, 0, 10)
    assert page.total == before + 1
    await local.terminal.void(b"n" * 16, "错")
    assert (await local.terminal.ledger(query, 0, 10)).total == before


async def test_doors_of_a_unit_stand_together_and_numbers_count_as_numbers(local: Local) -> None:
    doors = ["10-1-101", "2-1-101", "2-1-1001", "2-1-202"]
    drafts = [
        Draft("household", bytes([200 + n]) * 16, GRID, {"door": door})
        for n, door in enumerate(doors)
    ]
    await local.terminal.record(drafts)
    page = await local.terminal.ledger(LedgerQuery("household", unit=GRID), 0, 10)
    shown = [entry.view.text("door") for entry in page.entries]
    assert shown == ["2-1-101", "2-1-202", "2-1-1001", "3-2-502", "10-1-101"]


async def test_what_a_record_refers_to_is_named(local: Local) -> None:
    page = await local.terminal.ledger(LedgerQuery("check", text="wjg"), 0, 1)
    assert page.entries[0].names == {WJG.hex(): "王建国"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lxt", [LXT, LI, HOME_A]),
        ("雪婷", [LXT, LI, HOME_A]),
        ("lixueting", [LXT, LI, HOME_A]),
        ("3-2-502", [LXT, LI, HOME_A]),
        ("1111", [LXT]),
        ("123x", [WJG]),
        ("wjg 3-2-50", [WJG, HOME_B]),
        ("lxt 1111", [LXT]),
        ("zzz", []),
        ("", []),
    ],
)
async def test_people_before_doors(local: Local, typed: str, found: list[bytes]) -> None:
    matches = await local.terminal.match(query_pieces(typed), 10)
    assert [match.id for match in matches] == found
    assert len(await local.terminal.match(query_pieces(typed), 1)) == min(1, len(found))


async def test_a_match_says_who_where_and_how_to_call(local: Local) -> None:
    (match,) = await local.terminal.match(query_pieces("1111"), 5)
    assert (match.kind, match.name, match.door) == ("resident", "李雪婷", "3-2-502")
    assert (match.unit, match.unit_name) == (GRID, "第3网格")
    assert (match.phone, match.household) == ("13800001111", HOME_A)


async def test_voided_people_are_not_offered(local: Local) -> None:
    await local.terminal.void(LXT, "重复")
    matches = await local.terminal.match(query_pieces("lxt"), 5)
    assert LXT not in [match.id for match in matches]


async def test_a_renamed_person_is_found_by_the_new_name_alone(local: Local) -> None:
    await local.terminal.change(LXT, {"name": "赵敏", "phone": None})
    assert [m.id for m in await local.terminal.match(query_pieces("赵敏"), 5)] == [LXT]
    assert await local.terminal.match(query_pieces("1111"), 5) == []


async def shown(local: Local, query: LedgerQuery, offset: int = 0) -> tuple[int, list[Entry]]:
    local.store.forget_totals()
    page = await local.store.page(query, offset, 5)
    assert not page.is_cut
    return page.total, list(page.entries)


@pytest.mark.parametrize("kind", ["check", "household", "resident"])
async def test_many_found_are_the_same_rows_as_few(
    local: Local, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = LedgerQuery(kind, text="l", unit="" if kind == "resident" else GRID)
    few = [await shown(local, query, offset) for offset in (0, 5)]
    assert few[0][0] > 0
    monkeypatch.setattr(ledger, "_MANY", 0)
    assert [await shown(local, query, offset) for offset in (0, 5)] == few


async def test_what_fits_too_many_people_says_that_there_is_more(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await local.store.page(LedgerQuery("check", text="l"), 0, 50)
    local.store.forget_totals()
    monkeypatch.setattr(ledger, "FOLLOWED_MAX", 2)
    cut = await local.store.page(LedgerQuery("check", text="l"), 0, 50)
    assert cut.is_cut
    assert not whole.is_cut
    assert 0 < cut.total < whole.total
    assert {number(entry) for entry in cut.entries} < {number(entry) for entry in whole.entries}


async def test_two_pieces_leave_nothing_out(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    query = LedgerQuery("check", text="l 3-2")
    whole = await local.store.page(query, 0, 50)
    local.store.forget_totals()
    monkeypatch.setattr(ledger, "FOLLOWED_MAX", 1)
    assert await local.store.page(query, 0, 50) == whole
    assert whole.total > 0
