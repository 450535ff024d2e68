"""What lies on a terminal's disk after real work, searched byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from armband.client.store.dbapi import PLAIN_MARK
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.client.tui.app import ArmbandApp
from armband.client.world import real_environment
from support.commands import command
from support.desk import Desk
from support.local import Clock
from support.real_office import new_office, server_process, serving
from support.waiting import until

NAME, PHONE, DOOR, NOTE, TYPED = "钟离雪莹", "13977770001", "97-3-402", "七号楼暗格", "端木未寄出"
MARKS = (NAME, PHONE, DOOR, NOTE, TYPED)


def found_in(folders: Sequence[Path]) -> set[str]:
    """The marks that stand somewhere, and a word for whole databases in the clear."""
    found = set()
    for path in [path for folder in folders for path in folder.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        found |= {mark for mark in MARKS if mark.encode() in content}
        found |= {mark for mark in MARKS if mark.encode("utf-16-le") in content}
        if PLAIN_MARK in content:
            found.add(f"plain {path.name}")
    return found


@pytest.mark.parametrize("encryption", ["on", "off"])
def test_nobody_is_found_on_the_disk_of_a_terminal(tmp_path: Path, encryption: str) -> None:
    office, terminal, temp = (tmp_path / name for name in ("office", "t", "temp"))
    temp.mkdir()
    _make(office)

    def armband(*words: str | Path) -> None:
        ran = command("armband", *words, "--data", terminal, TMPDIR=str(temp))
        assert ran.code == 0, ran.err

    with server_process(office) as url:
        invite = command(
            "armband-server", "invite", "--data", office, "--unit", "lianhu/yg", "--role", "grid",
            "--name", "张三", "--json",
        ).json  # fmt: skip
        armband("enrol", invite["code"], "--url", url, "--encryption", encryption)
        armband(
            "record", "household", f"door={DOOR}", f"head={NAME}", f"phone={PHONE}",
            "unit=lianhu/yg/g1",
        )  # fmt: skip
        armband("check", f"{DOOR} 36.5 g")
        armband("check", f"{NAME} {PHONE} 36.5 g")
        armband("sync", "--once")
        armband(
            "record", "visit", f"household={DOOR}", "channel=phone", "outcome=met", f"note={NOTE}"
        )
        armband("export-unsent", temp / "unsent")
        (temp / "unsent").unlink()
        armband("sync", "--once")
    asyncio.run(_type_and_look(terminal, [terminal, temp], encryption))
    _check(found_in([terminal, temp]), encryption)


def _make(office: Path) -> None:
    async def make() -> None:
        await new_office(office)
        async with serving(office):
            pass

    asyncio.run(make())


async def _type_and_look(terminal: Path, folders: Sequence[Path], encryption: str) -> None:
    """Somebody is in the middle of a form: the journal and its index are there too."""
    environment = real_environment()
    async with open_terminal(terminal, environment) as opened:
        app = ArmbandApp(opened, environment)
        async with app.run_test(size=(80, 24)) as pilot:
            running = Desk(app, pilot, opened, Clock())
            await until(lambda: running.shows("F9"), "the lane is drawn")
            await running.press("f3")
            await until(lambda: app.current_mode != "lane", "the form is there")
            await running.write(TYPED)
            await running.sees(TYPED)
            for _attempt in range(200):
                if TYPED in str(await opened.drafts()):
                    break
                await pilot.pause(0.02)
            assert TYPED in str(await opened.drafts())
            assert (terminal / f"{STORE_FILE}-wal").stat().st_size
            _check(found_in(folders), encryption)


def _check(found: set[str], encryption: str) -> None:
    # Off they are all there: what is looked for would be found.
    assert found == (set() if encryption == "on" else {*MARKS, f"plain {STORE_FILE}"})
