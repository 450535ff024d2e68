"""A small file whose sheets reach far is refused before a reader makes room for all between."""

from __future__ import annotations

import io
import resource
import zipfile
from pathlib import Path

import pytest

from armband.server.imports import extent
from armband.server.imports.problems import UnreadableFile
from armband.server.imports.reader import parse_book
from support.registers import write_xlsx

ROWS = [["楼栋", "房号", "户主"], ["3号楼", "101", "赵梅"]]


def with_row(path: Path, row: str) -> bytes:
    """A register with one more row in its sheet, as XML."""
    write_xlsx(path, {"第1网格": ROWS})
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(changed, "w") as target:
        for name in book.namelist():
            part = book.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace("</sheetData>", f"{row}</sheetData>")
            target.writestr(name, part)
    return changed.getvalue()


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='200000'><c s='1' r='ALL200000'><v>1</v></c></row>",
        '<row r="200000"><c r="gr200000" t="inlineStr"><is><t>x</t></is></c></row>',
        '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        '<row r="1048575"/><row>' + "<c><v>1</v></c>" * 150 + "</row>",
    ],
)
def test_a_cell_far_away_is_refused_and_costs_nothing(tmp_path: Path, row: str) -> None:
    raw = with_row(tmp_path / "far.xlsx", row)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableFile, match=r"reaches to row \d+ and column \d+; at most 200000"):
        parse_book("far.xlsx", raw)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 32 * 1024


@pytest.mark.parametrize(
    "row",
    [
        '<row r="3" s="1"><c r="XFD3" s="1"/><c r="XFC3" s="1"></c></row>',
        '<row r="20000"><c r="A20000"><v>1</v></c></row>',
    ],
)
def test_cells_that_only_have_a_style_reach_nowhere(tmp_path: Path, row: str) -> None:
    book = parse_book("styled.xlsx", with_row(tmp_path / "styled.xlsx", row))
    assert book.sheets[0].rows[1] == ["3号楼", "101", "赵梅"]


def test_another_kind_of_workbook_is_tried_out_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that dies of an xls takes no import with it."""
    old = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert extent.survives(old)
    monkeypatch.setattr(extent, "_TRIAL", "import os; os.abort()")
    with pytest.raises(UnreadableFile, match="save it as xlsx or csv"):
        parse_book("old.xls", old)
