"""The board on the whole screen of a terminal: keys in, lines out."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from armband.server.board.ansi import paint
from armband.server.board.feed import PERIOD_S, BoardFeed
from armband.server.board.keys import Action, actions
from armband.server.board.model import Board
from armband.server.board.sheet import Sheet, sheet_of
from armband.server.board.words import Language, word

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_READ_BYTES = 1024
_ENDS = (signal.SIGINT, signal.SIGTERM)


class BoardScreen:
    """One board on one terminal until somebody leaves it."""

    def __init__(self, feed: BoardFeed, unit: str, language: Language, screen: TextIO) -> None:
        self._feed = feed
        self._language: Language = language
        self._screen = screen
        self._unit = unit
        self._board: Board | None = None
        self._reachable = True
        self._cursor = 0
        self._left = False
        self._woken = asyncio.Event()
        self._painted: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def run(self, keyboard: int) -> None:
        """Show it; ``keyboard`` is the terminal's descriptor.

        Raises:
            ControlRefused: the office has no such unit.
        """
        loop = asyncio.get_running_loop()
        with _whole_screen(self._screen, keyboard):
            loop.add_reader(keyboard, self._typed, keyboard)
            loop.add_signal_handler(signal.SIGWINCH, self._resized)
            for number in _ENDS:
                loop.add_signal_handler(number, self._leave)
            try:
                await self._show()
            finally:
                for number in (signal.SIGWINCH, *_ENDS):
                    loop.remove_signal_handler(number)
                loop.remove_reader(keyboard)

    async def _show(self) -> None:
        while not self._left:
            self._woken.clear()
            answer = await self._feed.board(self._unit)
            self._reachable = answer.reachable
            if answer.board is not None:
                self._board = answer.board
            self._paint()
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _typed(self, keyboard: int) -> None:
        raw = os.read(keyboard, _READ_BYTES)
        if not raw:
            self._left = True  # The terminal has gone.
        for action in actions(self._decoder.decode(raw)):
            self._do(action)
        if self._left or self._board is None:
            self._woken.set()
        self._paint()

    def _do(self, action: Action) -> None:
        parts = self._board.parts if self._board is not None else []
        match action:
            case Action.UP:
                self._cursor = max(0, self._cursor - 1)
            case Action.DOWN:
                self._cursor = max(0, min(len(parts) - 1, self._cursor + 1))
            case Action.INTO if parts and parts[min(self._cursor, len(parts) - 1)].has_parts:
                self._go(parts[min(self._cursor, len(parts) - 1)].unit)
            case Action.OUT if self._board is not None and len(self._board.path) > 1:
                self._go(self._board.path[-2].unit)
            case Action.LANGUAGE:
                self._language = "en" if self._language == "zh" else "zh"
            case Action.QUIT:
                self._left = True
            case _:
                pass

    def _leave(self) -> None:
        self._left = True
        self._woken.set()

    def _go(self, unit: str) -> None:
        self._unit, self._cursor, self._board = unit, 0, None

    def _resized(self) -> None:
        self._painted = []
        self._screen.write("\x1b[2J")
        self._paint()

    def _sheet(self) -> Sheet | None:
        if self._board is None:
            return None
        self._cursor = max(0, min(self._cursor, len(self._board.parts) - 1))
        return sheet_of(self._board, self._language, reachable=self._reachable)

    def _paint(self) -> None:
        """Only the lines that differ from those on the screen."""
        size = os.get_terminal_size(self._screen.fileno())
        sheet = self._sheet()
        if sheet is not None:
            lines = paint(sheet, size.columns, size.lines, self._cursor)
        elif self._reachable:
            lines = self._painted or [word("waiting", self._language)]
        else:
            lines = [word("unreachable", self._language), "", word("keys", self._language)]
        for number, line in enumerate(lines):
            if number >= len(self._painted) or self._painted[number] != line:
                self._screen.write(f"\x1b[{number + 1};1H{line}\x1b[K")
        if len(lines) < len(self._painted):
            self._screen.write("\x1b[J")
        self._screen.flush()
        self._painted = lines


@contextmanager
def _whole_screen(screen: TextIO, keyboard: int) -> Iterator[None]:
    """The terminal's other screen, keys unechoed; all as before at the end, whatever happens."""
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    screen.write(_ENTER)
    screen.flush()
    try:
        yield
    finally:
        screen.write(_LEAVE)
        screen.flush()
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
