"""Every trap of registers as offices send them, each in a small file of its own."""

from __future__ import annotations

import json

import pytest

from armband.server.errors import UnknownUnit
from armband.server.imports.problems import BadMap, UnknownHeads, UnreadableFile
from support.registers import MemoryOffice, import_into, plan_of, write_csv, write_xlsx

HEAD = ["楼栋", "单元", "房号", "户主", "电话", "人口", "身份证", "人员类别", "联户党员", "备注"]
GOOD_ID = "41010219870412007X"


def good_row(**cells):
    row = dict(zip(HEAD, ["3号楼", "1单元", "101", "赵梅", "13800000000"], strict=False), **cells)
    return [row.get(head, "") for head in HEAD]


def household(plan, index=0):
    fields = plan.rows[index].drafts[0].fields
    return {name: value for name, value in fields.items() if value is not None}


def one(tmp_path, **cells):
    path = write_csv(tmp_path / "one.csv", [HEAD, good_row(**cells)])
    return plan_of("households", path, MemoryOffice())


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800000000", "13800000000"),
        ("13800000000.0", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("0371-67180000", "037167180000"),
        ("67180000", "67180000"),
    ],
)
def test_telephones_become_their_digits(tmp_path, typed, stored):
    typed = float(typed) if typed.endswith(".0") else typed
    path = write_xlsx(tmp_path / "p.xlsx", {"x": [HEAD, good_row(电话=typed)]})
    plan = plan_of("households", path, MemoryOffice())
    assert household(plan)["phone"] == stored
    assert "phone_as_given" not in household(plan)
    assert plan.rows[0].warnings == ()
    assert plan.rows[0].drafts[1].fields["phone"] == stored


@pytest.mark.parametrize("typed", ["1380371", "138000000", "1.38E+10", "不详", "问物业"])
def test_what_is_no_telephone_is_kept_as_typed_with_a_warning(tmp_path, typed):
    plan = one(tmp_path, 电话=typed)
    assert household(plan)["phone_as_given"] == typed
    assert "phone" not in household(plan)
    assert len(plan.rows[0].warnings) == 1


def test_two_telephones_in_a_cell_the_first_counts_both_are_kept(tmp_path):
    plan = one(tmp_path, 电话="13800000000/13911111111")
    assert household(plan)["phone"] == "13800000000"
    assert household(plan)["phone_as_given"] == "13800000000/13911111111"
    assert plan.rows[0].warnings


@pytest.mark.parametrize("typed", ["５人", "5人", "5", "5口", " 5 "])
def test_people_counts(tmp_path, typed):
    assert household(one(tmp_path, 人口=typed))["people"] == 5


def test_a_count_that_is_none_goes_to_the_note(tmp_path):
    plan = one(tmp_path, 人口="三四个", 备注="常年在外")
    assert "people" not in household(plan)
    assert household(plan)["note"] == "常年在外; 三四个"
    assert plan.rows[0].warnings


def test_names_spaced_to_three_and_dots_of_minority_names(tmp_path):
    assert household(one(tmp_path, 户主="廖  东"))["head"] == "廖东"
    assert household(one(tmp_path, 户主="廖　东"))["head"] == "廖东"
    assert household(one(tmp_path, 户主="阿依古丽・买买提"))["head"] == "阿依古丽·买买提"


@pytest.mark.parametrize("mark", ["/", "无", "-", "—", "／", ""])
def test_marks_of_none_give_no_value(tmp_path, mark):
    plan = one(tmp_path, 户主=mark, 电话=mark, 人口=mark, 人员类别=mark, 联户党员=mark)
    assert household(plan) == {"door": "3-1-101"}
    assert len(plan.rows[0].drafts) == 1
    assert plan.rows[0].warnings == ()


def test_an_empty_home_has_no_head(tmp_path):
    plan = one(tmp_path, 户主="空户")
    assert "head" not in household(plan)
    assert household(plan)["note"] == "空户"


def test_id_numbers_become_hash_and_tail_with_x_in_upper_case(tmp_path):
    small = one(tmp_path, 身份证=GOOD_ID.lower()).rows[0].drafts[1].fields
    large = one(tmp_path, 身份证=GOOD_ID).rows[0].drafts[1].fields
    assert small == large
    assert small["id_tail"] == "007X"
    assert len(small["id_hash"]) == 32
    assert GOOD_ID not in repr(small)


