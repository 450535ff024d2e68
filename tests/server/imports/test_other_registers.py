"""Tables of units, registers of persons, lists of staff."""

from __future__ import annotations

import pytest

from armband.server.imports.naming import new_code, unit_key
from support.registers import MemoryOffice, import_into, plan_of, write_csv


@pytest.mark.parametrize(
    ("name", "level", "code"),
    [
        ("第3网格", "grid", "g3"),
        ("三网格", "grid", "g3"),
        ("网格3", "grid", "g3"),
        ("3", "grid", "g3"),
        ("第１片区", "area", "a1"),
        ("微网格07", "microgrid", "m07"),
        ("第二十一网格", "grid", "g21"),
        ("平安街社区居民委员会", "community", "pinganjie"),
        ("小岗刘村委会", "community", "xiaogangliu"),
        ("西流湖第1社区", "community", "xiliuhu1"),
        ("林山寨街道办事处", "office", "linshanzhai"),
        ("微网格013号楼", "compound", "m013"),
        ("第3村民组", "group", "z3"),
        ("？？", "compound", "compound"),
    ],
)
def test_codes_are_short_and_readable(name, level, code):
    assert new_code(name, level, ()) == code
    assert new_code(name, level, {code}) == f"{code}-2"


def test_which_names_mean_the_same_unit():
    assert unit_key("第3网格", "grid") == unit_key("三网格", "grid") == unit_key("03网格", "grid")
    assert unit_key("平安街社区", "community") == unit_key("平安街社区居委会", "community")
    assert unit_key("平安街居委会", "community") == unit_key("平安街社区", "community")
    assert unit_key("三官庙社区", "community") != unit_key("三官庙村", "community")
    assert unit_key("朱屯村委会", "community") == unit_key("朱屯村", "community")


async def test_a_unit_table_of_names_and_parents_in_any_order(tmp_path):
    rows = [
        ["名称", "上级", "级别", "代码"],
        ["第3网格", "阳光花苑社区", "网格", ""],
        ["微网格07", "yangguang/g3", "", ""],
        ["阳光花苑社区", "", "社区", "yangguang"],
        ["第9网格", "无此社区", "网格", ""],
        ["", "", "网格", ""],
        ["某处", "", "星系", ""],
        ["阳光花苑社区", "", "社区", "yangguang"],
        ["东门", "", "楼院", "Not A Code!"],
    ]
    office = MemoryOffice()
    report = await import_into(office, "units", write_csv(tmp_path / "u.csv", rows))
    assert set(office.units) == {
        "lianhu",
        "lianhu/yangguang",
        "lianhu/yangguang/g3",
        "lianhu/yangguang/g3/m07",
    }
    assert office.units["lianhu/yangguang/g3/m07"].level == "microgrid"
    outcomes = {line.row: line.outcome for line in report.lines}
    assert outcomes == {5: "refused", 6: "refused", 7: "refused", 8: "repeated", 9: "refused"}
    again = await import_into(office, "units", write_csv(tmp_path / "u.csv", rows))
    assert (again.imported, again.unchanged) == (0, 3)


async def test_a_grid_may_be_called_like_the_community_that_it_hangs_on(tmp_path):
    rows = [
        ["名称", "上级", "级别"],
        ["阳光社区", "", "社区"],
        ["阳光社区", "阳光社区", "网格"],
        ["第2网格", "阳光社区", "网格"],
    ]
    office = MemoryOffice()
    path = write_csv(tmp_path / "u.csv", rows)
    first = await import_into(office, "units", path)
    assert (first.imported, first.refused) == (3, 0)
    again = await import_into(office, "units", path)
    assert (again.imported, again.unchanged, again.refused) == (0, 3, 0)


async def test_a_unit_table_may_begin_with_the_office_and_use_whole_codes(tmp_path):
    rows = [
        ["代码", "名称", "级别"],
        ["lianhu", "莲湖街道办", "街道"],
        ["lianhu/yg", "阳光社区", "社区"],
        ["lianhu/yg/g1", "第1网格", "网格"],
        ["lianhu/none/g1", "第1网格", "网格"],
    ]
    office = MemoryOffice()
    report = await import_into(office, "units", write_csv(tmp_path / "u.csv", rows))
    assert set(office.units) == {"lianhu", "lianhu/yg", "lianhu/yg/g1"}
    assert office.units["lianhu"].name == "莲湖街道办"
    (line,) = report.lines
    assert (line.row, line.reason) == (5, "no unit 'lianhu/none' to hang it on")


