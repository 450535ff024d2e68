"""A terminal that was enrolled after the backup to which its office is then put back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from armband.client.keys import load_identity
from support.commands import command
from support.enrolled import enrol_by_commands
from support.real_office import Ran, new_office, server_process, serving


@pytest.fixture
def office(tmp_path: Path) -> Path:
    async def prepare() -> None:
        await new_office(tmp_path / "office")
        async with serving(tmp_path / "office"):
            pass

    asyncio.run(prepare())
    return tmp_path / "office"


def record(folder: Path, lines: int) -> None:
    path = folder.parent / "lines.jsonl"
    line = '{"kind": "check", "code": "green", "decision": "passed", "unit": "lianhu/yg/g1"}\n'
    path.write_text(line * lines)
    done = command("armband", "record", "--jsonl", path, "--data", folder, "--json")
    assert done.code == 0, done.out


def sync(folder: Path, **environ: str) -> Ran:
    return command("armband", "sync", "--once", "--data", folder, "--json", **environ)


def new_code(office: Path) -> str:
    words = ("--unit", "lianhu/yg", "--role", "grid", "--name", "张三", "--json")
    code: str = command("armband-server", "invite", "--data", office, *words).json["code"]
    return code


def test_it_is_told_keeps_its_work_and_hands_it_in_when_enrolled_again(
    tmp_path: Path, office: Path
) -> None:
    early, late, backup = tmp_path / "early", tmp_path / "late", tmp_path / "backup"
    with server_process(office) as url:
        enrol_by_commands(office, url, early)
        assert command("armband-server", "backup", backup, "--data", office).code == 0
        enrol_by_commands(office, url, late)
        record(late, 3)
        assert sync(late).json["held"] == 3
    record(late, 2)
    key = load_identity(late).key.key_id
    assert command("armband-server", "restore", backup, "--data", office).code == 0

    with server_process(office, url.removeprefix("wss://")):
        told = sync(late)
        assert told.code == 4
        assert "does not know this terminal" in told.err
        assert "armband enrol --again CODE" in told.err
        assert (told.json["written"], told.json["held"], told.json["waiting"]) == (5, 3, 2)
        chinese = sync(late, LC_ALL="zh_CN.UTF-8")
        assert "街道不认识本终端" in chinese.err
        assert "no terminal" not in chinese.err
        # A key that is listed needs no second name, and the code stays good for who needs it.
        again = ("enrol", "--again", new_code(office), "--url", url)
        assert command("armband", *again, "--data", early).code == 4
        assert command("armband", *again, "--data", tmp_path / "nobody").code == 4
        done = command("armband", *again, "--data", late, "--json")
        assert (done.code, done.json["terminal"]) == (0, "T002"), done.err
        assert load_identity(late).key.key_id == key
        after = sync(late)
        assert after.code == 0, after.err
        assert (after.json["written"], after.json["held"], after.json["waiting"]) == (5, 5, 0)
        assert not after.json["fork"]

    audit = command("armband-server", "audit", "--data", office, "--json")
    # Units of the office, and the five.
    assert (audit.json["operations"], audit.json["differences"]) == (6 + 5, [])
    assert command("armband", "doctor", "--data", late).code == 0
