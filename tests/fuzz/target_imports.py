"""Registers: any bytes give a report that accounts for each row, or a refusal that says where.

An input's first byte says which register it shall be; the rest is the file.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from random import Random

import xlsxwriter

from armband.server.imports.build import Source, Target, make_plan
from armband.server.imports.heads import HOUSEHOLDS, RESIDENTS, STAFF, UNITS
from armband.server.imports.idkey import id_hasher
from armband.server.imports.problems import ImportProblem
from armband.server.imports.reader import parse_book
from armband.server.imports.run import Report, run_plan
from armband.shared.errors import InvalidRecord
from fuzz import engine
from support.own_ops import run as driven
from support.registers import MemoryOffice

_BOOKS = (HOUSEHOLDS, RESIDENTS, STAFF, UNITS)
_LOOSE = "hangs on the unit above"
_HASHER = id_hasher(b"k" * 32)
_HEADS = sorted({head for book in _BOOKS for heads in book.fields.values() for head in heads})
_CELLS = (
    "小计", "合计", "/", "第3网格", "3号楼", "2单元", "101", "13800000000", "1.38E+10", "５人",
    "独居老人、残疾人", "王 梅", "41010119500101001x", "2022-03-01", "19500101", "男", "是",
    "网格长", "社区", "备注：以上共3户", "莲湖街道", "阳光社区", "=1+1", "'=1", "户主\n姓名",
    "制表人：", "lianhu/yg/g1", "楼栋长", "联户党员", "a" * 61, "字" * 201, "\u3000", "\ufeff",
    "１０１",
)  # fmt: skip
_XML = (
    b'<mergeCell ref="A1:C3"/>', b'r="XFD1048576"', b'r="C200000"', b't="s"', b't="inlineStr"',
    b't="b"', b't="e"', b't="d"', b"<v>1e308</v>", b"<v>-1</v>", b"<v>99999999</v>", b"<f>",
    b's="9"', b"<v>13800000000</v>", b'state="hidden"', b"&#0;", b"&#x10FFFF;", b"<v>NaN</v>",
    b'<c r="C9"><v>5</v></c>', b'ref="A1:XFD1048576"', b"<row", b"</row>", b"<is><t>",
    b'count="4294967295"',
)  # fmt: skip


def run(raw: bytes) -> None:
    """Import a file twice: the second time nothing is new."""
    heads = _BOOKS[raw[0] % len(_BOOKS)] if raw else HOUSEHOLDS
    office = MemoryOffice()
    reports: list[Report] = []
    for _time in range(2):
        try:
            book = parse_book("f", raw[1:])
            target = Target(
                office.code, office.units.values(), office.code, _HASHER, office.posts()
            )
            plan = make_plan(Source(heads.what, book, heads), target)
        except ImportProblem as problem:
            engine.said(str(problem))
            if reports:
                raise AssertionError(f"taken once, then refused: {problem}") from None
            return
        try:
            report = driven(run_plan(plan, office))
        except InvalidRecord as invalid:
            raise AssertionError(f"a planned row is no good record: {invalid}") from None
        _check_report(report)
        reports.append(report)
    first, again = reports
    if any(_LOOSE in line.reason for line in first.lines):
        return  # a row that does not say where it belongs may find more of that name later
    assert again.imported == 0, f"the second time: {again}"
    before = (first.rows, first.repeated, first.refused)
    assert before == (again.rows, again.repeated, again.refused), f"the second time: {again}"


def _check_report(report: Report) -> None:
    parts = (report.imported, report.unchanged, report.repeated, report.refused)
    assert report.rows == sum(parts), report
    told = report.warned + report.repeated + report.refused
    assert len(report.lines) == told
    for line in report.lines:
        assert line.row >= 1
        assert line.reason
        line.reason.encode()


def _change_cells(raw: bytes, _other: bytes, random: Random) -> bytes:
    """A text table with some cells changed; a workbook's part with a piece of XML put in."""
    if raw[1:3] == b"PK":
        return _change_part(raw, random)
    try:
        rows = list(csv.reader(io.StringIO(raw[1:].decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return raw
    if not rows:
        return raw
    row = random.choice(rows)
    match random.randrange(6):
        case 0:
            rows.insert(random.randint(0, len(rows)), list(row))
        case 1:
            rows.remove(row)
        case 2:
            row.insert(random.randint(0, len(row)), random.choice(_HEADS))
        case _ if row:
            words = random.choice((_CELLS, _CELLS, _HEADS))
            row[random.randrange(len(row))] = random.choice(words)
    text = io.StringIO()
    csv.writer(text, lineterminator=random.choice(("\n", "\r\n"))).writerows(rows)
    encoding = random.choice(("utf-8", "utf-8", "utf-8", "gb18030", "utf-16"))
    return raw[:1] + text.getvalue().encode(encoding, "replace")


def _change_part(raw: bytes, random: Random) -> bytes:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(raw[1:])) as book:
            parts = {name: book.read(name) for name in book.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        return raw
    if not parts:
        return raw
    telling = [
        n for n in parts if "sheet" in n or "shared" in n or "workbook" in n or "styles" in n
    ]
    name = random.choice(telling or sorted(parts))
    part = parts[name]
    piece = random.choice(_XML)
    # Between tags and attributes, where it is most likely to mean something.
    places = [at for at in range(len(part)) if part[at : at + 1] in b"<> "] or [0]
    at = random.choice(places)
    parts[name] = (
        part[:at] + piece + part[random.choice((at, at + len(piece), random.choice(places))) :]
    )
    with zipfile.ZipFile(out, "w") as book:
        for part_name, content in parts.items():
            book.writestr(zipfile.ZipInfo(part_name), content)
    return raw[:1] + out.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    """A small workbook with what registers have: merged cells, numbers, a second sheet."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw)
    for name in ("第1网格", "第2网格"):
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        sheet.merge_range(1, 0, 2, 0, rows[1][0])
    book.close()
    with zipfile.ZipFile(raw) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as stored:
        for name, content in parts.items():
            if (name.startswith("xl/") and "theme" not in name) or name in (
                "[Content_Types].xml",
                "_rels/.rels",
            ):
                stored.writestr(zipfile.ZipInfo(name), content)
    return plain.getvalue()


def _tables() -> list[list[list[object]]]:
    return [
        [["楼栋", "房号", "户主", "电话", "人口"], ["3号楼", 101, "赵梅", 13800000000, 3],
         ["", 102, "王刚", "13900000000", "2人"], ["小计", "", "", "", 5]],
        [["网格", "门牌号", "姓名", "身份证号", "性别", "出生日期"],
         ["第1网格", "3-2-502", "李雪婷", "41010119500101001X", "女", "1950-01-01"],
         ["第1网格", "3-2-502", "陈明", "/", "男", "1980"]],
        [["网格", "姓名", "职务", "电话"], ["第1网格", "张三", "网格长", "13800000000"],
         ["第1网格", "李四", "楼栋长、联户党员", ""]],
        [["名称", "上级", "级别", "代码"], ["阳光社区", "莲湖街道", "社区", "yg"],
         ["第1网格", "阳光社区", "网格", "g1"]],
    ]  # fmt: skip


def _seeds() -> list[bytes]:
    found = []
    for which, rows in enumerate(_tables()):
        text = "\r\n".join(",".join(map(str, row)) for row in rows)
        files = [text.encode(encoding) for encoding in ("utf-8-sig", "gb18030", "utf-16")]
        found += [bytes([which]) + raw for raw in (*files, workbook(rows))]
    return found


TARGET = engine.Target(
    run,
    _seeds,
    (_change_cells,),
    (*(word.encode() for word in (*_CELLS, *_HEADS)), *_XML, b",", b'"', b"\r\n", b"\xff\xfe"),
    ("armband.server.imports", "armband.shared.normal", "armband.shared.units"),
    max_bytes=32 * 1024,
)