async def test_residents_of_a_door_of_which_only_the_first_row_has_the_number(tmp_path):
    rows = [
        ["网格", "楼栋", "单元", "房号", "姓名", "与户主关系", "性别", "出生日期", "人户分离"],
        ["3", "3号楼", "1单元", "101", "赵梅", "户主", "女", "1970-03-01", "否"],
        ["", "", "", "", "钱亮", "配偶", "男", "19680512", "是"],
        ["", "", "", "", "钱小宝", "外孙", "男", "2019年", ""],
        ["3", "3号楼", "1单元", "102", "孙丽", "户主", "女", "", ""],
        ["", "", "", "", "孙丽", "户主", "女", "", ""],
    ]
    office = MemoryOffice()
    report = await import_into(office, "residents", write_csv(tmp_path / "r.csv", rows))
    assert (report.rows, report.imported, report.repeated) == (5, 4, 1)
    households = dict(office.of("household"))
    assert len(office.of("household")) == 2
    assert households["lianhu/g3"]["head"] == "孙丽"
    residents = {fields["name"]: fields for _unit, fields in office.of("resident")}
    assert residents["钱亮"]["birth_year"] == 1968
    assert residents["钱亮"]["registered_elsewhere"] is True
    assert residents["钱亮"]["relation"] == "spouse"
    assert residents["钱小宝"]["relation"] == "other"
    assert residents["钱小宝"]["note"] == "外孙"
    assert residents["赵梅"]["household"] == residents["钱亮"]["household"]


@pytest.mark.parametrize("number", ["41010219870412007X", "410102198704120071"])
async def test_of_a_residents_id_number_only_hash_and_tail_remain(tmp_path, number):
    rows = [["房号", "姓名", "身份证号码"], ["101", "赵梅", number]]
    office = MemoryOffice()
    report = await import_into(office, "residents", write_csv(tmp_path / "r.csv", rows))
    assert number[:14] not in repr(office.records) + repr(report)


async def test_a_head_from_either_register_is_one_person(tmp_path):
    office = MemoryOffice()
    doors = [["网格", "房号", "户主"], ["3", "101", "赵梅"]]
    people = [["网格", "房号", "姓名", "性别"], ["第3网格", "101室", "赵  梅", "女"]]
    await import_into(office, "households", write_csv(tmp_path / "h.csv", doors))
    await import_into(office, "residents", write_csv(tmp_path / "r.csv", people))
    assert len(office.of("household")) == 1
    [(_unit, fields)] = office.of("resident")
    assert fields["sex"] == "female"
    assert fields["relation"] == "head"


async def test_staff_with_posts_and_posts_are_added_never_lost(tmp_path):
    office = MemoryOffice()
    staff = [
        ["网格", "姓名", "职务", "电话", "单位"],
        ["第3网格", "向波", "网格长、楼栋长", "13800000009", "阳光物业"],
        ["第3网格", "贾胜", "大管家", "", ""],
    ]
    report = await import_into(office, "staff", write_csv(tmp_path / "s.csv", staff))
    assert (report.imported, report.warned) == (2, 1)
    doors = [["网格", "房号", "联户党员", "党员电话"], ["3", "101", "向波", "13800000009"]]
    await import_into(office, "households", write_csv(tmp_path / "h.csv", doors))
    people = {fields["name"]: fields for _unit, fields in office.of("staff")}
    assert people["向波"]["posts"] == ["grid_manager", "building_head", "liaison"]
    assert people["贾胜"]["note"] == "大管家"
    again = await import_into(office, "staff", write_csv(tmp_path / "s.csv", staff))
    assert (again.imported, again.unchanged) == (0, 2)


async def test_a_liaison_of_two_grids_hangs_on_the_unit_that_holds_both(tmp_path):
    rows = [
        ["社区", "网格", "房号", "联户党员", "党员电话"],
        ["甲社区", "1", "1", "向波", "13800000009"],
        ["甲社区", "2", "1", "向波", "13800000009"],
        ["甲社区", "2", "2", "贾胜", "13800000008"],
    ]
    office = MemoryOffice()
    await import_into(office, "households", write_csv(tmp_path / "h.csv", rows))
    units = {fields["name"]: unit for unit, fields in office.of("staff")}
    assert units == {"向波": "lianhu/jia", "贾胜": "lianhu/jia/g2"}


async def test_two_liaisons_of_one_name_without_telephone_are_told_apart_by_grid(tmp_path):
    rows = [
        ["网格", "房号", "联户党员"],
        ["1", "1", "向波"],
        ["1", "2", "向波"],
        ["2", "1", "向波"],
    ]
    office = MemoryOffice()
    await import_into(office, "households", write_csv(tmp_path / "h.csv", rows))
    assert len(office.of("staff")) == 2


async def test_a_telephone_put_right_clears_what_was_kept_as_given(tmp_path):
    office = MemoryOffice()
    for phone in ("1380371", "13800000371"):
        rows = [["房号", "电话"], ["101", phone]]
        await import_into(office, "households", write_csv(tmp_path / "h.csv", rows))
    [(_unit, fields)] = office.of("household")
    assert fields == {"door": "101", "phone": "13800000371"}


def test_the_same_file_gives_the_same_plan(tmp_path):
    rows = [["社区", "网格", "房号"], ["乙社区", "2", "1"], ["甲社区", "1", "1"]]
    path = write_csv(tmp_path / "h.csv", rows)
    assert plan_of("households", path, MemoryOffice()) == plan_of(
        "households", path, MemoryOffice()
    )
