"""Exports: columns from declarations, words, clock, checksum, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256

import pytest
from python_calamine import CalamineWorkbook

from armband.server.errors import BadRequest, UnknownUnit
from armband.server.exports.run import Query, export_to
from armband.server.model import RecordsPage
from armband.shared.fields import Patch, Value
from armband.shared.ids import natural_record_id
from armband.shared.kinds import View, kind_named
from armband.shared.policy import Policy
from armband.shared.units import is_within
from armband.shared.wire import UnitName
from support.registers import MemoryOffice, import_into

HOUSEHOLD = natural_record_id("lianhu", "household", "lianhu/yg/g3", "3-1-101")
STAFF = natural_record_id("lianhu", "staff", "向波", "13800000009")


class Shelf:
    """An office for exports, with three records to a page."""

    code = "lianhu"
    policy = Policy()

    def __init__(self, *views: View) -> None:
        self.views = sorted(views, key=lambda view: (view.unit, view.id))
        self.units = {
            "lianhu": UnitName("lianhu", "莲湖街道", "office"),
            "lianhu/yg": UnitName("lianhu/yg", "阳光花苑社区", "community"),
            "lianhu/yg/g3": UnitName("lianhu/yg/g3", "第3网格", "grid"),
        }

    async def records(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        assert limit >= 3
        found = [
            view
            for view in self.views
            if view.kind == kind
            and is_within(view.unit, unit)
            and (after is None or (view.unit, view.id) > after)
        ]
        page = found[:3]
        last = (page[-1].unit, page[-1].id) if len(found) > 3 else None
        return RecordsPage(page, last)


def shelf(*more: View) -> Shelf:
    household = View(
        HOUSEHOLD,
        "household",
        "lianhu/yg/g3",
        {
            "door": "3-1-101",
            "head": "赵梅",
            "phone": "13800000000",
            "people": 3,
            "care": ["elder_alone", "disabled"],
            "liaison": STAFF.hex(),
        },
    )
    staff = View(STAFF, "staff", "lianhu/yg/g3", {"name": "向波", "posts": ["liaison"]})
    return Shelf(household, staff, *more)


def visit(number: int, day: str, **fields: Value) -> View:
    body: Patch = {
        "household": HOUSEHOLD.hex(),
        "channel": "door",
        "outcome": "met",
        "at": 1648687267000,
        "day": day,
        "temps": [365, 373],
        **fields,
    }
    return View(number.to_bytes(16, "big"), "visit", "lianhu/yg/g3", body)


async def exported(office: Shelf, query: Query) -> list[list[str]]:
    raw = io.BytesIO()
    await export_to(office, query, raw)
    return list(csv.reader(io.StringIO(raw.getvalue().decode("utf-8-sig"), newline="")))


async def test_a_household_ledger_in_chinese():
    head, row, last = await exported(shelf(), Query(kind_named("household")))
    cells = dict(zip(head, row, strict=True))
    assert head[:3] == ["门牌", "户主", "电话"]
    assert cells["重点人群"] == "独居老人 残疾人"
    assert cells["联户党员"] == "向波"
    assert cells["人口"] == "3"
    assert cells["辖区"] == "阳光花苑社区 第3网格"
    assert cells["辖区代码"] == "lianhu/yg/g3"
    assert last[:3] == ["合计", "1", "sha256"]


async def test_the_same_in_english():
    query = Query(kind_named("household"), language="en")
    head, row, last = await exported(shelf(), query)
    assert dict(zip(head, row, strict=True))["Care"] == "Elder living alone Disabled person"
    assert last[0] == "Total"


async def test_visits_in_the_offices_clock_with_names_and_days():
    views = [visit(1, "2022-03-30"), visit(2, "2022-03-31"), visit(3, "2022-04-01")]
    query = Query(kind_named("visit"), day_from="2022-03-31", day_to="2022-03-31")
    head, row, last = await exported(shelf(*views), query)
    cells = dict(zip(head, row, strict=True))
    assert cells["时间"] == "2022-03-31 08:41:07"
    assert cells["日期"] == "2022-03-31"
    assert cells["住户"] == "3-1-101 赵梅"
    assert cells["方式"] == "上门"
    assert cells["体温"] == "36.5 37.3"
    assert last[1] == "1"


async def test_all_pages_come_and_the_checksum_is_of_all_that_stands_before_it():
    office = shelf(*(visit(number, "2022-03-31") for number in range(1, 11)))
    raw = io.BytesIO()
    assert await export_to(office, Query(kind_named("visit")), raw) == 10
    before, _crlf, last = raw.getvalue().rstrip(b"\r\n").rpartition(b"\r\n")
    assert raw.getvalue().startswith(b"\xef\xbb\xbf")
    digest = sha256(before + b"\r\n").hexdigest()
    assert last.decode() == f"合计,10,sha256,{digest}"


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        " =1",
        "\u3000=1",
        "＝1",
        "＠1",
        "\r=1",
        "\n=1",
    ],
)
async def test_nothing_in_a_csv_is_a_formula(text):
    view = visit(1, "2022-03-31", note=text)
    head, row, _last = await exported(shelf(view), Query(kind_named("visit")))
    assert row[head.index("备注")] == "'" + text.replace("\r", "␍")


async def test_a_workbook_holds_texts_and_numbers_and_the_csvs_checksum(tmp_path):
    office = shelf(visit(1, "2022-03-31", note="=1+1", people_seen=2))
    path = tmp_path / "v.xlsx"
    await export_to(office, Query(kind_named("visit"), form="xlsx"), path)
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    head, row, last = sheet.to_python()
    cells = dict(zip(head, row, strict=True))
    assert sheet.name == "走访台账"
    assert cells["备注"] == "=1+1"
    assert cells["见到人数"] == 2.0
    text = await exported(office, Query(kind_named("visit")))
    assert last[:4] == ["合计", 1.0, "sha256", text[-1][3]]
    assert [entry.name for entry in tmp_path.iterdir()] == ["v.xlsx"]


async def test_doors_stand_in_the_order_in_which_people_walk():
    doors = ["3-1-1001", "12-1-101", "3-1-101", "东户", "3-2-101"]
    views = [
        View(bytes([number]) * 16, "household", "lianhu/yg/g3", {"door": door})
        for number, door in enumerate(doors)
    ]
    rows = await exported(Shelf(*views), Query(kind_named("household")))
    assert [row[0] for row in rows[1:-1]] == ["东户", "3-1-101", "3-1-1001", "3-2-101", "12-1-101"]


async def test_a_line_of_places_is_read_by_the_clock_and_a_notice_is_called_by_its_title():
    unit, inquiry, notice = "lianhu/yg", b"i" * 16, b"n" * 16
    stays = [
        View(
            bytes([number]) * 16, "stay", unit,
            {"inquiry": inquiry.hex(), "day": "2022-03-31", "place": place, "begins_min": minute},
        )
        for number, (place, minute) in enumerate((("家", 1100), ("菜场", 510), ("食堂", 720)))
    ]  # fmt: skip
    asked = View(inquiry, "inquiry", unit, {"name": "徐密接"})
    rows = await exported(Shelf(*stays, asked), Query(kind_named("stay")))
    assert [row[3] for row in rows[1:-1]] == ["菜场", "食堂", "家"]
    ack = View(b"a" * 16, "ack", unit, {"notice": notice.hex(), "day": "2022-03-31"})
    told = View(notice, "notice", unit, {"title": "一键启动"})
    head, row, _last = await exported(Shelf(ack, told), Query(kind_named("ack")))
    assert row[head.index("通知")] == "一键启动"


async def test_a_ledger_is_readable_for_its_maker_alone(tmp_path):
    for form in ("csv", "xlsx"):
        path = tmp_path / f"h.{form}"
        await export_to(shelf(), Query(kind_named("household"), form=form), path)
        assert path.stat().st_mode & 0o077 == 0


async def test_jsonl_is_for_scripts(tmp_path):
    path = tmp_path / "v.jsonl"
    await export_to(shelf(visit(1, "2022-03-31")), Query(kind_named("visit"), form="jsonl"), path)
    first, last = [json.loads(line) for line in path.read_text().splitlines()]
    assert first["fields"]["channel"] == "door"
    assert first["fields"]["at"] == 1648687267000
    assert first["names"] == {"household": "3-1-101 赵梅"}
    assert last["rows"] == 1


async def test_digests_never_leave():
    resident = View(
        b"r" * 16,
        "resident",
        "lianhu/yg/g3",
        {"name": "赵梅", "id_hash": "ab" * 16, "id_tail": "007X"},
    )
    for form in ("csv", "jsonl"):
        raw = io.BytesIO()
        await export_to(shelf(resident), Query(kind_named("resident"), form=form), raw)
        assert b"abab" not in raw.getvalue()
        assert b"007X" in raw.getvalue()


async def test_what_cannot_be_answered_is_refused_and_leaves_no_file(tmp_path):
    path = tmp_path / "none" / "x.csv"
    with pytest.raises(BadRequest, match="cannot be written"):
        await export_to(shelf(), Query(kind_named("household")), path)
    with pytest.raises(BadRequest, match="no day"):
        await export_to(shelf(), Query(kind_named("household"), day_from="2022-03-31"), path)
    with pytest.raises(BadRequest, match="calendar"):
        await export_to(shelf(), Query(kind_named("visit"), day_from="2022-02-30"), path)
    with pytest.raises(UnknownUnit, match="no such unit"):
        await export_to(shelf(), Query(kind_named("visit"), unit="lianhu/x"), path)
    backwards = Query(kind_named("visit"), day_from="2022-04-01", day_to="2022-03-31")
    with pytest.raises(BadRequest, match="is after --to 2022-03-31"):
        await export_to(shelf(), backwards, path)
    with pytest.raises(BadRequest, match="--out"):
        await export_to(shelf(), Query(kind_named("visit"), form="xlsx"), Screen())


class Screen(io.BytesIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


async def test_a_workbook_into_a_stream_is_the_one_of_a_file(tmp_path):
    query, stream = Query(kind_named("visit"), form="xlsx"), io.BytesIO()
    assert await export_to(shelf(), query, tmp_path / "v.xlsx") == await export_to(
        shelf(), query, stream
    )
    (tmp_path / "s.xlsx").write_bytes(stream.getvalue())
    in_file, in_stream = (
        CalamineWorkbook.from_path(tmp_path / name).get_sheet_by_index(0).to_python()
        for name in ("v.xlsx", "s.xlsx")
    )
    assert in_stream == in_file


async def test_an_export_that_breaks_off_leaves_the_old_file(tmp_path):
    class Broken(Shelf):
        async def records(
            self, kind: str, _unit: str, after: tuple[str, bytes] | None, _limit: int
        ) -> RecordsPage:
            if kind == "household" and after is None:
                return RecordsPage(self.views[:1], ("lianhu/yg/g3", b""))
            raise ConnectionResetError("the office went away")

    path = tmp_path / "h.csv"
    path.write_text("old")
    with pytest.raises((BadRequest, ConnectionResetError)):
        await export_to(Broken(*shelf().views), Query(kind_named("household")), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["h.csv"]


async def test_an_exported_ledger_can_be_imported_again(tmp_path):
    path = tmp_path / "h.csv"
    await export_to(shelf(), Query(kind_named("household")), path)
    report = await import_into(MemoryOffice(), "households", path)
    assert (report.rows, report.imported, report.lines) == (1, 1, [])
