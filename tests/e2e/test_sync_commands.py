"""The whole way with the real programs: server and commands as processes of their own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.commands import command
from support.real_office import new_office, run_command, server_process, serving

TOP = Path(__file__).resolve().parent.parent.parent


def enrolled(office: Path, url: str, folder: Path, unit: str = "lianhu/yg") -> dict[str, Any]:
    invite = command(
        "armband-server", "invite", "--data", office, "--unit", unit, "--role", "grid", "--name",
        "张三", "--json",
    )  # fmt: skip
    assert invite.code == 0, invite.err
    done = command(
        "armband", "enrol", invite.json["code"], "--url", url, "--data", folder, "--json"
    )
    assert done.code == 0, done.err
    told: dict[str, Any] = done.json
    return told


def test_recorded_offline_drained_and_seen_by_the_other(tmp_path: Path) -> None:
    office, a, b = tmp_path / "office", tmp_path / "a", tmp_path / "b"

    async def prepare() -> None:
        await new_office(office)
        async with serving(office):
            pass

    asyncio.run(prepare())
    with server_process(office) as url:
        told = enrolled(office, url, a)
        assert set(told) >= {"terminal", "office", "scope"}
        assert (told["office"], told["scope"]) == ("lianhu", ["lianhu/yg"])
        enrolled(office, url, b)
    # The server is gone: recording works, the rest says that it cannot be reached.
    home = command(
        "armband", "record", "household", "door=3-2-502", "head=李雪婷", "unit=lianhu/yg/g1",
        "--data", a, "--json",
    )  # fmt: skip
    assert home.code == 0, home.err
    check = command("armband", "check", "3-2-502 36.5 g", "--data", a, "--json")
    assert check.code == 0, check.out
    unreachable = command("armband", "sync", "--once", "--data", a, "--json")
    assert unreachable.code == 3
    assert unreachable.json["waiting"] == 2
    listen = url.removeprefix("wss://")
    with server_process(office, listen):
        drained = command("armband", "sync", "--once", "--data", a, "--json")
        assert drained.code == 0, drained.err
        status = drained.json
        assert (status["written"], status["held"], status["waiting"]) == (2, 2, 0)
        assert status["last_contact"] is not None
        other = command("armband", "sync", "--once", "--data", b, "--json")
        assert other.code == 0, other.err
        # The other terminal has the household now: it can be named by its door.
        visit = command(
            "armband", "record", "visit", "household=3-2-502", "channel=phone", "outcome=met",
            "--data", b, "--json",
        )  # fmt: skip
        assert visit.code == 0, visit.out
        assert command("armband", "sync", "--once", "--data", b).code == 0
        figures = command("armband", "rollups", "--depth", "0", "--data", b, "--json").json
        metrics = figures["rows"][0]["metrics"]
        wanted = {"checks.total": 1, "visits.phone": 1, "visits.households": 1}
        assert wanted.items() <= metrics.items()
        token = command(
            "armband-server", "token", "--data", office, "--unit", "lianhu", "--json"
        ).json["token"]
        script = subprocess.run(
            [sys.executable, TOP / "scripts" / "fetch_rollups.py", "lianhu/yg", "--depth", "0",
             "--data", tmp_path / "none"],
            env={"ARMBAND_URL": url, "ARMBAND_TOKEN": token, "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert script.stdout.splitlines()[1].split(",")[1:4] == ["lianhu/yg", "阳光社区", "1"]
        week = subprocess.run(
            [sys.executable, TOP / "scripts" / "weekly_summary.py", "lianhu/yg", "--data",
             tmp_path / "none", "--out", tmp_path / "week.svg"],
            env={"ARMBAND_URL": url, "ARMBAND_TOKEN": token, "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert week.stdout.splitlines()[-1].split("\t")[1:3] == ["1", "1"]
        assert "阳光社区" in (tmp_path / "week.svg").read_text(encoding="utf-8")


def test_two_processes_on_one_store_are_safe(tmp_path: Path) -> None:
    office, a = tmp_path / "office", tmp_path / "a"
    asyncio.run(new_office(office))
    with server_process(office) as url:
        enrolled(office, url, a, "lianhu")
        program = Path(sys.executable).parent / "armband"
        holder = subprocess.Popen(
            [program, "sync", "--data", a, "--json"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert holder.stdout is not None
            assert json.loads(holder.stdout.readline())["written"] == 0
            handed = run_command("armband", "check", "36.5 g", "王五 36.6 g", "--data", a, "--json")
            assert handed.code == 0, handed.err
            assert len(handed.json["saved"]) == 2
            second = run_command("armband", "sync", "--once", "--data", a)
            assert second.code == 5
            assert str(holder.pid) in second.err
            figures = run_command("armband", "rollups", "--depth", "0", "--data", a, "--json")
            assert figures.code == 0, figures.err
            told = json.loads(holder.stdout.readline())
            while told["held"] < 2:
                told = json.loads(holder.stdout.readline())
            status = run_command("armband", "status", "--data", a, "--json").json
            assert (status["held"], status["connected"]) == (2, True)
        finally:
            holder.terminate()
            holder.communicate(timeout=20)
    assert holder.returncode == 130
    assert not (a / "terminal.sock").exists()