def test_a_mistyped_id_number_is_left_out_and_not_repeated_in_the_warning(tmp_path):
    wrong = GOOD_ID[:-1] + "1"
    plan = one(tmp_path, 身份证=wrong)
    assert "id_hash" not in plan.rows[0].drafts[1].fields
    assert plan.rows[0].warnings
    assert wrong not in repr(plan)


def test_an_id_number_that_the_spreadsheet_has_rounded_is_left_out(tmp_path):
    number = 410102198704122320.0
    path = write_xlsx(tmp_path / "id.xlsx", {"x": [HEAD, good_row(身份证=number)]})
    plan = plan_of("households", path, MemoryOffice())
    assert "id_hash" not in plan.rows[0].drafts[1].fields
    assert "rounded" in plan.rows[0].warnings[0]
    text = one(tmp_path, 身份证="4.10102E+17")
    assert "rounded" in text.rows[0].warnings[0]


def test_care_tags_and_an_unknown_one(tmp_path):
    plan = one(tmp_path, 人员类别="独居老人、残疾人")
    assert household(plan)["care"] == ["elder_alone", "disabled"]
    plan = one(tmp_path, 人员类别="低保 退役军人")
    assert household(plan)["care"] == ["in_need"]
    assert household(plan)["note"] == "退役军人"
    assert plan.rows[0].warnings


@pytest.mark.parametrize("merge", [True, False])
def test_merged_buildings_subtotals_totals_signatures_and_titles(tmp_path, merge):
    rows: list[list[object]] = [
        ["某街道某社区住户信息登记表（2022年3月）"],
        ["填表单位：阳光花苑社区", "", "", "", "单位：户、人"],
        ["楼 栋", "单元", "房号", "户\n主", "电话（手机）", "常住\n人口"],
        ["3号楼", "1单元", "101", "赵梅", "13800000001", 3],
        ["", "1单元", "102", "钱亮", "13800000002", 2],
        ["", "1单元", "201", "孙丽", "13800000003", 2],
        ["小计", "", "", "", "", 7],
        ["楼 栋", "单元", "房号", "户\n主", "电话（手机）", "常住\n人口"],
        ["4号楼", "1单元", "101", "李强", "13800000004", 1],
        ["", "2单元", "102", "周敏", "13800000005", 1],
        ["合 计", "", "", "", "", 9],
        ["", "", "", "", "", ""],
        ["填表人：            审核人：            日期：  年  月  日"],
    ]
    path = write_xlsx(
        tmp_path / "m.xlsx",
        {"第7网格": rows},
        {"第7网格": [(0, 0, 0, 5), (3, 0, 5, 0), (8, 0, 9, 0)] if merge else []},
        formulas=[("第7网格", 6, 5, "=SUM(F4:F6)", 7)],
    )
    office = MemoryOffice()
    plan = plan_of("households", path, office)
    doors = [(row.number, row.drafts[0].fields["door"]) for row in plan.rows]
    assert doors == [
        (4, "3-1-101"),
        (5, "3-1-102"),
        (6, "3-1-201"),
        (9, "4-1-101"),
        (10, "4-2-102"),
    ]
    assert {row.drafts[0].unit for row in plan.rows} == {"lianhu/yangguanghuayuan/g7"}
    assert all(row.warnings == () for row in plan.rows)


def test_a_merged_cell_belongs_to_all_its_rows_also_where_most_rows_have_their_own(tmp_path):
    rows = [HEAD, *(good_row(楼栋=f"{number}号楼") for number in range(1, 5))]
    rows[2] = good_row(楼栋="", 房号="102")
    path = write_xlsx(tmp_path / "m.xlsx", {"x": rows}, {"x": [(1, 0, 2, 0)]})
    plan = plan_of("households", path, MemoryOffice())
    doors = [row.drafts[0].fields["door"] for row in plan.rows]
    assert doors == ["1-1-101", "1-1-102", "3-1-101", "4-1-101"]


def test_a_building_taken_across_a_subtotal_is_doubted(tmp_path):
    rows = [
        HEAD,
        good_row(),
        good_row(楼栋="", 房号="102"),
        ["小计"],
        good_row(楼栋="", 房号="103"),
        good_row(楼栋="", 房号="104"),
    ]
    plan = plan_of("households", write_csv(tmp_path / "s.csv", rows), MemoryOffice())
    assert [row.drafts[0].fields["door"] for row in plan.rows][2] == "3-1-103"
    assert [bool(row.warnings) for row in plan.rows] == [False, False, True, True]


