"""The commands import and export on a real office, as a user types them."""

from __future__ import annotations

import json
import re

import pytest

from armband.server.cli import main
from support.registers import shared_file, write_csv


@pytest.fixture
def data_dir(tmp_path, capsys):
    path = tmp_path / "office"
    assert main(["init", "--data", str(path), "--office", "lianhu", "--name", "莲湖街道"]) == 0
    capsys.readouterr()
    return path


def imported(capsys, data_dir, what, path, *more):
    code = main(["import", what, str(path), "--data", str(data_dir), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_the_real_register_into_a_real_office_and_out_again(data_dir, tmp_path, capsys):
    path = shared_file("pinganjie-register.xlsx")
    code, rehearsed = imported(capsys, data_dir, "households", path, "--dry-run")
    assert code == 1
    code, real = imported(capsys, data_dir, "households", path)
    assert code == 1
    assert rehearsed == real
    assert (real["rows"], real["imported"], real["warned"]) == (1650, 1648, 1)
    assert [(line["sheet"], line["row"], line["outcome"]) for line in real["lines"]] == [
        ("第4网格", 6, "refused"),
        ("第4网格", 8, "warned"),
        ("第4网格", 11, "repeated"),
    ]
    code, again = imported(capsys, data_dir, "households", path)
    assert (again["imported"], again["unchanged"]) == (0, 1648)
    assert again["lines"] == real["lines"]

    out = tmp_path / "ledger.csv"
    argv = ["export", "household", "--data", str(data_dir), "--out", str(out), "--json"]
    assert main(argv) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1648
    # A whole number: short runs of digits occur in hashes by chance.
    raw = (data_dir / "office.db").read_bytes()
    assert re.search(rb"41010[0-9]{12}[0-9Xx]", raw) is None


def test_what_is_wrong_with_a_file_is_said_in_one_line_and_keeps_the_office(
    data_dir, tmp_path, capsys
):
    wrong = write_csv(tmp_path / "w.csv", [["户主", "电话"], ["赵梅", "13800000000"]])
    good = write_csv(tmp_path / "g.csv", [["房号"], ["101"]])
    for argv, words in (
        (["households", str(wrong)], ["row 1", "户主, 电话", "房号"]),
        (["households", str(tmp_path / "none.csv")], ["none.csv", "cannot be read"]),
        (["households", str(good), "--under", "lianhu/nowhere"], ["near ones", "lianhu"]),
    ):
        assert main(["import", *argv, "--data", str(data_dir)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.splitlines()) == 1
        assert all(word in said.err for word in words)
    assert main(["import", "households", str(good), "--data", str(tmp_path / "x")]) == 2


def test_exit_codes(data_dir, tmp_path, capsys):
    fine = write_csv(tmp_path / "f.csv", [["房号", "户主"], ["101", "赵梅"]])
    partly = write_csv(tmp_path / "p.csv", [["房号", "户主"], ["101", "赵梅"], ["", "钱亮"]])
    assert imported(capsys, data_dir, "households", fine)[0] == 0
    assert imported(capsys, data_dir, "households", partly)[0] == 1
    assert main(["export", "household", "--data", str(data_dir), "--from", "2022-01-01"]) == 2


def test_without_json_the_lines_are_for_people(data_dir, tmp_path, capsys):
    partly = write_csv(
        tmp_path / "p.csv", [["房号", "户主", "颜色"], ["101", "赵梅", "红"], ["", "钱亮", "绿"]]
    )
    assert main(["import", "households", str(partly), "--data", str(data_dir)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "row 3: refused: no room number (房号)",
        "p.csv: 2 rows: 1 imported, 0 unchanged, 0 warned, 0 repeated, 1 refused",
    ]
    assert said.err.splitlines() == ["row 1: columns not imported: 颜色"]


def test_the_secret_of_id_numbers_is_the_offices_own_and_private(data_dir, tmp_path, capsys):
    rows = [["房号", "户主", "身份证"], ["101", "赵梅", "41010219870412007X"]]
    path = write_csv(tmp_path / "i.csv", rows)
    imported(capsys, data_dir, "households", path)
    assert (data_dir / "people.key").stat().st_mode & 0o077 == 0
    raw = (data_dir / "office.db").read_bytes()
    for wal in data_dir.glob("office.db-*"):
        raw += wal.read_bytes()
    assert b"41010219870412007X" not in raw
    assert b"007X" in raw
