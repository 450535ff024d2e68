"""The registers as offices send them: what must be found in each."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from support.registers import MemoryOffice, import_into, shared_file


def lines(report):
    return {(line.sheet, line.row): line.outcome for line in report.lines}


LIAISON_REGISTER = "xiliuhu-liaison.csv"
PINGANJIE_LINES = {
    ("第4网格", 6): "refused",
    ("第4网格", 8): "warned",
    ("第4网格", 11): "repeated",
}


async def test_a_register_as_offices_really_send_it():
    office = MemoryOffice()
    path = shared_file("pinganjie-register.xlsx")
    report = await import_into(office, "households", path)
    assert (report.rows, report.imported, report.warned) == (1650, 1648, 1)
    assert (report.repeated, report.refused, report.unchanged) == (1, 1, 0)
    assert lines(report) == PINGANJIE_LINES
    reasons = {line.row: line.reason for line in report.lines}
    assert "房号" in reasons[6]
    assert "row 10" in reasons[11]
    households = office.of("household")
    assert len(households) == 1648
    short = [fields for _unit, fields in households if "phone_as_given" in fields]
    assert [fields["phone_as_given"] for fields in short] == ["1380371"]
    assert "phone" not in short[0]
    assert {unit for unit, _fields in households} == {
        f"lianhu/pinganjie/g{number}" for number in range(1, 12)
    }
    assert all(re.fullmatch(r"\d+-\d-\d{3}", str(f["door"])) for _unit, f in households)
    assert all(isinstance(fields["people"], int) for _unit, fields in households)


async def test_a_dry_run_says_what_the_real_run_says_and_keeps_nothing():
    office = MemoryOffice()
    path = shared_file("pinganjie-register.xlsx")
    rehearsed = await import_into(office, "households", path, dry_run=True)
    assert office.records == {}
    real = await import_into(office, "households", path)
    assert rehearsed.lines == real.lines
    assert rehearsed.imported == real.imported


@pytest.mark.parametrize(
    ("name", "households", "units"),
    [
        ("pinganjie-register.xlsx", 1648, {"community": 1, "grid": 11}),
        ("yangguang-register.xlsx", 2900, {"area": 6, "grid": 12, "microgrid": 58}),
        (LIAISON_REGISTER, 21822, {"community": 9, "grid": 90, "compound": 720}),
    ],
)
async def test_a_second_import_changes_nothing(name, households, units):
    office = MemoryOffice()
    path = shared_file(name)
    first = await import_into(office, "households", path)
    assert first.imported == households
    assert Counter(f["level"] for _unit, f in office.of("unit")) == units
    before = dict(office.records)
    second = await import_into(office, "households", path)
    assert (second.imported, second.unchanged) == (0, households)
    assert second.lines == first.lines
    assert office.records == before
    if name == LIAISON_REGISTER:
        _every_household_has_one_liaison_and_every_liaison_20_or_21(office)


def _every_household_has_one_liaison_and_every_liaison_20_or_21(office):
    looked_after = Counter(fields["liaison"] for _unit, fields in office.of("household"))
    assert sum(looked_after.values()) == 21822
    assert len(looked_after) == 1056
    assert set(looked_after.values()) == {20, 21}
    staff = {record.hex() for record, (kind, _u, _f) in office.records.items() if kind == "staff"}
    assert staff == set(looked_after)


async def test_no_id_number_is_kept():
    office = MemoryOffice()
    await import_into(office, "households", shared_file("yangguang-register.xlsx"))
    everything = repr(office.records)
    assert re.search(r"41010\d{10,}", everything) is None
    residents = office.of("resident")
    assert len(residents) == 2900
    assert len({fields["id_hash"] for _unit, fields in residents}) == 2900


async def test_the_communities_of_a_district():
    office = MemoryOffice("中原区")
    path = shared_file("zhongyuan-communities.csv")
    report = await import_into(office, "units", path)
    assert (report.rows, report.imported, report.lines) == (157, 157, [])
    levels = Counter(fields["level"] for _unit, fields in office.of("unit"))
    assert levels == {"office": 14, "community": 157}
    named = {fields["name"]: (unit, fields) for unit, fields in office.of("unit")}
    assert named["碧沙岗社区居委会"][0] == "lianhu/linshanzhai/bishagang"
    assert named["碧沙岗社区居委会"][1]["official_code"] == "410102001002"
    assert named["林山寨街道"][1]["official_code"] == "410102001"
    again = await import_into(office, "units", path)
    assert (again.imported, again.unchanged) == (0, 157)


async def test_a_register_finds_its_community_among_the_imported_ones():
    office = MemoryOffice("中原区")
    await import_into(office, "units", shared_file("zhongyuan-communities.csv"))
    await import_into(office, "households", shared_file("pinganjie-register.xlsx"))
    parents = {unit.rpartition("/")[0] for unit, _fields in office.of("household")}
    assert len(parents) == 1
    assert office.units[parents.pop()].name == "平安街社区居民委员会"
