"""Rows into files. Each ends with the number of rows and a checksum, so that a cut file shows.

The checksum is SHA-256 over everything before the last line of the csv or jsonl file; a workbook
carries that of the csv file that the same export would give.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from armband.server.exports.render import Cell, Ledger
from armband.server.exports.words import COUNT_WORDS, Language, sheet_title
from armband.shared.harmless import shown, shown_json, spreadsheet_text
from armband.shared.kinds import View

FORMATS = ("csv", "xlsx", "jsonl")
_BOM = b"\xef\xbb\xbf"
"""Without it Excel takes a csv file for the system's old encoding."""
_SHEET_NAME_MAX = 31
_COLUMN_WIDTH_MAX = 40


class Writer(Protocol):
    """Takes the records of a ledger one by one."""

    def add(self, view: View) -> None:
        """Write one record."""
        ...

    def finish(self) -> int:
        """Write the last line; the number of rows."""
        ...


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return spreadsheet_text(cell) if isinstance(cell, str) else cell


def _csv_line(cells: Sequence[Cell]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode()


def _last_cells(language: Language, rows: int, digest: str) -> list[Cell]:
    return [COUNT_WORDS[language], rows, "sha256", digest]


class CsvWriter:
    """UTF-8 with a byte order mark and CRLF, as Excel opens it."""

    def __init__(self, ledger: Ledger, file: BinaryIO) -> None:
        self._ledger = ledger
        self._file = file
        self._digest = sha256()
        self._rows = 0
        self._put(_BOM + _csv_line(ledger.heads()))

    def _put(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._file.write(raw)

    def add(self, view: View) -> None:
        """Write one record."""
        self._put(_csv_line(self._ledger.row(view)))
        self._rows += 1

    def finish(self) -> int:
        """Write the last line; the number of rows."""
        last = _last_cells(self._ledger.language, self._rows, self._digest.hexdigest())
        self._file.write(_csv_line(last))
        return self._rows


class JsonlWriter:
    """One JSON document a line; the last one is ``{"rows", "sha256"}``."""

    def __init__(self, ledger: Ledger, file: BinaryIO) -> None:
        self._ledger = ledger
        self._file = file
        self._digest = sha256()
        self._rows = 0

    def add(self, view: View) -> None:
        """Write one record."""
        said = msgspec.json.encode(self._ledger.machine_row(view)).decode()
        raw = shown_json(said).encode() + b"\n"
        self._digest.update(raw)
        self._file.write(raw)
        self._rows += 1

    def finish(self) -> int:
        """Write the last line; the number of rows."""
        last = {"rows": self._rows, "sha256": self._digest.hexdigest()}
        self._file.write(msgspec.json.encode(last) + b"\n")
        return self._rows


class XlsxWriter:
    """A workbook with the head repeated on each printed page; rows go to the disk as they come."""

    def __init__(self, ledger: Ledger, path: Path) -> None:
        # Imported here: only this format needs it.
        import xlsxwriter

        title = sheet_title(ledger.kind, ledger.language)
        self._ledger = ledger
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._sheet = self._book.add_worksheet(title[:_SHEET_NAME_MAX])
        self._digest = sha256(_BOM)
        self._rows = 0
        self._set_up(ledger.heads(), title)

    def _set_up(self, heads: Sequence[str], title: str) -> None:
        for column, head in enumerate(heads):
            width = min(max(2 * len(head) + 2, 10), _COLUMN_WIDTH_MAX)
            self._sheet.set_column(column, column, width)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_header(f"&C{title}")
        self._sheet.set_footer("&C&P / &N")
        bold = self._book.add_format({"bold": True, "text_wrap": True, "border": 1})
        self._put(0, list(heads), bold)
        self._digest.update(_csv_line(list(heads)))

    def _put(self, row: int, cells: Sequence[Cell], form: object = None) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                # Always a text: a workbook's text is never taken for a formula.
                self._sheet.write_string(row, column, shown(cell), form)
            else:
                self._sheet.write_number(row, column, cell, form)

    def add(self, view: View) -> None:
        """Write one record."""
        cells = self._ledger.row(view)
        self._rows += 1
        self._put(self._rows, cells)
        self._digest.update(_csv_line(cells))

    def finish(self) -> int:
        """Write the last line and close the workbook; the number of rows."""
        last = _last_cells(self._ledger.language, self._rows, self._digest.hexdigest())
        self._put(self._rows + 1, last)
        self._book.close()
        return self._rows
