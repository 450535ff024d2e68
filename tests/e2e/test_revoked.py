"""A revoked terminal: cut off at once, hands over what it holds, and is wiped; real processes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from armband.client.wiping import MARKER_FILE, end_of_revoked
from support.commands import command
from support.real_office import TOOLS, Ran, in_english, new_office, server_process, serving

NAME, NOTE = "钟离雪莹", "七号楼暗格"
CUT_WITHIN_S = 1.0
KEPT = {"terminal.lock"}
"""Holds nothing but the number of a process."""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    async def make() -> None:
        await new_office(tmp_path / "office")
        async with serving(tmp_path / "office"):
            pass

    asyncio.run(make())
    return tmp_path / "office"


def enrolled(office: Path, folder: Path, url: str, encryption: str = "off") -> None:
    """A terminal, plain unless told: its bytes can be searched."""
    invite = command(
        "armband-server", "invite", "--data", office, "--unit", "lianhu/yg", "--role", "grid",
        "--name", "张三", "--json",
    ).json  # fmt: skip
    ran = command(
        "armband", "enrol", invite["code"], "--url", url, "--encryption", encryption,
        "--data", folder,
    )  # fmt: skip
    assert ran.code == 0, ran.err


def recorded(folder: Path, door: str, head: str) -> Ran:
    ran = command(
        "armband", "record", "household", f"door={door}", f"head={head}", "unit=lianhu/yg/g1",
        "--data", folder,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return ran


def revoked(office: Path, terminal: str = "T001") -> None:
    assert command("armband-server", "revoke", terminal, "--data", office).code == 0


def kept_aside(office: Path) -> list[tuple[str, str]]:
    told = command("armband-server", "tray", "--data", office, "--json").json["refused"]
    return [(one["terminal"], one["reason"]) for one in told]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextmanager
def staying(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """``armband sync`` until the block ends."""
    process = subprocess.Popen(
        [TOOLS / "armband", "sync", "--json", "--data", folder],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=in_english(),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_connected_terminal_is_cut_within_a_second_and_wiped(
    office: Path, tmp_path: Path
) -> None:
    folder, link = tmp_path / "t", tmp_path / "link"
    with server_process(office) as url:
        enrolled(office, folder, url, "on")
        recorded(folder, "3-2-502", NAME)
        os.link(folder / "terminal.db", link)
        with staying(folder) as process:
            assert process.stdout is not None
            for line in process.stdout:
                status = json.loads(line)
                if status["connected"] and status["held"]:
                    break
            revoked(office)
            told_s = time.monotonic()
            for line in process.stdout:
                if not json.loads(line)["connected"]:
                    break
            assert time.monotonic() - told_s < CUT_WITHIN_S
            _out, err = process.communicate(timeout=10)
        assert process.returncode == 4
        assert "were erased" in err
    assert names(folder) == KEPT
    # Overwritten, not only unlinked: another name of the same file shows what lies on the disk.
    assert not link.read_bytes().strip(b"\0")


def test_an_absent_terminal_keeps_all_until_the_office_has_its_work(
    office: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "t"
    with server_process(office) as url:
        enrolled(office, folder, url)
        revoked(office)
    recorded(folder, "3-2-502", NAME)
    recorded(folder, "3-2-503", NOTE)
    before = names(folder)
    assert command("armband", "sync", "--once", "--data", folder).code == 3
    assert names(folder) >= before
    assert command("armband", "status", "--data", folder, "--json").json["waiting"] == 2
    with server_process(office, url.removeprefix("wss://")):
        ran = command("armband", "sync", "--once", "--data", folder, LC_ALL="zh_CN.UTF-8")
        assert ran.code == 4
        assert "已抹除" in ran.err
        assert kept_aside(office) == [("T001", "revoked"), ("T001", "revoked")]
        assert names(folder) == KEPT
        # The folder is free for a new terminal.
        enrolled(office, folder, url)


CRASHING = """
import os, sys
from pathlib import Path
from armband.client.wiping import wipe
left = int(sys.argv[2])
def stop(event, _args):
    global left
    if event == "os.remove":
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(stop)
wipe(Path(sys.argv[1]))
"""


def test_a_wipe_goes_on_after_a_crash_and_takes_nothing_that_is_unsent(
    office: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "t"
    with server_process(office) as url:
        enrolled(office, whole, url)
        recorded(whole, "3-2-502", NAME)
    # The look into the closed store decides, not what was known while it was open.
    before = names(whole)
    assert "erased" not in str(end_of_revoked(whole))
    assert names(whole) >= before
    for removals in (0, 1, 3):
        folder = shutil.copytree(whole, tmp_path / f"t{removals}")
        words = [sys.executable, "-c", CRASHING, str(folder), str(removals)]
        assert subprocess.run(words, check=False).returncode == 9
        assert names(folder) > KEPT | {MARKER_FILE}
        ran = command("armband", "status", "--data", folder)
        assert ran.code == 4
        assert "were erased" in ran.err
        assert names(folder) == KEPT
