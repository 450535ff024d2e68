"""A sheet as lines of a terminal. Pure: text with the codes that colour it, no terminal touched.

80 columns by 24 rows hold everything; what a larger one has more goes to the tables' rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from armband.server.board.sheet import Cell, Line, Sheet, Table, Tile
from armband.server.board.words import word
from armband.server.cli.output import cells

BARS = "▁▂▃▄▅▆▇█"
_RESET = "\x1b[0m"
_STYLES = {"note": "\x1b[32m", "warn": "\x1b[1;33m", "alarm": "\x1b[1;31m", "": ""}
_TITLE, _HEAD, _CURSOR, _DIM = "\x1b[1;7m", "\x1b[1;4m", "\x1b[7m", "\x1b[2m"
_LABEL, _VALUE, _BEFORE, _HIGHEST = 12, 9, 11, 11
"""Cells of a tile's parts."""
_GAP = 2
MAX_SPARE = 24
"""Blanks between names of units and their figures: the eye has to find the way."""
LEAST_ROWS = {"parts": 4, "cases": 2, "silent": 1}


def paint(sheet: Sheet, width: int, height: int, cursor: int) -> list[str]:
    """Exactly ``height`` lines of at most ``width`` cells.

    Args:
        cursor: which row of the first table is marked.
    """
    path = " › ".join(place.name for place in sheet.path)
    top = [_styled(_ends(f" {sheet.board}  {path}", f"{sheet.clock} ", width), _TITLE)]
    if sheet.warning:
        top.append(_styled(_cut(f" {sheet.warning}", width), _STYLES["alarm"]))
    top.append(_cell(Cell(f" {sheet.coverage.text}", sheet.coverage.tone), width))
    top += [_tile(tile, width) for tile in sheet.tiles]
    bottom = _styled(_padded(word("keys", sheet.language), width), _TITLE)
    tables = _tables(sheet, width, max(0, height - len(top) - 1), cursor)
    lines = (top + tables)[: max(0, height - 1)]
    return [*lines, *([""] * (height - 1 - len(lines))), bottom][:height]


def bars_text(bars: Sequence[int]) -> str:
    """Bars as block characters against the highest; what is not zero is higher than zero."""
    highest = max(bars, default=0)
    if not highest:
        return BARS[0] * len(bars)
    return "".join(BARS[-(-count * (len(BARS) - 1) // highest)] for count in bars)


def _tile(tile: Tile, width: int) -> str:
    label, value = _padded(f" {tile.label}", _LABEL), tile.value
    fixed = f"{bars_text(tile.bars)}  {_padded(tile.before, _BEFORE)}"
    fixed += _padded(tile.highest, _HIGHEST)
    room = width - _LABEL - _VALUE - _GAP - cells(fixed)
    style = _STYLES[value.tone] or "\x1b[1m"
    figure = _styled(_padded(value.text, _VALUE, right=True), style)
    if room < 0:
        return label + figure + " " * _GAP + _cut(fixed, cells(fixed) + room)
    return f"{label}{figure}{' ' * _GAP}{fixed}{_styled(_cut(tile.note, room), _DIM)}"


def _tables(sheet: Sheet, width: int, height: int, cursor: int) -> list[str]:
    shares = _shares(sheet.tables, height)
    lines: list[str] = []
    for table, rows in zip(sheet.tables, shares, strict=True):
        lines += _table(table, sheet, width, rows, cursor if table.name == "parts" else None)
    return lines


def _heads(table: Table) -> int:
    """Lines above the rows: a title, and heads where the columns do not speak for themselves."""
    return 2 if table.name == "cases" and table.rows else 1


def _shares(tables: Sequence[Table], height: int) -> list[int]:
    """How many rows each table shows: its least first, then what is left, table by table."""
    room = height - sum(_heads(table) for table in tables)
    wanted = [max(1, len(table.rows)) for table in tables]
    shares = []
    for table, rows in zip(tables, wanted, strict=True):
        shares.append(max(0, min(rows, LEAST_ROWS[table.name], room)))
        room -= shares[-1]
    for index, rows in enumerate(wanted):
        more = max(0, min(rows - shares[index], room))
        shares[index] += more
        room -= more
    return shares


def _table(table: Table, sheet: Sheet, width: int, height: int, cursor: int | None) -> list[str]:
    widths = _widths(table, width)
    if table.name == "parts":
        lines = [_styled(_row_text(table, table.heads, widths), _HEAD)]
    else:
        title = _padded(f" {table.title}", min(width, cells(table.title) + 3))
        lines = [_styled(title, _HEAD) + _cell(table.note, width - cells(title))]
        if _heads(table) == 2:
            lines.append(_styled(_row_text(table, table.heads, widths), _DIM))
    if not table.rows:
        return [*lines, _styled(_cut(f" {table.empty}", width), _DIM)][: 1 + height]
    first = 0 if cursor is None else max(0, min(cursor - height + 1, len(table.rows) - height))
    shown = table.rows[first : first + height]
    for number, line in enumerate(shown, first):
        hidden = len(table.rows) - first - height
        if cursor is None and hidden > 0 and number == first + height - 1 and height > 1:
            more = word("more", sheet.language, hidden + 1)
            lines.append(_styled(_cut(f" {more}", width), _DIM))
        else:
            lines.append(_row(table, line, widths, marked=number == cursor))
    return lines


def _widths(table: Table, width: int) -> list[int]:
    """Cells of each column. When the screen is too narrow, the widest column of words gives, then
    the last columns are left out."""
    columns = [
        max(cells(text) for text in (head, *(line.cells[index].text for line in table.rows)))
        for index, head in enumerate(table.heads)
    ]
    while sum(columns) + _GAP * len(columns) > width:
        words = columns[: table.words]
        widest = words.index(max(words))
        if columns[widest] <= 4:
            break
        columns[widest] -= 1
    while len(columns) > 1 and sum(columns) + _GAP * len(columns) > width:
        columns.pop()
    columns[0] = min(columns[0], max(0, width - 1))
    spare = width - sum(columns) - _GAP * len(columns)
    if table.name == "parts" and spare > 0:
        columns[0] += min(spare, MAX_SPARE)
    return columns


def _row_text(table: Table, texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        _padded(text, room, right=index >= table.words)
        for index, (text, room) in enumerate(zip(texts, widths, strict=False))
    )
    return " " + (" " * _GAP).join(padded)


def _row(table: Table, line: Line, widths: Sequence[int], *, marked: bool) -> str:
    parts = []
    for index, (cell, room) in enumerate(zip(line.cells, widths, strict=False)):
        text = _padded(cell.text, room, right=index >= table.words)
        parts.append(text if marked else _styled(text, _STYLES[cell.tone]))
    whole = (">" if marked else " ") + (" " * _GAP).join(parts)
    return _styled(whole, _CURSOR) if marked else whole


def _cell(cell: Cell, width: int) -> str:
    return _styled(_cut(cell.text, width), _STYLES[cell.tone])


def _styled(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}" if style and text else text


def _ends(left: str, right: str, width: int) -> str:
    """Two texts at both ends of a line."""
    room = width - cells(right)
    return _padded(left, room) + right if room > 0 else _cut(left, width)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    short = _cut(text, width)
    blanks = " " * (width - cells(short))
    return blanks + short if right else short + blanks


def _cut(text: str, width: int) -> str:
    """As much as fits, with … where something is left out."""
    if cells(text) <= width:
        return text
    ends = list(accumulate(cells(char) for char in text))
    kept = sum(end <= width - 1 for end in ends)
    return text[:kept] + "…" if width > 0 else ""
