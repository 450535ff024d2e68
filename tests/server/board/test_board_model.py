"""What a board is built of, and how it is put into words: no office, no clock, no terminal."""

from __future__ import annotations

import pytest

from armband.server.board.ansi import BARS, bars_text, paint
from armband.server.board.keys import Action, actions
from armband.server.board.model import (
    MAX_CASES,
    TREND_DAYS,
    Board,
    OpenCase,
    Seen,
    Source,
    build_board,
)
from armband.server.board.sheet import Sheet, sheet_of
from armband.server.board.words import LANGUAGES, WORDS, length
from armband.server.cli.output import cells
from armband.shared.days import add_days
from armband.shared.rollup import coverage
from armband.shared.wire import UnitName

TODAY = "2022-03-31"
NOW_MS = 1_648_694_520_000
MINUTE_MS = 60_000
UNITS = {
    code: UnitName(code, name, level)
    for code, name, level in (
        ("lianhu", "莲湖街道", "office"),
        ("lianhu/yg", "阳光社区", "community"),
        ("lianhu/yg/g1", "第1网格", "grid"),
        ("lianhu/yg/g2", "第2网格", "grid"),
        ("lianhu/hy", "花园社区", "community"),
        ("lianhu/hy/g1", "第1网格", "grid"),
        ("lianhu/hy/g9", "旧网格", "closed"),
    )
}
CELLS = {
    (TODAY, "lianhu"): {"checks.total": 5, "checks.fever": 1, "checks.code.red": 2},
    ("", "lianhu"): {"households.total": 40},
    (add_days(TODAY, -1), "lianhu"): {"checks.total": 9},
    (TODAY, "lianhu/yg"): {"checks.total": 3, "activity.records": 3},
    (TODAY, "lianhu/yg/g1"): {"activity.records": 3},
    (TODAY, "lianhu/hy/g1"): {"activity.records": 2},
}


def case(minutes: int, due: int | None = None, unit: str = "lianhu/yg/g1") -> OpenCase:
    due_ms = None if due is None else NOW_MS + due * MINUTE_MS
    return OpenCase(unit, "security", "dispatched", NOW_MS - minutes * MINUTE_MS, "urgent", due_ms)


def board(
    unit: str = "lianhu", cases: tuple[OpenCase, ...] = (), seen: tuple[Seen, ...] = ()
) -> Board:
    levels = {code: name.level for code, name in UNITS.items()}
    source = Source(
        office="lianhu",
        unit=unit,
        units=UNITS,
        now_ms=NOW_MS,
        utc_offset_min=480,
        seq=7,
        writable=True,
        days=[add_days(TODAY, back) for back in range(1 - TREND_DAYS, 1)],
        cells=CELLS,
        coverage=coverage(unit, levels, TODAY, CELLS),
        cases=cases,
        terminals=seen,
        silent_after_ms=240 * MINUTE_MS,
    )
    return build_board(source)


def texts(sheet: Sheet, table: str) -> list[list[str]]:
    (found,) = [one for one in sheet.tables if one.name == table]
    return [[cell.text for cell in line.cells] for line in found.rows]


def test_figures_of_a_fortnight_of_today_and_of_now() -> None:
    tiles = {tile.label: tile for tile in sheet_of(board(), "zh").tiles}
    assert tiles["核验人次"].bars == [*[0] * 12, 9, 5]
    assert (tiles["核验人次"].before, tiles["核验人次"].highest) == ("昨 9", "最高 9")
    assert tiles["走访户数"].note == "在册 40 户的 0%"


def test_who_has_not_reported_is_named_with_what_tells_it_from_others() -> None:
    whole, part = sheet_of(board(), "zh"), sheet_of(board("lianhu/yg"), "en")
    assert whole.coverage.text == "网格已报 2/3，未报：阳光社区 第2网格 !"
    assert part.coverage.text == "1 of 2 grids reported; missing 第2网格 !"
    assert [row[-1] for row in texts(whole, "parts")] == ["1/1", "1/2 !"]


def test_closed_units_are_no_parts_and_only_what_has_parts_leads_on() -> None:
    names = [part.name for part in board("lianhu/hy").parts]
    assert names == ["第1网格"]
    assert not board("lianhu/hy").parts[0].has_parts
    assert [line.unit for line in sheet_of(board(), "zh").tables[0].rows] == [
        "lianhu/hy",
        "lianhu/yg",
    ]


def test_alarming_figures_have_a_mark_beside_their_colour() -> None:
    tiles = {tile.label: tile.value for tile in sheet_of(board(), "en").tiles}
    assert (tiles["Fever"].text, tiles["Fever"].tone) == ("1 !!", "alarm")
    assert (tiles["Red seen"].text, tiles["Red seen"].tone) == ("2 !!", "alarm")
    assert (tiles["Yellow seen"].text, tiles["Yellow seen"].tone) == ("0", "")


