"""A program in a real pseudo-terminal: bytes in, what it drew out."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from support.waiting import until

_CONTROL = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>78]|\x1b\][^\x07]*\x07")


class PseudoTerminal:
    """The near end of a pseudo-terminal."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self.process = process
        self.drawn = bytearray()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            piece = os.read(self._master, 65536)
        except OSError:  # the far end is gone
            piece = b""
        if not piece:
            asyncio.get_running_loop().remove_reader(self._master)
        self.drawn.extend(piece)

    def text(self) -> str:
        """Everything drawn so far, without the control sequences."""
        return _CONTROL.sub("", self.drawn.decode("utf-8", "replace"))

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def sees(self, words: str, timeout_s: float = 20.0) -> None:
        try:
            await until(lambda: words in self.text(), f"{words!r} is drawn", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; drawn: {self.text()[-3000:]}") from None

    async def ended(self) -> int:
        await until(lambda: self.process.poll() is not None, "the program ends", 20.0)
        return self.process.wait()


@asynccontextmanager
async def pseudo_terminal(
    command: Sequence[str], *, columns: int = 80, rows: int = 24, language: str = "zh_CN.UTF-8"
) -> AsyncIterator[PseudoTerminal]:
    """Run ``command`` in a window of that size; it is ended with the block."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    # Readline exports COLUMNS and LINES into its children; they would overrule the window's size.
    kept = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "LC_ALL"}}
    process = subprocess.Popen(  # noqa: ASYNC220 -- once, before anything else runs
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**kept, "TERM": "xterm-256color", "LANG": language},
        start_new_session=True,
    )
    os.close(slave)
    terminal = PseudoTerminal(master, process)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
