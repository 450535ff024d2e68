"""A report as a workbook that prints on one A4 page, with lines to sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from armband.server.cli.output import cells
from armband.server.reports.layout import Language
from armband.server.reports.lines import (
    fixed_lines,
    head_lines,
    part_heads,
    part_rows,
    restated,
    sections,
    title,
)
from armband.server.reports.model import DayReport
from armband.server.reports.words import word
from armband.shared.harmless import shown_line, spreadsheet_text

_FIGURES = 3
"""In a row, each with a label of two columns before it."""
_COLUMNS = 3 * _FIGURES
_COLUMN_WIDTH = 9.5
"""Nine of them fill the width of the page at full size."""
_ROW_HEIGHT = 17
_A4 = 9
_FONT = "SimSun"
_LINE_CELLS = 92
"""Half-width characters in a line over the whole width."""


class _Sheet:
    """Rows from the top down."""

    def __init__(self, book: Any, name: str) -> None:
        self._sheet = book.add_worksheet(name)
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        boxed = {**base, "border": 1, "text_wrap": True}
        self.title = book.add_format({**base, "font_size": 16, "bold": True, "align": "center"})
        self.plain = book.add_format({**base, "text_wrap": True})
        self.head = book.add_format({**boxed, "bold": True, "bg_color": "#E7E6E6"})
        self.label = book.add_format(boxed)
        # The name of a part has one narrow column.
        self.fitted = book.add_format({**base, "border": 1, "shrink": True})
        self.figure = book.add_format({**boxed, "align": "right"})
        self._row = -1

        self._set_up()

    def _set_up(self) -> None:
        sheet = self._sheet
        sheet.set_paper(_A4)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        sheet.center_horizontally()
        sheet.set_column(0, _COLUMNS - 1, _COLUMN_WIDTH)

    def across(self, text: str, form: Any, *, lines: int = 1) -> None:
        """One text over the whole width."""
        self._next(lines)
        self._put(0, _COLUMNS, text, form)

    def cells(self, row: Sequence[tuple[str | int, int, Any]]) -> None:
        """Cells of (content, columns, form) from the left; the rest is boxed and empty."""
        self._next()
        column = 0
        for content, width, form in row:
            self._put(column, width, content, form)
            column += width
        if column < _COLUMNS:
            self._put(column, _COLUMNS - column, "", self.label)

    def skip(self) -> None:
        """Leave a row empty."""
        self._next()

    def _next(self, lines: int = 1) -> None:
        self._row += 1
        self._sheet.set_row(self._row, _ROW_HEIGHT * lines)

    def _put(self, column: int, width: int, content: str | int, form: Any) -> None:
        if width > 1:
            self._sheet.merge_range(self._row, column, self._row, column + width - 1, "", form)
        if isinstance(content, int):
            self._sheet.write_number(self._row, column, content, form)
        else:
            # Always a text: never taken for a formula.
            self._sheet.write_string(self._row, column, spreadsheet_text(content), form)

    def footer(self, text: str) -> None:
        self._sheet.set_footer(f"&L&8{shown_line(text)}&R&8&P / &N")


def write_workbook(report: DayReport, language: Language, utc_offset_min: int, path: Path) -> None:
    """Write the report to ``path``.

    Raises:
        OSError: it cannot be written.
    """
    # Imported here: only this format needs it.
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    try:
        _fill(_Sheet(book, report.day), report, language, utc_offset_min)
    finally:
        book.close()


def _fill(sheet: _Sheet, report: DayReport, language: Language, utc_offset_min: int) -> None:
    sheet.across(title(report, language), sheet.title, lines=2)
    for line in head_lines(report, language, utc_offset_min):
        sheet.across(line, sheet.plain, lines=1 + cells(line) // _LINE_CELLS)
    for name, figures in sections(report, language):
        sheet.across(name, sheet.head)
        for at in range(0, len(figures), _FIGURES):
            row: list[tuple[str | int, int, Any]] = []
            for figure in figures[at : at + _FIGURES]:
                row += [(figure.label, 2, sheet.label), (figure.text, 1, sheet.figure)]
            sheet.cells(row)
    if report.parts:
        sheet.across(word("parts", language), sheet.head)
        sheet.cells([(head, 1, sheet.head) for head in part_heads(language)])
        for name, values in part_rows(report):
            sheet.cells([(name, 1, sheet.fitted), *((value, 1, sheet.figure) for value in values)])
    for line in fixed_lines(report, language, utc_offset_min):
        sheet.across(line, sheet.plain)
    _restated(sheet, report, language)
    _signatures(sheet, language)
    sheet.footer(f"{report.office_name} {report.day} {report.checksum[:16]}".replace("&", "&&"))


def _restated(sheet: _Sheet, report: DayReport, language: Language) -> None:
    changed = restated(report, language)
    if changed:
        sheet.across(word("restated", language), sheet.head)
    for one in changed:
        sheet.cells(
            [
                (one.place, 2, sheet.label),
                (one.label, 2, sheet.label),
                (word("was", language), 1, sheet.label),
                (one.was, 1, sheet.figure),
                (word("is", language), 1, sheet.label),
                (one.now, 2, sheet.figure),
            ]
        )


def _signatures(sheet: _Sheet, language: Language) -> None:
    for pair in (("filled_by", "phone"), ("signed_by", "time")):
        sheet.skip()
        texts = [f"{word(name, language)} {'_' * 24}" for name in pair]
        sheet.across("        ".join(texts), sheet.plain)
