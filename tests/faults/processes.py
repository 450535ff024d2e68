"""The real programs as processes that can be killed, and copies of what they leave on the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from support.stores import opened
from support.waiting import until

TOOLS = Path(sys.executable).parent


class Program:
    """One ``armband`` or ``armband-server`` process; its first line of JSON says it is ready.

    Args:
        through: words before the command, of a program that runs it (``strace ...``).
    """

    def __init__(self, name: str, *words: str | Path, through: Sequence[str | Path] = ()) -> None:
        # Files, not pipes: nobody reads along, and a full pipe would stop the program.
        self._out, self._err = _open_file(), _open_file()
        self._process = subprocess.Popen(
            [*through, TOOLS / name, *words, "--json"],
            stdout=self._out,
            stderr=self._err,
            stdin=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> list[str]:
        """Whole lines on standard output so far."""
        return _text(self._out).rpartition("\n")[0].splitlines()

    def problem(self) -> str:
        """What it said on standard error so far."""
        return _text(self._err)

    async def first_line(self) -> str:
        """What it says when it is ready.

        Raises:
            AssertionError: it ended before; the text is what it said on stderr.
        """
        process = self._process
        await until(lambda: self.said() or process.poll() is not None, "it is ready", 30)
        assert self.said(), self.problem()
        return self.said()[0]

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        self._process.kill()
        self._end(None)

    def stop(self) -> None:
        """SIGTERM, and wait until it has left."""
        self._process.terminate()
        self._end(20)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self, timeout_s: float = 30) -> int:
        """Its exit code, once it has ended by itself."""
        process = self._process
        await until(lambda: process.poll() is not None, "the program ends", timeout_s)
        return process.wait()

    def _end(self, timeout_s: float | None) -> None:
        self._process.wait(timeout_s)
        self._out.close()
        self._err.close()


def _open_file() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _text(file: IO[bytes]) -> str:
    # By position: the program writes on through the same open file.
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode()


class OfficeProcess:
    """``armband-server run``, again and again on one port."""

    def __init__(self, directory: Path, through: Sequence[str | Path] = ()) -> None:
        self.directory = directory
        self.through = through
        self.url = ""
        self._listen = "127.0.0.1:0"
        self._program: Program | None = None

    def spawn(self) -> None:
        """Start it; it is not ready yet."""
        words = ("run", "--data", self.directory, "--listen", self._listen)
        self._program = Program("armband-server", *words, through=self.through)

    async def ready(self) -> None:
        """Wait until it listens."""
        self.url = json.loads(await self.program.first_line())["listening"]
        self._listen = self.url.removeprefix("wss://")

    @property
    def pid(self) -> int:
        return self.program.pid

    @property
    def program(self) -> Program:
        assert self._program is not None, "it runs"
        return self._program

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
    with opened(aside / path.name, path.parent) as conn:
        return conn.execute(sql).fetchall()
