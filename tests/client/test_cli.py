"""The commands as a user runs them, without an office: arguments, exit codes, the two streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.cli.output import Output
from armband.client.cli.rollup_formats import Printer, table_lines
from armband.client.founding import make_terminal
from armband.client.i18n import CHINESE, ENGLISH, set_language
from armband.client.keys import Enrolment, Identity, key_from_seed
from armband.client.lock import hold
from armband.client.world import default_data_dir
from armband.server.certificate import CERTIFICATE_FILE, make_certificate
from armband.shared.rollup_report import AsOf, CoverageReport, RollupReport, Row

G1 = "lianhu/yg/g1"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "en")
    for name in [name for name in os.environ if name.startswith("ARMBAND_")]:
        monkeypatch.delenv(name)
    yield
    set_language(ENGLISH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A terminal whose office never answers."""
    data_dir = tmp_path / "a"
    data_dir.mkdir()
    key = key_from_seed(b"k" * 32)
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", [G1])
    make_certificate(tmp_path, "lianhu", 1_655_000_000_000)
    pem = (tmp_path / CERTIFICATE_FILE).read_text("ascii")
    make_terminal(data_dir, Identity(enrolment, key, pem))
    return data_dir


def test_record_and_check_and_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(folder), "--json"]
    assert main(["record", "household", "door=3-2-502", "head=李雪婷", *data]) == 0
    (saved,) = json.loads(capsys.readouterr().out)["saved"]
    assert saved["kind"] == "household"
    assert main(["check", "3-2-502 36.5 g", "3-2-502 38.1 g", *data]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in told["saved"]] == ["check"]
    assert told["refused"][0]["line"] == 2
    assert "decision" in told["refused"][0]["reason"]
    assert main(["status", *data]) == 0
    status = json.loads(capsys.readouterr().out)
    wanted = {"written": 2, "held": 0, "stable": 0, "waiting": 2, "refused": 0, "conflicts": 0}
    assert wanted.items() <= status.items()
    assert status["last_contact"] is None


