"""Boards from the running office, over its control socket.

A board never opens the office itself: it would hold the lock that the server needs. While nobody
answers, the last board stands, and says so.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from armband.server.board.model import Board
from armband.server.control import ControlClient

PERIOD_S = 2.0
"""A board is asked for so often."""
FRESH_S = 1.0
"""One that is not older serves everybody who looks at that unit."""
ANSWER_S = 10.0
MAX_KEPT = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """A board, and whether the office answered just now."""

    board: Board | None
    reachable: bool


@dataclass
class BoardFeed:
    """Asks one office; used by all who look, one question at a time."""

    directory: Path
    silent_after_ms: int
    fresh_s: float = FRESH_S
    _client: ControlClient | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: dict[str, tuple[float, Board]] = field(default_factory=dict)

    async def board(self, unit: str) -> Answer:
        """The board of a unit, of the office for ``""``.

        Raises:
            ControlRefused: the office has no such unit.
        """
        loop = asyncio.get_running_loop()
        async with self._asking:
            kept = self._kept.get(unit)
            if kept is not None and loop.time() - kept[0] < self.fresh_s:
                return Answer(kept[1], True)
            try:
                async with asyncio.timeout(ANSWER_S):
                    board = await self._ask(unit)
            except OSError:  # also TimeoutError and ConnectionError
                await self._leave()
                return Answer(kept[1] if kept else None, False)
            except asyncio.CancelledError:
                # What the office still answers would be taken for the answer to the next question.
                await self._leave()
                raise
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[unit] = (loop.time(), board)
            return Answer(board, True)

    async def close(self) -> None:
        """Leave the office."""
        async with self._asking:
            await self._leave()

    async def _ask(self, unit: str) -> Board:
        if self._client is None:
            self._client = await ControlClient.connect(self.directory)
        args = {"unit": unit, "silent_after_ms": self.silent_after_ms}
        return msgspec.convert(await self._client.call("board", args), Board)

    async def _leave(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