def test_a_building_missing_where_all_others_have_one_is_refused(tmp_path):
    rows = [HEAD, good_row(), good_row(房号="102"), good_row(房号="103"), good_row(楼栋="")]
    plan = plan_of("households", write_csv(tmp_path / "b.csv", rows), MemoryOffice())
    assert plan.rows[3].stopped is not None
    assert "楼栋" in plan.rows[3].reason


def test_a_missing_room_is_refused_also_below_a_filled_one(tmp_path):
    rows = [HEAD, good_row(), good_row(房号=""), good_row(房号="/")]
    plan = plan_of("households", write_csv(tmp_path / "r.csv", rows), MemoryOffice())
    assert [row.stopped is not None for row in plan.rows] == [False, True, True]


def test_the_same_door_with_another_head_is_refused_the_same_row_is_a_repeat(tmp_path):
    rows = [HEAD, good_row(), good_row(), good_row(户主="钱亮", 电话="13911111111")]
    plan = plan_of("households", write_csv(tmp_path / "d.csv", rows), MemoryOffice())
    assert [row.stopped and row.stopped.value for row in plan.rows] == [None, "repeated", "refused"]
    assert "row 2" in plan.rows[2].reason
    assert "head" in plan.rows[2].reason
    assert "钱亮" not in plan.rows[2].reason


