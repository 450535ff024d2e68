"""A day of both programs as processes: whose files they are, and where people's names stand."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.real_office import TOOLS, in_english

MARKS = ("钟离雪莹", "13977770001", "七号楼暗格")
STORES = ("office.db", "store.db", "terminal.db")
LINES = f"{MARKS[0]} {MARKS[1]} 36.5 g\n{MARKS[0]} 12 nonsense 99\n"


def words_of(path: Path) -> bytes:
    return path.read_bytes()


class Day:
    """Runs commands with an open umask and keeps what they wrote to stderr."""

    def __init__(self, folder: Path) -> None:
        self.office, self.terminal, self.folder = folder / "office", folder / "t", folder
        self.log = folder / "stderr.log"

    def run(self, program: str, *words: str | Path, stdin: str = "", code: int = 0) -> str:
        with self.log.open("ab") as log:
            done = subprocess.run(
                [TOOLS / program, *words],
                input=stdin.encode(),
                stdout=subprocess.PIPE,
                stderr=log,
                env=in_english(),
                umask=0,
                timeout=60,
                check=False,
            )
        assert done.returncode == code, self.log.read_text()
        return done.stdout.decode()

    @contextmanager
    def serving(self) -> Iterator[str]:
        words = ("run", "--data", self.office, "--listen", "127.0.0.1:0", "--json")
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [TOOLS / "armband-server", *words],
                stdout=subprocess.PIPE,
                stderr=log,
                env=in_english(),
                umask=0,
            )
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["listening"]
            limits = Path(f"/proc/{process.pid}/limits").read_text()
            assert "Max core file size        0" in limits
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.fixture
def day(tmp_path: Path) -> Day:
    day = Day(tmp_path)
    day.run("armband-server", "init", "--data", day.office, "--office", "lianhu", "--name", "莲湖")
    return day


def test_files_are_their_owners_and_names_stand_in_the_stores_alone(day: Day) -> None:
    with day.serving() as url:
        invite = (
            "invite",
            "--data",
            day.office,
            "--unit",
            "lianhu",
            "--role",
            "grid",
            "--name",
            "T",
        )
        code = json.loads(day.run("armband-server", *invite, "--json"))["code"]
        day.run("armband", "enrol", code, "--url", url, "--data", day.terminal)
        said = day.run(
            "armband", "check", "-", "--data", day.terminal, "--json", stdin=LINES, code=1
        )
        assert len(json.loads(said)["saved"]) == 1
        line = {"kind": "household", "door": "3-1-101", "head": MARKS[0], "note": MARKS[2]}
        wrong = {"kind": "household", "head": MARKS[0], "people": MARKS[2], "door": "1"}
        raw = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (line, wrong))
        day.run("armband", "record", "--jsonl", "-", "--data", day.terminal, stdin=raw, code=1)
        day.run("armband", "sync", "--once", "--data", day.terminal)
        day.run("armband-server", "backup", day.folder / "b", "--data", day.office)
    day.run("armband-server", "audit", "--data", day.office)
    found = [path for path in day.folder.rglob("*") if path.name != "stderr.log"]
    open_files = [
        (path.name, oct(path.lstat().st_mode)) for path in found if path.lstat().st_mode & 0o077
    ]
    assert open_files == []
    assert all(path.stat().st_mode & stat.S_IRWXU for path in found)
    told = {
        path.name
        for path in [*found, day.log]
        if path.is_file() and any(mark.encode() in words_of(path) for mark in MARKS)
    }
    assert "office.db" in told, "what is looked for would be found"
    assert {name.removesuffix("-wal") for name in told} <= set(STORES)


def test_a_fault_says_where_and_not_what() -> None:
    """The log of a server, and the last words of a command, after an error about somebody."""
    program = (
        "import asyncio, logging, sys\n"
        "from armband.server.private_log import write_log_to\n"
        "from armband.server.cli import _explained\n"
        "async def main():\n"
        "    write_log_to(sys.stderr, asyncio.get_running_loop())\n"
        "    try: {}[sys.argv[1]]\n"
        "    except KeyError as error:\n"
        "        logging.getLogger('x').exception('failed')\n"
        "        print(_explained(error)[0], file=sys.stderr)\n"
        "    async def lost(): raise ValueError(sys.argv[1])\n"
        "    task = asyncio.ensure_future(lost())\n"
        "    await asyncio.sleep(0)\n"
        "    del task\n"
        "    import gc; gc.collect(); await asyncio.sleep(0)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [TOOLS / "python", "-c", program, MARKS[0]],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("KeyError at") == 2, done.stderr
    assert "ValueError at" in done.stderr
    assert MARKS[0] not in done.stderr
