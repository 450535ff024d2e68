"""Lists for people: names of units and words, the office's clock; codes stay in --json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.founding import make_terminal
from armband.client.i18n import ENGLISH, set_language
from armband.client.keys import Enrolment, Identity, key_from_seed
from support.terminals import PEM

YG = "lianhu/yg"
UNIT = ("level=community", "name=阳光花苑社区")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A community's terminal with a notice, a round, two doors and two people of the staff."""
    data_dir = tmp_path / "a"
    data_dir.mkdir()
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "community", [YG])
    make_terminal(data_dir, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    return data_dir


def run(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints."""
    assert main([*words, "--data", str(folder)]) == 0, capsys.readouterr()
    set_language(ENGLISH)
    return capsys.readouterr().out


def filled(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its records."""
    lines = (
        ("unit", *UNIT),
        ("household", "door=1-1-101", "head=赵梅", "people=2"),
        ("household", "door=1-1-102", "head=钱丽", "people=1"),
        ("staff", "name=向波", "posts=liaison", "phone=13811112222"),
        ("staff", "name=王一", "posts=grid_manager"),
        ("notice", "title=今晚核酸", "sort=call_up", "households=yes"),
        ("round", "name=第3轮", "day=today", "state=open"),
    )
    for kind, *fields in lines:
        run(folder, capsys, "record", kind, f"unit={YG}", *fields)


def test_lists_speak_of_units_answers_and_times_as_people_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(folder, capsys)
    run(folder, capsys, "ack", "今晚核酸", "--answer", "coming")
    said = run(folder, capsys, "acks", "今晚核酸").splitlines()
    told = run(folder, capsys, "told", "今晚核酸").splitlines()
    rounds = run(folder, capsys, "rounds", "第3轮").splitlines()
    report = json.loads(run(folder, capsys, "acks", "今晚核酸", "--json"))
    assert said[1].split() == ["答复", "姓名", "辖区", "岗位", "电话", "时间"]
    assert ["未答复", "向波", "阳光花苑社区", "联户党员", "138****2222"] in [
        line.split() for line in said
    ]
    assert all("lianhu" not in line for line in (*said, *told, *rounds))
    assert report["missing"][0]["unit"] == YG
    assert ["阳光花苑社区", "2", "0", "0"] in [line.split() for line in told]
    assert ["阳光花苑社区", "1-1-102", "钱丽", "1"] in [line.split() for line in rounds]
