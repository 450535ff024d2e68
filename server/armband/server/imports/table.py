"""A sheet's cells into the rows of a register: the head row found, merged cells filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from armband.server.imports import rowkinds
from armband.server.imports.fill import Column, fill_columns
from armband.server.imports.heads import UNIT_HEADS, HeadBook, field_of
from armband.server.imports.problems import UnknownHeads
from armband.server.imports.reader import Book, Sheet
from armband.server.imports.surroundings import units_around
from armband.shared.normal import clean

HEAD_WITHIN_ROWS = 30
"""Titles and remarks stand above the head, but never more than a screen of them."""
_FEW_HEADS = 2
_SECOND_PHONE = {("liaison", "phone"): "liaison_phone"}
"""A column that repeats a head means something else when it stands right of another column."""
_FILLED_DOWN = frozenset({*UNIT_HEADS, "building", "stair"})
_MAX_LISTED = 12


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row of a register.

    Attributes:
        sheet, number: where it stands in the file; rows count from 1.
        cells: field to the cell's text as it is in the file, merged cells filled in.
        blurred: fields whose number the spreadsheet has rounded.
        doubtful: fields taken from a row above, across a subtotal, to that row's number.
        missing: fields without a value although the column has one in most rows.
    """

    sheet: str
    number: int
    cells: Mapping[str, str] = field(repr=False)  # an ID number must not get into a log
    blurred: frozenset[str] = frozenset()
    doubtful: Mapping[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """A cell's text, ``""`` when the register has no such column."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Register:
    """The rows of one sheet, and what stands around them.

    Attributes:
        sheet: the sheet's name.
        fields: the fields that have a column.
        rows: the data rows in the file's order.
        around: unit level to name, from the sheet's name and the lines above the head.
        notes: what a person should know.
    """

    sheet: str
    fields: frozenset[str]
    rows: tuple[DataRow, ...]
    around: Mapping[str, str]
    notes: tuple[str, ...]


def registers_in(book: Book, heads: HeadBook) -> list[Register]:
    """The registers of a file, one per sheet that holds one.

    Raises:
        UnknownHeads: no sheet has a head row with what is needed, or one has only a part of it.
    """
    index = heads.index()
    found: list[Register] = []
    others: list[Sheet] = []
    for sheet in book.sheets:
        head = _find_head(sheet, heads, index)
        if head is None:
            others.append(sheet)
        else:
            found.append(_register(sheet, head, heads))
    if not found:
        raise UnknownHeads(_nothing_found(others, heads))
    skipped = [
        f"sheet {sheet.name} holds no {heads.what} and was not read"
        for sheet in others
        if any(any(cell.strip() for cell in row) for row in sheet.rows)
    ]
    if skipped or book.notes:
        found[0] = _with_notes(found[0], (*book.notes, *skipped))
    return found


def _with_notes(register: Register, notes: tuple[str, ...]) -> Register:
    return Register(
        register.sheet,
        register.fields,
        register.rows,
        register.around,
        (*notes, *register.notes),
    )


@dataclass(frozen=True, slots=True)
class _Head:
    first_row: int
    last_row: int
    columns: dict[int, str]
    texts: dict[int, str]
    unknown: tuple[str, ...]


def _find_head(sheet: Sheet, heads: HeadBook, index: Mapping[str, str]) -> _Head | None:
    best_row, best_count = -1, 0
    for number, row in enumerate(sheet.rows[:HEAD_WITHIN_ROWS]):
        fields = {field_of(cell, index) for cell in row if cell} - {None, "", "sequence"}
        if all(any(name in fields for name in group) for group in heads.needed):
            return _head_at(sheet, number, index)
        if len(fields) > best_count:
            best_row, best_count = number, len(fields)
    if best_count >= _FEW_HEADS:
        raise UnknownHeads(_incomplete(sheet, best_row, heads))
    return None


def _head_at(sheet: Sheet, number: int, index: Mapping[str, str]) -> _Head:
    """The head at a row, with the parts that stand in the row above or below it."""
    cells = {column: cell for column, cell in enumerate(sheet.rows[number]) if cell.strip()}
    first = last = number
    if number > 0:
        above = _heads_of(sheet.rows[number - 1], index)
        if above:
            first = number - 1
            cells.update({column: cell for column, cell in above.items() if column not in cells})
    if number + 1 < len(sheet.rows):
        below = _heads_of(sheet.rows[number + 1], index)
        filled = [cell for cell in sheet.rows[number + 1] if cell.strip()]
        if below and len(below) == len(filled):
            last = number + 1
            cells.update(below)
    columns: dict[int, str] = {}
    unknown: list[str] = []
    for column in sorted(cells):
        name = field_of(cells[column], index)
        if name is not None and name in columns.values():
            name = _meant_instead(name, columns)
        if name is None:
            unknown.append(clean(cells[column]))
        elif name:
            columns[column] = name
    texts = {column: cells[column] for column in columns}
    return _Head(first, last, columns, texts, tuple(unknown))


def _heads_of(row: Sequence[str], index: Mapping[str, str]) -> dict[int, str]:
    return {column: cell for column, cell in enumerate(row) if cell and field_of(cell, index)}


def _meant_instead(name: str, columns: Mapping[int, str]) -> str | None:
    before = list(columns.values())
    for (left, repeated), meant in _SECOND_PHONE.items():
        if name == repeated and left in before and meant not in before:
            return meant
    return None


def _register(sheet: Sheet, head: _Head, heads: HeadBook) -> Register:
    body = rowkinds.data_rows(sheet.rows, head.last_row + 1, head.columns, head.texts)
    repeated_doors = heads.what == "residents"
    down = _FILLED_DOWN | {"room", "door"} if repeated_doors else _FILLED_DOWN
    columns = {
        name: fill_columns(sheet, column, body, down=name in down)
        for column, name in head.columns.items()
    }
    rows = tuple(_data_row(sheet, number, head.columns, columns) for number in body.numbers)
    notes: list[str] = []
    if head.unknown:
        where = f"sheet {sheet.name}, " if sheet.name else ""
        listed = ", ".join(head.unknown[:_MAX_LISTED])
        notes.append(f"{where}row {head.last_row + 1}: columns not imported: {listed}")
    fields = frozenset(head.columns.values())
    above = [cell for row in sheet.rows[: head.first_row] for cell in row if cell.strip()]
    around = {
        level: name for level, name in units_around(sheet.name, above).items()
        if level not in fields
    }  # fmt: skip
    return Register(sheet.name, fields, rows, around, tuple(notes))


def _data_row(
    sheet: Sheet, number: int, names: Mapping[int, str], columns: Mapping[str, Column]
) -> DataRow:
    cells = {name: column.values[number] for name, column in columns.items()}
    blurred: frozenset[str] = frozenset()
    if sheet.blurred:
        blurred = frozenset(
            name for column, name in names.items() if (number, column) in sheet.blurred
        )
    doubtful = {
        name: column.doubtful[number] + 1
        for name, column in columns.items()
        if number in column.doubtful
    }
    missing = frozenset(name for name, column in columns.items() if number in column.missing)
    return DataRow(sheet.name, number + 1, cells, blurred, doubtful, missing)


def _listed(row: Iterable[str]) -> str:
    heads = [clean(cell) for cell in row if cell.strip()]
    return ", ".join(heads[:_MAX_LISTED]) or "nothing"


def _incomplete(sheet: Sheet, number: int, heads: HeadBook) -> str:
    where = f"sheet {sheet.name}, row {number + 1}" if sheet.name else f"row {number + 1}"
    return (
        f"{where}: the heads are {_listed(sheet.rows[number])}; {heads.what} need a column "
        f"{heads.wanted()}. Name other heads with --map"
    )


def _nothing_found(sheets: Sequence[Sheet], heads: HeadBook) -> str:
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:HEAD_WITHIN_ROWS]):
            if any(cell.strip() for cell in row):
                return _incomplete(sheet, number, heads)
    return "the file holds no rows"
