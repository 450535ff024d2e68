"""A file into sheets of text cells. The only code that knows file formats."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from armband.server.imports.extent import MAX_CELLS, is_xlsx, survives, widest
from armband.server.imports.problems import UnreadableFile

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_UNZIPPED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 200_000
"""Rows of one sheet; an office of 22,000 households has none near it."""
MAX_COLUMNS = 200

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_NO_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
)  # fmt: skip
_DELIMITERS = ",\t;"
_GUARDED = re.compile(r"'\s*[=+\-@＝＋－＠]")

MergedRange = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column), counted from 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells as text; row ``i`` of the list is row ``i + 1`` of the file.

    Attributes:
        name: the sheet's name, ``""`` in a text file.
        rows: ragged rows of cells; an empty cell is ``""``.
        merged: merged ranges.
        blurred: cells (row, column) that hold a number too long for the spreadsheet's precision.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[MergedRange, ...] = ()
    blurred: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Book:
    """All sheets that are shown, and what a person should know about the rest."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def read_book(path: Path) -> Book:
    """Read a spreadsheet or a text table.

    Raises:
        UnreadableFile: absent, damaged, protected, too large, or no table at all.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableFile(path.name, f"larger than {MAX_FILE_BYTES >> 20} MiB")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(path.name or str(path), f"cannot be read: {reason}") from None
    return parse_book(path.name, raw)


def parse_book(name: str, raw: bytes) -> Book:
    """The sheets in a file's bytes; the content decides the format, not the name.

    Raises:
        UnreadableFile: damaged, protected, too large, or no table at all.
    """
    if not raw.strip():
        raise UnreadableFile(name, "the file is empty")
    if raw.startswith((_ZIP, _OLE)):
        return _parse_workbook(name, raw)
    return Book((_parse_text(name, raw),))


def _parse_workbook(name: str, raw: bytes) -> Book:
    # Imported here: the commands that read no workbook need not load it.
    import python_calamine

    _refuse_bomb(name, raw)
    try:
        return _read_sheets(name, python_calamine.load_workbook(io.BytesIO(raw)))
    except UnreadableFile:
        raise
    except python_calamine.PasswordError:
        problem = "protected by a password; save it without one"
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic inside the reader is no Exception
        problem = f"damaged, or no xlsx or xls workbook ({error})"
    raise UnreadableFile(name, problem)


def _refuse_bomb(name: str, raw: bytes) -> None:
    if not raw.startswith(_ZIP):
        _try_out(name, raw)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > MAX_UNZIPPED_BYTES:
                raise UnreadableFile(name, f"unpacks to more than {MAX_UNZIPPED_BYTES >> 20} MiB")
            rows, columns = widest(archive) if is_xlsx(archive) else (0, 0)
            other = not is_xlsx(archive)
    except _NO_ARCHIVE as error:
        raise UnreadableFile(name, f"damaged, or no xlsx workbook ({error})") from None
    if rows * columns > MAX_CELLS:
        raise UnreadableFile(
            name,
            f"a sheet reaches to row {rows} and column {columns}; at most {MAX_ROWS} rows, "
            f"{MAX_COLUMNS} columns and {MAX_CELLS:,} cells",
        )
    if other:
        _try_out(name, raw)


def _try_out(name: str, raw: bytes) -> None:
    if not survives(raw):
        raise UnreadableFile(name, "damaged, or its sheets reach too far; save it as xlsx or csv")


def _read_sheets(name: str, workbook: object) -> Book:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    assert isinstance(workbook, CalamineWorkbook)
    sheets: list[Sheet] = []
    notes: list[str] = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ is not SheetTypeEnum.WorkSheet:
            continue
        if metadata.visible is not SheetVisibleEnum.Visible:
            notes.append(f"sheet {metadata.name} is hidden and was not read")
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
            raise UnreadableFile(
                name,
                f"sheet {metadata.name} has {sheet.height} rows and {sheet.width} columns; "
                f"at most {MAX_ROWS} and {MAX_COLUMNS}",
            )
        cells = sheet.to_python(skip_empty_area=False)
        rows, blurred = _texts(cells)
        merged = tuple(sheet.merged_cell_ranges or ())
        sheets.append(Sheet(metadata.name, rows, merged, blurred))
    return Book(tuple(sheets), tuple(notes))


def _texts(cells: Sequence[Sequence[object]]) -> tuple[list[list[str]], frozenset[tuple[int, int]]]:
    rows: list[list[str]] = []
    blurred: set[tuple[int, int]] = set()
    for row_index, cell_row in enumerate(cells):
        row: list[str] = []
        for column, cell in enumerate(cell_row):
            row.append(cell if isinstance(cell, str) else _text_of(cell))
            if isinstance(cell, float | int) and abs(cell) >= 1e15:
                blurred.add((row_index, column))
        rows.append(row)
    return rows, frozenset(blurred)


def _text_of(cell: object) -> str:
    """A cell that is no text: a spreadsheet's numbers are floats (13800000000.0)."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time().isoformat() != "00:00:00" else _day(cell)
    if isinstance(cell, date):
        return _day(cell)
    return str(cell)


def _day(moment: date) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _parse_text(name: str, raw: bytes) -> Sheet:
    text = _decode(name, raw)
    first_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFile(name, f"not a table of comma-separated values ({error})") from None
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(name, f"has {len(rows)} rows, at most {MAX_ROWS}")
    return Sheet("", [[_unguarded(cell) for cell in row] for row in rows])


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps an exported text from being a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _decode(name: str, raw: bytes) -> str:
    """UTF-8 with or without a mark, what Excel calls Unicode text, or GB18030."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(name, "neither xlsx, xls nor a text table in UTF-8 or GB18030")