def test_heads_in_two_rows(tmp_path):
    rows: list[list[object]] = [
        ["序号", "住房", "", "", "户主", "联系电话"],
        ["", "楼栋", "单元", "房号", "", ""],
        [1, "3号楼", "1单元", 101.0, "赵梅", 13800000000.0],
    ]
    merged = {"x": [(0, 1, 0, 3), (0, 0, 1, 0), (0, 4, 1, 4), (0, 5, 1, 5)]}
    path = write_xlsx(tmp_path / "two.xlsx", {"x": rows}, merged)
    plan = plan_of("households", path, MemoryOffice())
    assert household(plan) == {"door": "3-1-101", "head": "赵梅", "phone": "13800000000"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_text_tables_in_every_encoding(tmp_path, encoding, end):
    path = write_csv(tmp_path / "e.csv", [HEAD, good_row(户主="𠮷永瑄")], encoding, end)
    assert household(plan_of("households", path, MemoryOffice()))["head"] == "𠮷永瑄"


def test_numbered_empty_rows_and_remarks_are_no_rows(tmp_path):
    rows = [
        ["序号", *HEAD],
        ["1", *good_row()],
        ["2", *[""] * len(HEAD)],
        ["注：本表一式两份，社区和街道各留一份。"],
    ]
    plan = plan_of("households", write_csv(tmp_path / "n.csv", rows), MemoryOffice())
    assert len(plan.rows) == 1


def test_units_under_a_unit_and_units_known_by_another_spelling(tmp_path):
    head = ["片区", "网格", "微网格", "房号"]
    path = write_csv(tmp_path / "u.csv", [head, ["第1片区", "第3网格", "微网格07", "101"]])
    office = MemoryOffice()
    plan = plan_of("households", path, office)
    assert plan.rows[0].drafts[0].unit == "lianhu/a1/g3/m07"
    spelled = write_csv(tmp_path / "v.csv", [head, ["一片区", "三网格", "7", "102"]])
    for draft in plan.shared.values():
        office._upsert(draft, dry_run=False)
    again = plan_of("households", spelled, office)
    assert again.rows[0].drafts[0].unit == "lianhu/a1/g3/m07"
    assert again.shared == {}


def test_siblings_that_would_share_a_code_get_numbers(tmp_path):
    rows = [["社区", "房号"], ["三官庙社区", "1"], ["三官庙村", "1"], ["三官庙社区居委会", "2"]]
    plan = plan_of("households", write_csv(tmp_path / "c.csv", rows), MemoryOffice())
    units = [row.drafts[0].unit for row in plan.rows]
    assert units == ["lianhu/sanguanmiao", "lianhu/sanguanmiao-2", "lianhu/sanguanmiao"]


def test_the_community_of_the_file_is_the_one_that_it_is_imported_under(tmp_path):
    office = MemoryOffice()
    table = write_csv(tmp_path / "t.csv", [["社区"], ["阳光花苑社区居委会"]])
    for row in plan_of("units", table, office).rows:
        office._upsert(row.drafts[0], dry_run=False)
    under = "lianhu/yangguanghuayuan"
    path = write_csv(tmp_path / "h.csv", [["社区", "网格", "房号"], ["阳光花苑社区", "1", "1"]])
    assert plan_of("households", path, office, under).rows[0].drafts[0].unit == f"{under}/g1"


async def test_a_workbook_of_grids_under_one_grid_takes_only_that_grids_sheet(tmp_path):
    office = MemoryOffice()
    book = {f"第{number}网格": [["房号"], ["101"]] for number in (1, 2)}
    path = write_xlsx(tmp_path / "g.xlsx", book)
    await import_into(office, "households", path)
    report = await import_into(office, "households", path, "lianhu/g2")
    assert (report.unchanged, report.refused) == (1, 1)
    assert "第1网格" in report.lines[0].reason


def test_an_unknown_unit_is_answered_with_near_ones(tmp_path):
    path = write_csv(tmp_path / "x.csv", [["房号"], ["1"]])
    with pytest.raises(UnknownUnit, match="near ones: lianhu "):
        plan_of("households", path, MemoryOffice(), "lianhuu")


def test_unknown_heads_are_named_with_sheet_and_row(tmp_path):
    rows = [["登记表"], ["户主", "电话", "人口"], ["赵梅", "13800000000", "3"]]
    path = write_xlsx(tmp_path / "h.xlsx", {"第1网格": rows})
    with pytest.raises(UnknownHeads) as caught:
        plan_of("households", path, MemoryOffice())
    for part in ("第1网格", "row 2", "户主, 电话, 人口", "房号", "--map"):
        assert part in str(caught.value)


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_map_explains_heads(tmp_path, form):
    rows = [["门洞房间", "谁", "电话"], ["3-1-101", "赵梅", "13800000000"]]
    path = write_csv(tmp_path / "h.csv", rows)
    entries = {"门洞房间": "door", "谁": "head", "电话": ""}
    text = (
        json.dumps(entries)
        if form == "json"
        else "".join(f'"{head}" = "{name}"\n' for head, name in entries.items())
    )
    map_path = tmp_path / f"map.{form}"
    map_path.write_text(text)
    plan = plan_of("households", path, MemoryOffice(), map_path=map_path)
    assert household(plan) == {"door": "3-1-101", "head": "赵梅"}


@pytest.mark.parametrize("text", ['"谁" = "nobody"', '"谁" = 3', "= =", "[1]", "\x00", '["x"]'])
def test_a_wrong_map_is_refused_with_the_reason(tmp_path, text):
    path = write_csv(tmp_path / "h.csv", [["房号"], ["1"]])
    map_path = tmp_path / "map.toml"
    map_path.write_text(text)
    with pytest.raises(BadMap, match=r"map\.toml"):
        plan_of("households", path, MemoryOffice(), map_path=map_path)


def test_a_hidden_sheet_and_one_without_a_register_are_mentioned(tmp_path):
    sheets = {"第1网格": [HEAD, good_row()], "填表说明": [["请认真填写本表，不得漏填。"]]}
    path = write_xlsx(tmp_path / "s.xlsx", sheets)
    plan = plan_of("households", path, MemoryOffice())
    assert len(plan.rows) == 1
    assert any("填表说明" in note for note in plan.notes)


@pytest.mark.parametrize(
    "raw", [b"", b"   \r\n", b"PK\x03\x04nonsense", b"\xff\xfe\x00", b"\x89PNG"]
)
def test_what_is_no_table_is_refused_in_words(tmp_path, raw):
    path = tmp_path / "f.xlsx"
    path.write_bytes(raw)
    with pytest.raises((UnreadableFile, UnknownHeads), match=r"f\.xlsx|row"):
        plan_of("households", path, MemoryOffice())


async def test_a_broken_import_is_completed_by_the_next_one(tmp_path):
    rows = [HEAD, *(good_row(房号=str(number)) for number in range(1200))]
    path = write_csv(tmp_path / "big.csv", rows)
    office = MemoryOffice()
    office.dies_at_call = 2
    with pytest.raises(ConnectionResetError):
        await import_into(office, "households", path)
    assert 0 < len(office.of("household")) < 1200
    assert len(office.of("household")) == len(office.of("resident"))
    office.dies_at_call = -1
    report = await import_into(office, "households", path)
    assert (report.imported, report.unchanged) == (200, 1000)
    assert len(office.of("household")) == 1200
