"""The office's commands: exit codes, what stands on stdout, what on stderr."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from armband.server import cli, desk
from armband.server.cli.options import duration_ms, host_and_port
from armband.server.cli.output import Output
from armband.server.lock import OfficeLock
from armband.shared.handshake import CODE_LETTERS, normal_code
from armband.shared.tokens import parse_token

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, capsys: Captured) -> Path:
    made = tmp_path / "office"
    assert cli.main(["init", "--data", str(made), "--office", "lianhu", "--name", "莲湖街道"]) == 0
    capsys.readouterr()
    return made


def run(capsys: Captured, *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_init_says_what_it_made(tmp_path: Path, capsys: Captured) -> None:
    words = ["init", "--data", str(tmp_path / "o"), "--office", "lianhu", "--name", "莲湖街道"]
    code, out, _err = run(capsys, *words, "--json")
    assert code == 0
    made = json.loads(out)
    assert (made["office"], made["name"], len(made["fingerprint"])) == ("lianhu", "莲湖街道", 64)


def test_init_never_touches_an_office_that_is_there(folder: Path, capsys: Captured) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    code, out, err = run(capsys, "init", "--data", str(folder), "--office", "other", "--name", "x")
    assert (code, out) == (2, "")
    assert "already" in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["init", "--office", "lianhu"],
        ["invite", "--unit", "lianhu", "--role", "king", "--name", "x"],
        ["invite", "--unit", "lianhu", "--role", "script", "--name", "x"],
        ["invite", "--unit", "lianhu", "--role", "grid", "--name", "x", "--expires", "soon"],
        ["invite", "--unit", "lianhu", "--role", "grid", "--name", " \u200b"],
        ["tray", "--limit", "0"],
        ["tray", "--limit", "many"],
        ["run", "--listen", "8443"],
    ],
)
def test_wrong_usage_is_exit_code_2(words: list[str], capsys: Captured) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert "usage:" in err


@pytest.mark.parametrize("code", ["Lianhu", "莲湖", "a//b", ""])
def test_a_malformed_office_code_makes_nothing(code: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "o"
    exit_code, _out, err = run(
        capsys, "init", "--data", str(folder), "--office", code, "--name", "x"
    )
    assert exit_code == 2
    assert "unit code" in err
    assert not folder.exists()


@pytest.mark.parametrize("verb", ["audit", "terminals", "tray", "run"])
def test_a_folder_without_an_office_is_said_and_left_alone(
    verb: str, tmp_path: Path, capsys: Captured
) -> None:
    code, out, err = run(capsys, verb, "--data", str(tmp_path))
    assert (code, out) == (2, "")
    assert "armband-server init" in err
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_one_line_without_controls(tmp_path: Path, capsys: Captured) -> None:
    words = ["init", "--data", str(tmp_path / "o"), "--office", "lianhu", "--name", "莲\x1b湖\n"]
    code, out, _err = run(capsys, *words, "--json")
    assert (code, json.loads(out)["name"]) == (0, "莲湖")


def test_what_is_no_utf8_is_said_in_a_line(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "armband-server"
    done = subprocess.run(
        [program, "init", "--data", tmp_path / "o", "--office", "lianhu", "--name", b"\xff\xfe"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert b"is not in UTF-8" in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_stream_without_chinese_gets_escapes(folder: Path) -> None:
    program = Path(sys.executable).parent / "armband-server"
    words = ["invite", "--data", str(folder), "--unit", "lianhu", "--role", "grid"]
    words += ["--name", "王敏"]
    done = subprocess.run(
        [program, *words], env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"\\u738b\\u654f, grid in lianhu" in done.stdout


def test_a_workbook_goes_through_a_pipe_too(folder: Path) -> None:
    program = Path(sys.executable).parent / "armband-server"
    done = subprocess.run(
        [program, "export", "unit", "--data", folder, "--format", "xlsx"],
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"PK")


def test_an_invite_as_json_and_for_people(folder: Path, capsys: Captured) -> None:
    words = ["invite", "--data", str(folder), "--unit", "lianhu", "--role", "street"]
    code, out, err = run(capsys, *words, "--name", "张三", "--json")
    invite = json.loads(out)
    assert (code, err) == (0, "")
    assert (invite["unit"], invite["role"]) == ("lianhu", "street")
    assert len(normal_code(invite["code"])) == CODE_LETTERS
    code, out, err = run(capsys, *words, "--name", "张三")
    assert code == 0
    assert "▄" in out
    assert "armband enrol" in out
    assert "no server runs" in err


@pytest.mark.parametrize("unit", ["lianhu/nowhere", "elsewhere", "NOT A CODE"])
@pytest.mark.parametrize(
    "words",
    [
        ["invite", "--role", "grid", "--name", "x", "--unit"],
        ["token", "--unit"],
        ["export", "visit", "--unit"],
        ["import", "households", "{register}", "--under"],
    ],
    ids=lambda words: words[0],
)
def test_a_mistyped_unit_is_wrong_usage_everywhere(
    folder: Path, capsys: Captured, words: list[str], unit: str
) -> None:
    register = folder.parent / "register.csv"
    register.write_text("房号,户主\n101,赵梅\n", "utf-8")
    words = [word.format(register=register) for word in words]
    code, out, err = run(capsys, *words, unit, "--data", str(folder))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert unit in err


def test_a_token_carries_the_certificate(folder: Path, capsys: Captured) -> None:
    code, out, _err = run(capsys, "token", "--data", str(folder), "--unit", "lianhu", "--json")
    made = json.loads(out)
    assert code == 0
    assert set(made) >= {"token", "expires"}
    from armband.server.certificate import load_certificate

    assert parse_token(made["token"]).fingerprint == load_certificate(folder).fingerprint


def test_lists_of_a_new_office_are_empty(folder: Path, capsys: Captured) -> None:
    data = ["--data", str(folder), "--json"]
    assert json.loads(run(capsys, "terminals", *data)[1]) == {"terminals": []}
    assert json.loads(run(capsys, "tray", *data)[1]) == {"refused": []}
    code, out, err = run(capsys, "revoke", "T009", *data)
    assert (code, out) == (1, "")
    assert "T009" in err


def test_an_audit_without_differences_is_0_and_with_is_1(folder: Path, capsys: Captured) -> None:
    code, out, _err = run(capsys, "audit", "--data", str(folder), "--json")
    assert code == 0
    assert json.loads(out)["differences"] == []
    with sqlite3.connect(folder / "office.db") as database:
        assert database.execute("DELETE FROM cells").rowcount > 0
    database.close()
    code, out, _err = run(capsys, "audit", "--data", str(folder), "--json")
    assert code == 1
    assert json.loads(out)["differences"]


def test_a_damaged_store_is_exit_code_5(folder: Path, capsys: Captured) -> None:
    store = folder / "office.db"
    store.write_bytes(b"not a database at all" * 400)
    code, out, err = run(capsys, "audit", "--data", str(folder))
    assert (code, out) == (5, "")
    assert err.startswith("armband-server: ")


def test_an_office_whose_holder_does_not_answer_is_exit_code_5(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "WAIT_S", 0.1)
    holder = OfficeLock(folder)
    assert holder.try_acquire()
    try:
        code, out, err = run(capsys, "terminals", "--data", str(folder))
    finally:
        holder.release()
    assert (code, out) == (5, "")
    assert "control socket" in err
    assert "process" in err
    assert run(capsys, "terminals", "--data", str(folder))[0] == 0


def test_a_verb_loads_no_other_verb(folder: Path) -> None:
    script = (
        "import sys; from armband.server.cli import main; "
        f"main(['terminals', '--data', {str(folder)!r}]); "
        "print([n for n in sys.modules if n in "
        "('segno', 'xlsxwriter', 'python_calamine', 'textual', 'websockets', "
        "'armband.server.cli.invite')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "ms"),
    [("30m", 1_800_000), ("24h", 86_400_000), ("90d", 7_776_000_000), ("2W", 1_209_600_000)],
)
def test_lengths_of_time(text: str, ms: int) -> None:
    assert duration_ms(text) == ms


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:0", ("127.0.0.1", 0)), ("[::1]:8443", ("::1", 8443)), (":80", ("0.0.0.0", 80))],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert host_and_port(text) == address


def test_tables_line_up_with_chinese_in_them(capsys: Captured) -> None:
    Output(False).table(("name", "n"), [("张三", "1"), ("abcdef", "2")])
    assert capsys.readouterr().out.splitlines() == ["name    n", "张三    1", "abcdef  2"]
