"""An in-memory pair of transports: what one side sends, the other receives, in order.

Each direction holds a bounded number of frames, so that a reader that stops makes its writer wait,
as a full socket would.
"""

from __future__ import annotations

import asyncio
from collections import deque

from armband.shared.transport import TransportClosed

GONE = 1006


class Direction:
    """Frames under way from one side to the other."""

    def __init__(self, room: int) -> None:
        self.frames: deque[bytes] = deque()
        self.room = room
        self.changed = asyncio.Condition()


class Line:
    """What both ends share: whether the connection is up."""

    def __init__(self) -> None:
        self.closed: tuple[int, str] | None = None
        self.aborted = False


class FakeTransport:
    """One end. ``sent`` records every frame that this end has handed over."""

    def __init__(self, line: Line, out: Direction, into: Direction, fingerprint: bytes) -> None:
        self._line = line
        self._out = out
        self._in = into
        self.fingerprint = fingerprint
        self.peer = "fake"
        self.sent: list[bytes] = []

    @property
    def closed(self) -> tuple[int, str] | None:
        """The close code and reason, once the connection is closed."""
        return self._line.closed

    @property
    def aborted(self) -> bool:
        """Whether one side cut the connection."""
        return self._line.aborted

    async def send(self, frame: bytes) -> None:
        async with self._out.changed:
            await self._out.changed.wait_for(
                lambda: self._line.closed is not None or len(self._out.frames) < self._out.room
            )
            if self._line.closed is not None:
                raise TransportClosed(*self._line.closed)
            self.sent.append(frame)
            self._out.frames.append(frame)
            self._out.changed.notify_all()

    async def receive(self) -> bytes:
        async with self._in.changed:
            await self._in.changed.wait_for(
                lambda: bool(self._in.frames) or self._line.closed is not None
            )
            if not self._in.frames:
                assert self._line.closed is not None
                raise TransportClosed(*self._line.closed)
            frame = self._in.frames.popleft()
            self._in.changed.notify_all()
            return frame

    async def close(self, code: int, reason: str) -> None:
        if self._line.closed is None:
            self._line.closed = (code, reason)
        await self._wake()

    def admit(self) -> None:
        """Nothing depends on it here."""

    def abort(self) -> None:
        if self._line.closed is None:
            self._line.closed = (GONE, "")
        self._line.aborted = True
        self._in.frames.clear()
        self._out.frames.clear()
        self._waking = asyncio.ensure_future(self._wake())

    async def _wake(self) -> None:
        for direction in (self._in, self._out):
            async with direction.changed:
                direction.changed.notify_all()


def fake_pair(
    fingerprint: bytes = b"F" * 32, room: int = 64, room_up: int = 64
) -> tuple[FakeTransport, FakeTransport]:
    """The office's end and the terminal's end of one connection.

    Args:
        room, room_up: how many frames fit into the line towards the terminal, and the office.
    """
    line = Line()
    up, down = Direction(room_up), Direction(room)
    return (
        FakeTransport(line, down, up, fingerprint),
        FakeTransport(line, up, down, fingerprint),
    )
