"""``armband-server report`` as a clerk uses it: text, workbook, JSON, frozen and refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from armband.server import cli
from armband.server.reports.model import DayReport, FrozenDay
from armband.server.reports.text import text_of
from armband.server.reports.workbook import write_workbook

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, capsys: Captured) -> Path:
    made = tmp_path / "office"
    assert cli.main(["init", "--data", str(made), "--office", "lianhu", "--name", "莲湖街道"]) == 0
    capsys.readouterr()
    return made


def report(capsys: Captured, folder: Path, *words: str) -> tuple[int, str, str]:
    code = cli.main(["report", "--data", str(folder), *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_it_is_frozen_once_and_says_so_with_exit_code_1(folder: Path, capsys: Captured) -> None:
    code, out, _err = report(capsys, folder, "--freeze", "--by", "李主任", "--json")
    assert code == 0
    frozen = json.loads(out)
    assert (frozen["edition"], frozen["author"]) == (1, "李主任")
    code, _out, err = report(capsys, folder, "--freeze")
    assert code == 1
    assert "frozen already" in err
    code, out, _err = report(capsys, folder)
    assert code == 0
    assert "已定稿 第 1 版" in out
    assert frozen["checksum"] in out
    assert "签发人" in out


def test_the_workbook_holds_what_the_text_says(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "日报.xlsx"
    code, out, err = report(capsys, folder, "--format", "xlsx", "--out", str(file))
    assert (code, out) == (0, "")
    assert file.name in err
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "莲湖街道 日报"
    texts = [str(cell) for row in rows for cell in row]
    assert {"下发人数", "自排人数", "当日总数", "核验人次", "未定稿，数字可能再变"} <= set(texts)
    assert any("填报人" in text for text in texts)
    assert any("签发人" in text for text in texts)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_names_neither_steer_nor_calculate(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    found = msgspec.json.decode(report(capsys, folder, "--json")[1], type=DayReport)
    hostile = msgspec.structs.replace(found, unit_name="=1+1\x1b[31m\n莲湖")
    write_workbook(hostile, "zh", 480, tmp_path / "a.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert str(rows[0][0]).startswith("'=1+1␛[31m")
    assert "=1+1␛[31m␊莲湖" in text_of(hostile, "zh", 480)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--format", "xlsx"], "--out"),
        (["--again"], "--freeze"),
        (["--day", "2022-02-30"], "no day"),
        (["--unit", "lianhu/nowhere"], "no unit"),
    ],
)
def test_what_cannot_be_printed_is_a_wrong_use(
    folder: Path, capsys: Captured, words: list[str], hint: str
) -> None:
    code, out, err = report(capsys, folder, *words)
    assert (code, out) == (2, "")
    assert hint in err


def test_the_checksum_can_be_worked_out_from_the_json(folder: Path, capsys: Captured) -> None:
    _code, out, _err = report(capsys, folder, "--freeze", "--json")
    shown = msgspec.json.decode(out, type=DayReport)
    fixed = FrozenDay(
        shown.unit, shown.day, shown.edition, bytes.fromhex(shown.hist), shown.frozen_ms,
        shown.author, shown.figures,
    )  # fmt: skip
    assert fixed.checksum == shown.checksum
    raw = msgspec.json.encode(fixed, order="deterministic")
    assert hashlib.sha256(b"armband-day-1\0" + raw).hexdigest() == shown.checksum