def test_without_json_words_stand_on_stdout_and_notes_on_stderr(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "household", "door=1-1-1", "--data", str(folder)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("household ")
    assert told.err == ""
    assert main(["sync", "--once", "--data", str(folder)]) == 3
    told = capsys.readouterr()
    assert "waiting: 1" in told.out
    assert told.err.count("cannot be reached") == 1
    assert "Traceback" not in told.err


def test_jsonl_one_bad_line_stops_no_other(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    lines = (
        '\ufeff{"kind": "household", "door": "1-1-1"}',
        "",
        "{not json",
        '["a list"]',
        '{"door": "1-1-2"}',
        '{"kind": "household", "door": "1-1-3", "people": 3}\r',
        '{"kind": "visit", "household": "1-1-3", "channel": "door", "outcome": "met"}',
    )
    file.write_text("\n".join(lines), "utf-8")
    assert main(["record", "--jsonl", str(file), "--data", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["line"] for one in told["saved"]] == [1, 6, 7]
    assert [one["line"] for one in told["refused"]] == [3, 4, 5]
    assert "no JSON" in told["refused"][0]["reason"]
    assert "has no kind" in told["refused"][2]["reason"]


def test_lines_that_are_nested_without_end_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deep.jsonl"
    file.write_text("[" * 100_000 + "\n" + '{"a":' * 100_000 + "\n", "utf-8")
    assert main(["record", "--jsonl", str(file), "--data", str(folder), "--json"]) == 1
    assert [one["line"] for one in json.loads(capsys.readouterr().out)["refused"]] == [1, 2]


def test_a_closed_standard_input_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["record", "--jsonl", "-", "--data", str(folder)]) == 2
    assert "standard input is closed" in capsys.readouterr().err


def test_the_roster_says_who_stands_and_where_nobody_will(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--json", "--data", str(folder)]
    assert main(["record", "checkpoint", "name=东门", *data]) == 0
    gate = json.loads(capsys.readouterr().out)["saved"][0]["id"]
    around = ["begins_min=00:00", "ends_min=24:00", "day=today"]
    assert main(["record", "shift", f"checkpoint={gate}", *around, *data]) == 0
    capsys.readouterr()
    assert main(["roster", *data]) == 0
    (post,) = json.loads(capsys.readouterr().out)["checkpoints"]
    assert (post["name"], len(post["now"]), len(post["gaps"])) == ("东门", 1, 1)
    assert main(["roster", "--data", str(folder)]) == 0
    assert "24:00" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["status", "--data"]])
def test_what_is_no_utf8_is_said_in_a_line(words: list[str], folder: Path) -> None:
    program = Path(sys.executable).parent / "armband"
    done = subprocess.run(
        [program, *words, b"\xff\xfe 365g"],
        env={"ARMBAND_DATA": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert b"is not in UTF-8" in done.stderr


def test_a_locale_without_chinese_gets_escapes(folder: Path) -> None:
    program = Path(sys.executable).parent / "armband"
    done = subprocess.run(
        [program, "check", "李雪婷 365", "--json"],
        env={"ARMBAND_DATA": str(folder), "LANGUAGE": "zh", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert "健康码" in json.loads(done.stdout)["refused"][0]["reason"]


def test_a_fault_is_a_line_and_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("armband.client.cli.status.run", broken)
    assert main(["status", "--data", str(folder)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("armband: a fault in armband (ZeroDivisionError at test_cli.py:")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["record"], 2, "KIND FIELD=VALUE"),
        (["record", "vist", "a=b"], 2, "no kind of record is called 'vist'"),
        (["record", "visit", "household"], 2, "is not FIELD=VALUE"),
        (["record", "visit", "note=a", "note=b"], 2, "note is given twice"),
        (["record", "visit", "--jsonl", "-"], 2, "either"),
        (["record", "--jsonl", "/no/such/file"], 2, "/no/such/file cannot be read"),
        (["check", "36.5 g", "--checkpoint", "西门"], 2, "西门"),
        (["enrol", "hello", "--url", "x:1"], 2, "16 letters and digits"),
        (["enrol", "0000-0000-0000-0000"], 2, "where the office is"),
        (["enrol", "0000-0000-0000-0000", "--url", "ws://x:1"], 2, "wss://HOST:PORT"),
        (["enrol", "0000-0000-0000-0000", "--url", "127.0.0.1:1"], 4, "enrolled already"),
        (["rollups", "--depth", "99"], 2, "0 to 12"),
        (["rollups", "--unit", "elsewhere"], 4, "outside of this terminal's office"),
        (["rollups"], 3, "cannot be reached"),
        (["sync", "--once"], 3, "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_with_the_exit_code_of_the_contract(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert main([*words, "--data", str(folder)]) == code
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith("armband: ")


def test_a_folder_that_is_not_enrolled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["status"], ["sync", "--once"], ["record", "visit", "note=x"], ["check", "a"]):
        assert main([*words, "--data", str(tmp_path / "no")]) == 4
        assert "enrol" in capsys.readouterr().err


def test_a_damaged_identity_or_store_is_exit_5(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "terminal.db").write_bytes(b"this is no database" * 1000)
    assert main(["status", "--data", str(folder)]) == 5
    (folder / "identity.json").write_text("{")
    assert main(["status", "--data", str(folder)]) == 5
    assert "identity.json cannot be read" in capsys.readouterr().err


def test_a_damaged_certificate_is_exit_5(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"):
        (folder / "office.pem").write_text(text)
        assert main(["sync", "--once", "--data", str(folder)]) == 5
        assert "Traceback" not in capsys.readouterr().err


def test_a_store_that_is_held_by_who_answers_nobody(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "household", "door=1-1-1", "--data", str(folder)]) == 0
    with hold(folder):
        capsys.readouterr()
        assert main(["record", "household", "door=1-1-2", "--data", str(folder)]) == 5
        assert str(os.getpid()) in capsys.readouterr().err
        assert main(["sync", "--once", "--data", str(folder)]) == 5
        assert main(["rollups", "--data", str(folder)]) == 5
        capsys.readouterr()
        # Reading how things stand works beside the holder.
        assert main(["status", "--data", str(folder), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["written"] == 1


def test_data_may_stand_before_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(folder), "status"]) == 0
    assert "written: 0" in capsys.readouterr().out


def test_the_users_language_is_spoken(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert main(["status", "--data", str(folder)]) == 0
    assert "written" not in capsys.readouterr().out


def test_the_default_folder() -> None:
    assert default_data_dir({"ARMBAND_DATA": "/x/y"}) == Path("/x/y")
    assert default_data_dir({"XDG_DATA_HOME": "/x"}) == Path("/x/armband")
    home = Path.home() / ".local" / "share" / "armband"
    assert default_data_dir({}) == home
    assert default_data_dir({"XDG_DATA_HOME": "relative"}) == home


HEADLESS = (["status"], ["record", "household", "door=1"], ["check", "36.5 g"], ["sync", "--once"])


@pytest.mark.parametrize("words", [*HEADLESS, ["rollups"], ["--help"]], ids=" ".join)
def test_headless_commands_never_load_the_screens(folder: Path, words: list[str]) -> None:
    code = (
        "import sys\nfrom armband.client.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "loaded = {'textual', 'armband.client.tui', 'armband.server'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--data", str(folder)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# -- formats ----------------------------------------------------------------------------------

REPORT = RollupReport(
    "lianhu",
    "lianhu/yg",
    AsOf(17, 1_655_000_000_000),
    CoverageReport(1, 2, [G1]),
    [
        Row("2022-06-12", "lianhu/yg", "阳光社区", "community", {"checks.total": 12}),
        Row("2022-06-12", G1, 'a "grid", so', "grid", {"checks.fever": 1}),
    ],
)


def printed(form: str, capsys: pytest.CaptureFixture[str]) -> str:
    Printer(Output(False), form).print(REPORT)
    return capsys.readouterr().out


def test_a_table_stands_straight_with_chinese_names() -> None:
    lines = table_lines(REPORT)
    assert lines[0].split() == ["day", "unit", "checks.total", "checks.fever"]
    assert lines[1] == "2022-06-12  阳光社区                12             0"
    assert lines[2] == '2022-06-12  a "grid", so             0             1'
    assert lines[3] == '1 of 2 grids have reported; missing: a "grid", so'
    assert "seq 17" in lines[4]
    set_language(CHINESE)
    assert table_lines(REPORT)[0].split() == ["日期", "辖区", "核验人次", "核验发热"]


def test_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(printed("json", capsys))
    assert list(told) == ["office", "unit", "as_of", "coverage", "rows"]
    assert told["as_of"] == {"seq": 17, "at": 1_655_000_000_000}
    assert told["coverage"] == {"reported": 1, "expected": 2, "missing": [G1]}
    assert list(told["rows"][0]) == ["day", "unit", "name", "level", "metrics"]


def test_jsonl_is_a_row_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in printed("jsonl", capsys).splitlines()]
    assert [row["unit"] for row in rows] == ["lianhu/yg", G1]
    assert rows[0]["as_of"]["seq"] == 17


def test_csv_has_a_column_for_each_metric_and_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed("csv", capsys).splitlines()
    assert lines[0] == "as_of.seq,as_of.at,day,unit,name,level,checks.fever,checks.total"
    assert lines[1] == "17,1655000000000,2022-06-12,lianhu/yg,阳光社区,community,0,12"
    assert lines[2].endswith(',"a ""grid"", so",grid,1,0')
