"""The real programs as processes that can be killed, and copies of what they leave on the disk."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

TOOLS = Path(sys.executable).parent


class Program:
    """One ``armband`` or ``armband-server`` process; its first line of JSON says it is ready."""

    def __init__(self, name: str, *words: str | Path) -> None:
        self._process = subprocess.Popen(
            [TOOLS / name, *words, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    async def first_line(self) -> str:
        """What it says when it is ready.

        Raises:
            AssertionError: it ended before; the text is what it said on stderr.
        """
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line, self._process.communicate()[1]
        return line

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """SIGTERM, and wait until it has left."""
        self._process.terminate()
        self._process.communicate(timeout=20)


class OfficeProcess:
    """``armband-server run``, again and again on one port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = ""
        self._listen = "127.0.0.1:0"
        self._program: Program | None = None

    def spawn(self) -> None:
        """Start it; it is not ready yet."""
        words = ("run", "--data", self.directory, "--listen", self._listen)
        self._program = Program("armband-server", *words)

    async def ready(self) -> None:
        """Wait until it listens."""
        assert self._program is not None
        self.url = json.loads(await self._program.first_line())["listening"]
        self._listen = self.url.removeprefix("wss://")

    @property
    def pid(self) -> int:
        assert self._program is not None
        return self._program.pid

    def kill(self) -> None:
        if self._program is not None:
            self._program.kill()
            self._program = None

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None


def rows_of(path: Path, sql: str, aside: Path) -> list[tuple]:
    """What a store says, read from a copy of its files as they lie there.

    A copy, because whoever opens the file itself would put the journal in order before the next
    process has to.
    """
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for part in (path, Path(f"{path}-wal")):
        if part.exists():
            shutil.copy(part, aside / part.name)
    with closing(sqlite3.connect(aside / path.name)) as conn:
        return conn.execute(sql).fetchall()
