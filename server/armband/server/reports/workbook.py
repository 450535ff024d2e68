"""A report as a workbook that prints on one A4 page, with lines to sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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

_PAIRS = 3
"""Label and figure, three times in a row."""
_COLUMNS = 2 * _PAIRS
_A4 = 9
_FONT = "SimSun"


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
        self.figure = book.add_format({**boxed, "align": "right"})
        self._row = 0

    def set_up(self, columns: int) -> None:
        sheet = self._sheet
        sheet.set_paper(_A4)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        sheet.center_horizontally()
        sheet.set_column(0, columns - 1, 15)

    def across(self, text: str, form: Any, columns: int) -> None:
        self._sheet.merge_range(self._row, 0, self._row, columns - 1, "", form)
        self._sheet.write_string(self._row, 0, text, form)
        self._row += 1

    def cells(self, row: Sequence[str | int], forms: Sequence[Any]) -> None:
        for column, (cell, form) in enumerate(zip(row, forms, strict=True)):
            if isinstance(cell, int):
                self._sheet.write_number(self._row, column, cell, form)
            else:
                # Always a text: never taken for a formula.
                self._sheet.write_string(self._row, column, cell, form)
        self._row += 1

    def skip(self) -> None:
        self._row += 1

    def footer(self, text: str) -> None:
        self._sheet.set_footer(f"&L&8{text}&R&8&P / &N")


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
    heads = part_heads(language)
    columns = max(_COLUMNS, len(heads) if report.parts else 0)
    sheet.set_up(columns)
    _head(sheet, report, language, utc_offset_min, columns)
    for name, figures in sections(report, language):
        sheet.across(name, sheet.head, columns)
        for at in range(0, len(figures), _PAIRS):
            row: list[str | int] = []
            for figure in figures[at : at + _PAIRS]:
                row += [figure.label, figure.text]
            row += [""] * (columns - len(row))
            forms = [sheet.figure if at % 2 else sheet.label for at in range(columns)]
            sheet.cells(row, forms)
    if report.parts:
        sheet.across(word("parts", language), sheet.head, columns)
        sheet.cells(_wide(heads, columns), [sheet.head] * columns)
        for name, values in part_rows(report):
            forms = [sheet.label, *[sheet.figure] * (columns - 1)]
            sheet.cells(_wide([name, *values], columns), forms)
    _foot(sheet, report, language, utc_offset_min, columns)


def _wide(row: Sequence[str | int], columns: int) -> list[str | int]:
    return [*row, *[""] * (columns - len(row))]


def _head(
    sheet: _Sheet, report: DayReport, language: Language, utc_offset_min: int, columns: int
) -> None:
    sheet.across(title(report, language), sheet.title, columns)
    for line in head_lines(report, language, utc_offset_min):
        sheet.across(line, sheet.plain, columns)


def _foot(
    sheet: _Sheet, report: DayReport, language: Language, utc_offset_min: int, columns: int
) -> None:
    for line in fixed_lines(report, language, utc_offset_min):
        sheet.across(line, sheet.plain, columns)
    changed = restated(report, language)
    if changed:
        sheet.across(word("restated", language), sheet.head, columns)
        for one in changed:
            row = [one.place, one.label, word("was", language), one.was, word("is", language)]
            sheet.cells(_wide([*row, one.now], columns), [sheet.label] * columns)
    sheet.skip()
    for pair in (("filled_by", "phone"), ("signed_by", "time")):
        texts = [f"{word(name, language)} ____________________" for name in pair]
        sheet.across("        ".join(texts), sheet.plain, columns)
        sheet.skip()
    sheet.footer(f"{report.office_name} {report.day} {report.checksum[:16]}".replace("&", "&&"))
