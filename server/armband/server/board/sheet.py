"""A board as words and figures in one language, ready to be painted or drawn. Pure.

Terminal and browser both show a `Sheet`, so neither counts, words or ranks anything of its own. A
tone stands beside a mark in the text: nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from armband.server.board.model import Board, CaseClock, Part, Place
from armband.server.board.words import Language, clock_text, length, option_text, word
from armband.shared.harmless import shown_line
from armband.shared.rollup import Metrics

Tone = Literal["", "note", "warn", "alarm"]
_MARKS: Mapping[str, str] = {"warn": " !", "alarm": " !!"}
SOON_S = 120
"""A clock with less than this left is a warning."""
MISSING_SHOWN = 6
FEVERS = ("checks.fever", "visits.fever", "followups.fever")
"""Wherever somebody was measured or asked."""


class Cell(msgspec.Struct, frozen=True):
    """A text and how pressing it is."""

    text: str
    tone: Tone = ""


class Tile(msgspec.Struct, frozen=True):
    """A figure of today with its trend; the last one of ``bars`` is today's.

    ``before`` and ``highest`` say two of the bars in figures: yesterday's and the highest.
    """

    label: str
    value: Cell
    note: str
    before: str
    highest: str
    bars: list[int]


class Line(msgspec.Struct, frozen=True):
    """A row of a table; ``unit`` is where it leads to, ``""`` when nowhere."""

    cells: list[Cell]
    unit: str = ""


class Table(msgspec.Struct, frozen=True):
    """A table; the first ``words`` columns are words, the others figures.

    Attributes:
        note: what is said of the whole.
        empty: what is said instead of rows.
    """

    name: str
    title: str
    note: Cell
    heads: list[str]
    words: int
    rows: list[Line]
    empty: str


class Sheet(msgspec.Struct, frozen=True):
    """All that is shown; ``days`` are those of the bars."""

    language: Language
    board: str
    path: list[Place]
    clock: str
    warning: str
    coverage: Cell
    days: list[str]
    tiles: list[Tile]
    tables: list[Table]


def sheet_of(board: Board, language: Language, *, reachable: bool = True) -> Sheet:
    """The board in words; without ``reachable`` it says that it stands still."""
    warning = ""
    if not reachable:
        warning = word("unreachable", language)
    elif not board.writable:
        warning = word("read_only", language)
    return Sheet(
        language=language,
        board=word("board", language),
        path=[Place(place.unit, shown_line(place.name)) for place in board.path],
        clock=clock_text(board.now_ms, board.utc_offset_min),
        warning=warning and f"{warning} !!",
        coverage=_coverage(board, language),
        days=board.days,
        tiles=_tiles(board, language),
        tables=[_parts(board, language), _cases(board, language), _silent(board, language)],
    )


def _marked(text: str, tone: Tone) -> Cell:
    return Cell(shown_line(text) + _MARKS.get(tone, ""), tone)


def _count(value: int, tone: Tone = "") -> Cell:
    """A figure; a tone only when it is not zero."""
    return _marked(f"{value:,}", tone if value else "")


def _coverage(board: Board, language: Language) -> Cell:
    text = word("coverage", language, board.reported, board.expected)
    between = "，" if language == "zh" else "; "
    if not board.missing:
        return Cell(f"{text}{between}{word('all_here', language)}", "note")
    names = ("、" if language == "zh" else ", ").join(board.missing[:MISSING_SHOWN])
    if len(board.missing) > MISSING_SHOWN:
        more = word("more", language, len(board.missing) - MISSING_SHOWN)
        names = f"{names}{between}{more}"
    return _marked(f"{text}{between}{word('missing', language, names)}", "warn")


def _tiles(board: Board, language: Language) -> list[Tile]:
    today = board.trend[-1]
    fevers = [today.get(name, 0) for name in FEVERS]
    households = today.get("households.total", 0)
    share = 100 * today.get("visits.households", 0) // households if households else 0
    in_time, accepted = today.get("cases.accepted_in_time", 0), today.get("cases.accepted", 0)

    def tile(name: str, metrics: tuple[str, ...], note: str = "", tone: Tone = "") -> Tile:
        bars = [sum(day.get(metric, 0) for metric in metrics) for day in board.trend]
        return Tile(
            label=word(name, language),
            value=_count(bars[-1], tone),
            note=note,
            before=word("before", language, f"{bars[-2]:,}"),
            highest=word("highest", language, f"{max(bars):,}"),
            bars=bars,
        )

    return [
        tile(
            "checks",
            ("checks.total",),
            word("persons_note", language, f"{today.get('checks.persons', 0):,}"),
        ),
        tile(
            "fever",
            FEVERS,
            word("fever_note", language, *fevers),
            "alarm",
        ),
        tile("yellow", ("checks.code.yellow",), tone="warn"),
        tile("red", ("checks.code.red",), tone="alarm"),
        tile("visits", ("visits.total",)),
        tile(
            "doors",
            ("visits.households",),
            word("doors_note", language, f"{households:,}", share) if households else "",
        ),
        tile(
            "opened",
            ("cases.opened",),
            word("opened_note", language, in_time, accepted) if accepted else "",
        ),
        tile("closed", ("cases.closed",)),
    ]


_COLUMNS: tuple[tuple[str, str, Tone], ...] = (
    ("col_checks", "checks.total", ""),
    ("col_fever", "checks.fever", "alarm"),
    ("col_yellow", "checks.code.yellow", "warn"),
    ("col_red", "checks.code.red", "alarm"),
    ("col_visits", "visits.total", ""),
    ("col_doors", "visits.households", ""),
    ("col_open", "cases.open", ""),
)


def _fever(metrics: Metrics) -> int:
    return sum(metrics.get(name, 0) for name in FEVERS)


def _parts(board: Board, language: Language) -> Table:
    return Table(
        name="parts",
        title=word("parts", language),
        note=Cell(""),
        heads=[
            word("part", language),
            *(word(name, language) for name, _metric, _tone in _COLUMNS),
            word("col_grids", language),
        ],
        words=1,
        rows=[_part(part) for part in board.parts],
        empty=word("no_parts", language),
    )


def _part(part: Part) -> Line:
    cells = [Cell(shown_line(part.name))]
    for name, metric, tone in _COLUMNS:
        value = _fever(part.metrics) if name == "col_fever" else part.metrics.get(metric, 0)
        cells.append(_count(value, tone))
    missing = part.reported < part.expected
    cells.append(_marked(f"{part.reported}/{part.expected}", "warn" if missing else ""))
    return Line(cells, part.unit if part.has_parts else "")


def _cases(board: Board, language: Language) -> Table:
    note = Cell("")
    if board.cases_open:
        oldest = length(board.oldest_s, language)
        text = word("cases_note", language, board.cases_open, oldest, board.overdue)
        note = _marked(text, "alarm" if board.overdue else "")
    heads = ("category", "place", "state", "priority", "waits", "clock")
    return Table(
        name="cases",
        title=word("cases", language),
        note=note,
        heads=[word(name, language) for name in heads],
        words=4,
        rows=[_case(clock, language) for clock in board.cases],
        empty=word("no_cases", language),
    )


def _case(clock: CaseClock, language: Language) -> Line:
    left = Cell("")
    if clock.left_s is not None:
        over = clock.left_s < 0
        text = word("over" if over else "left", language, length(abs(clock.left_s), language))
        left = _marked(text, "alarm" if over else "warn" if clock.left_s < SOON_S else "")
    urgent: Tone = "warn" if clock.priority == "urgent" else ""
    return Line(
        [
            Cell(option_text(clock.category, language)),
            Cell(shown_line(clock.place)),
            Cell(option_text(clock.state, language)),
            _marked(option_text(clock.priority, language), urgent),
            Cell(length(clock.waits_s, language)),
            left,
        ]
    )


def _silent(board: Board, language: Language) -> Table:
    note = Cell("")
    if board.silent_count:
        after = length(board.silent_after_s, language)
        text = word("silent_note", language, board.terminals, board.silent_count, after)
        note = _marked(text, "warn")
    rows = []
    for one in board.silent:
        quiet = length(one.silent_s, language)
        text = word("never", language, quiet) if one.never else quiet
        cells = [Cell(one.name), Cell(shown_line(one.place)), Cell(text), _count(one.waiting)]
        rows.append(Line(cells))
    return Table(
        name="silent",
        title=word("silent", language),
        note=note,
        heads=[word(name, language) for name in ("terminal", "place", "quiet", "unsent")],
        words=2,
        rows=rows,
        empty=word("no_silent", language),
    )
