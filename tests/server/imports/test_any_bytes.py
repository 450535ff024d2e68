"""Any bytes as a file: rows, or an error of our tree with the reason; never another exception."""

from __future__ import annotations

import io
import zipfile

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.server.imports.build import Source, Target, make_plan
from armband.server.imports.heads import HOUSEHOLDS, RESIDENTS, STAFF, UNITS
from armband.server.imports.idkey import id_hasher
from armband.server.imports.problems import ImportProblem
from armband.server.imports.reader import parse_book
from armband.shared.errors import InvalidRecord
from armband.shared.kinds import kind_named
from armband.shared.wire import UnitName
from support.examples import examples

BOOKS = [HOUSEHOLDS, RESIDENTS, STAFF, UNITS]
HEADS = [head for book in BOOKS for name in book.fields for head in book.heads(name)]


def take(raw: bytes, heads) -> None:
    """Plan the bytes for an empty office; every draft of a planned row must be a good record."""
    try:
        book = parse_book("f", raw)
        target = Target(
            "lianhu", [UnitName("lianhu", "莲湖", "office")], "lianhu", id_hasher(b"k" * 32), {}
        )
        plan = make_plan(Source(heads.what, book, heads), target)
    except ImportProblem:
        return
    for draft in [*plan.shared.values(), *(d for row in plan.rows for d in row.drafts)]:
        try:
            kind_named(draft.kind).check_new({**draft.fields, "unit": draft.unit})
        except InvalidRecord as invalid:
            raise AssertionError(f"{invalid}: {draft}") from None


def workbook() -> bytes:
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw)
    sheet = book.add_worksheet("第1网格")
    for row, cells in enumerate([["楼栋", "房号", "户主"], ["3号楼", 101, "赵梅"], ["", 102, "x"]]):
        sheet.write_row(row, 0, cells)
    sheet.merge_range(1, 0, 2, 0, "3号楼")
    book.close()
    return raw.getvalue()


WORKBOOK = workbook()


@settings(deadline=None)
@given(raw=st.binary(max_size=400), heads=st.sampled_from(BOOKS))
def test_any_bytes(raw, heads):
    take(raw, heads)


@settings(deadline=None)
@given(
    prefix=st.sampled_from(
        [b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"\xff\xfe", b"\xef\xbb\xbf"]
    ),
    raw=st.binary(max_size=400),
)
def test_any_bytes_behind_a_known_beginning(prefix, raw):
    take(prefix + raw, HOUSEHOLDS)


@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_a_workbook_with_a_few_bytes_changed(data):
    raw = bytearray(WORKBOOK)
    for _change in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    take(bytes(raw), HOUSEHOLDS)


@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_a_workbook_whose_parts_are_damaged(data):
    """Inside the zip, where no checksum of the container helps."""
    damaged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as source, zipfile.ZipFile(damaged, "w") as target:
        names = source.namelist()
        chosen = data.draw(st.sampled_from(names))
        for name in names:
            part = bytearray(source.read(name))
            if name == chosen and part:
                at = data.draw(st.integers(0, len(part) - 1))
                part[at : at + data.draw(st.integers(1, 9))] = data.draw(st.binary(max_size=9))
            target.writestr(name, bytes(part))
    take(damaged.getvalue(), HOUSEHOLDS)


CELLS = st.one_of(
    st.sampled_from([*HEADS, "小计", "合计", "/", "第3网格", "3号楼", "101", "13800000000"]),
    st.text(max_size=12),
    st.text(min_size=58, max_size=70),
    st.text(min_size=190, max_size=210),
)


USUAL = {"name": "赵梅", "head": "赵梅", "room": "101", "phone": "13800000000", "level": "网格"}


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data(), heads=st.sampled_from(BOOKS))
def test_any_cells_under_known_heads(data, heads):
    rows = [[heads.heads(name)[0] for name in heads.fields]]
    for _row in range(data.draw(st.integers(1, 4))):
        row = [USUAL.get(name, "") for name in heads.fields]
        for _cell in range(data.draw(st.integers(1, 3))):
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS)
        rows.append(row)
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    take(text.encode("utf-8", "replace"), heads)