def test_the_clock_that_runs_out_first_stands_first() -> None:
    cases = (case(4, 1), case(9, -4), case(200), case(3, 2, "lianhu/hy/g1"))
    shown = sheet_of(board(cases=cases), "en")
    assert [row[-1] for row in texts(shown, "cases")] == [
        "4 min over !!",
        "1 min left !",
        "2 min left",
        "",
    ]
    assert shown.tables[1].note.text == "4 open, oldest 3h 20m, 1 overdue !!"
    assert len(texts(sheet_of(board("lianhu/hy", cases), "en"), "cases")) == 1


def test_many_cases_are_counted_and_the_most_pressing_shown() -> None:
    found = board(cases=tuple(case(number, number) for number in range(MAX_CASES + 5)))
    assert (found.cases_open, len(found.cases)) == (MAX_CASES + 5, MAX_CASES)


def test_silent_terminals_are_those_of_the_unit_unheard_of_for_too_long() -> None:
    seen = (
        Seen("T001", ("lianhu/yg/g1",), 0, NOW_MS - 239 * MINUTE_MS),
        Seen("T002", ("lianhu/yg/g2",), 0, NOW_MS - 300 * MINUTE_MS, waiting=3),
        Seen("T003", ("lianhu/hy",), NOW_MS - 600 * MINUTE_MS, None),
    )
    whole = board(seen=seen)
    assert [(one.name, one.never) for one in whole.silent] == [("T003", True), ("T002", False)]
    assert texts(sheet_of(whole, "zh"), "silent") == [
        ["T003", "花园社区", "未联系过 10小时", "0"],
        ["T002", "阳光社区 第2网格", "5小时", "3"],
    ]
    assert board("lianhu/yg", seen=seen).silent_count == 1


def test_a_board_that_stands_still_says_so() -> None:
    assert sheet_of(board(), "zh").warning == ""
    assert sheet_of(board(), "zh", reachable=False).warning.endswith("!!")


def test_every_word_is_there_in_both_languages() -> None:
    for name, (chinese, english) in WORDS.items():
        assert chinese, name
        assert english, name
        assert chinese.count("{") == english.count("{"), name


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(0, "0秒", "0 s"), (59, "59秒", "59 s"), (300, "5分", "5 min"), (90_000, "1天1小时", "1d 1h")],
)
def test_lengths_of_time(seconds: int, zh: str, en: str) -> None:
    assert (length(seconds, "zh"), length(seconds, "en")) == (zh, en)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (40, 12), (160, 50), (3, 2)])
def test_a_screen_of_any_size_is_filled_and_never_overrun(language, size) -> None:
    cases = tuple(case(number, number) for number in range(20))
    seen = tuple(Seen(f"T{number:03}", ("lianhu/yg/g1",), 0, None) for number in range(9))
    width, height = size
    lines = paint(sheet_of(board(cases=cases, seen=seen), language), width, height, 1)
    assert len(lines) == height
    plain = [styleless(line) for line in lines]
    assert max(cells(line) for line in plain) <= width
    if size == (80, 24):
        assert any(line.startswith(">") for line in plain)
        assert sum("第1网格" in line for line in plain) >= 3, "cases and terminals both have rows"


def styleless(line: str) -> str:
    for style in ("0", "1", "2", "7", "32", "1;31", "1;33", "1;4", "1;7"):
        line = line.replace(f"\x1b[{style}m", "")
    return line


def test_a_name_cannot_steer_the_terminal() -> None:
    evil = build_board_with_name("第\x1b[2J网格")
    assert "\x1b[2J" not in "".join(paint(sheet_of(evil, "zh"), 80, 24, 0))


def build_board_with_name(name: str) -> Board:
    found = board()
    return Board(
        **{
            **{field: getattr(found, field) for field in Board.__struct_fields__},
            "missing": [name],
        }
    )


def test_bars_are_as_high_as_what_they_count() -> None:
    assert bars_text([0, 1, 70, 35]) == f"{BARS[0]}{BARS[1]}{BARS[7]}{BARS[4]}"
    assert bars_text([0, 0]) == BARS[0] * 2


def test_keys_of_a_terminal() -> None:
    typed = "\x1b[A\x1bOB\r\x7f\x1bOQx中\x1b[21~"
    assert actions(typed) == [
        Action.UP,
        Action.DOWN,
        Action.INTO,
        Action.OUT,
        Action.LANGUAGE,
        Action.QUIT,
    ]
