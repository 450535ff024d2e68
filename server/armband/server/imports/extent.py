"""How far a workbook's cells reach, looked at before a reader makes room for all between them.

The reader holds a sheet as a full rectangle, and ends the whole process when there is no memory for
it. A file of 5 KB with a cell in A1 and one in XFD1048576 asks for 400 GB.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

MAX_CELLS = 6_000_000
"""Cells of one sheet's rectangle, empty ones too; the register of 60,000 residents has a third."""
_TRIAL_BYTES = 2 << 30
_TRIAL_S = 60.0

_XLSX = "xl/workbook.xml"
# A cell that holds something: neither <c .../> nor <c ...></c>, which only have a style.
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]{1,4})(\d{1,9})["'][^>]*(?<!/)>(?!</)"""
)
# A cell without a reference stands right of the one before it, in the row that holds it.
_NEXT_CELL = re.compile(rb"<(?:\w+:)?c(?![^>]*\sr=)(?:\s[^>]*)?(?<!/)>(?!</)")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,9})["']""")

_TRIAL = """
import io, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import python_calamine
book = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
for name in book.sheet_names:
    sheet = book.get_sheet_by_name(name)
"""


def is_xlsx(archive: zipfile.ZipFile) -> bool:
    """Whether a zip holds an xlsx workbook, and no other kind that the reader knows."""
    names = {name.lower().replace("\\", "/") for name in archive.namelist()}
    return _XLSX in names and not names & {"xl/workbook.bin", "content.xml"}


def widest(archive: zipfile.ZipFile) -> tuple[int, int]:
    """Rows and columns of the largest rectangle among an xlsx workbook's parts.

    Every part is looked at: a workbook can call any of them a sheet.

    Raises:
        zipfile.BadZipFile, OSError, ValueError, RuntimeError, zlib.error, EOFError: a part cannot
            be unpacked.
    """
    extents = [_extent(archive.read(entry)) for entry in archive.infolist()]
    return max(extents, key=lambda extent: extent[0] * extent[1], default=(0, 0))


def _extent(part: bytes) -> tuple[int, int]:
    cells = _CELL.findall(part)
    rows = max((int(row) for row in {row for _column, row in cells}), default=0)
    columns = max((_number(column) for column in {column for column, _row in cells}), default=0)
    if _NEXT_CELL.search(part) is None:
        return rows, columns
    at = 0
    for piece in _ROW.split(part)[1:][::2]:
        found = _ROW_NUMBER.search(b" " + piece)
        at = int(found[1]) if found else at + 1
        rows = max(rows, at)
    filled = _ROW.split(part)[2::2]
    most = max((len(_NEXT_CELL.findall(piece)) for piece in filled), default=0)
    return rows, columns + most


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def survives(raw: bytes) -> bool:
    """Whether the reader can open a workbook at all; tried in a process of its own.

    For the kinds that are seldom sent and hard to look into: xls, xlsb, ods. What the reader says
    against a file is not asked here, only whether it outlives it.
    """
    command = [sys.executable, "-I", "-c", _TRIAL, str(_TRIAL_BYTES)]
    try:
        trial = subprocess.run(  # noqa: S603  this Python, with a text of ours
            command, input=raw, capture_output=True, timeout=_TRIAL_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return trial.returncode >= 0
