"""Merged cells: the value of the first cell belongs to all rows of the range.

In a text file, and where somebody undid the merging, only the first row of a block still has the
value. A column that is empty in at least as many rows as it is filled is such a column: its values
carry on downwards. In a column that is filled nearly everywhere an empty cell is a missing value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armband.server.imports.reader import Sheet
from armband.server.imports.rowkinds import Body

_NOTHING: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register, by row index.

    Attributes:
        values: every data row's text.
        doubtful: rows that took their value across a subtotal, to the row it came from.
        missing: rows without a value in a column that is filled elsewhere.
    """

    values: Mapping[int, str]
    doubtful: Mapping[int, int]
    missing: frozenset[int]


def fill_columns(sheet: Sheet, column: int, body: Body, *, down: bool) -> Column:
    """The column's values with merged ranges filled; ``down``: and carried on when sparse."""
    rows = sheet.rows
    values = {
        number: rows[number][column] if column < len(rows[number]) else ""
        for number in body.numbers
    }
    empty = [number for number, value in values.items() if not value.strip()]
    if not empty:
        return Column(values, _NOTHING, frozenset())
    sparse = 2 * len(empty) >= len(values)
    _fill_merged(sheet, column, values)
    doubtful = _carry_down(values, body) if down and sparse else _NOTHING
    missing: frozenset[int] = frozenset()
    if len(empty) < len(values) and (down or not sparse):
        missing = frozenset(number for number in empty if not values[number].strip())
    return Column(values, doubtful, missing)


def _fill_merged(sheet: Sheet, column: int, values: dict[int, str]) -> None:
    for (top, left), (bottom, _right) in sheet.merged:
        if left != column or top == bottom or column >= len(sheet.rows[top]):
            continue
        value = sheet.rows[top][column]
        for number in range(top + 1, bottom + 1):
            if number in values and not values[number].strip():
                values[number] = value


def _carry_down(values: dict[int, str], body: Body) -> dict[int, int]:
    doubtful: dict[int, int] = {}
    held, origin = "", -1
    breaks = iter((*body.breaks, 1 << 60))
    next_break = next(breaks)
    last_break = -1
    for number in body.numbers:
        while next_break < number:
            last_break, next_break = next_break, next(breaks)
        if values[number].strip():
            held, origin = values[number], number
        elif held:
            values[number] = held
            if last_break > origin:
                doubtful[number] = origin
    return doubtful
