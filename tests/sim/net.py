"""A network that delays, stalls, cuts and refuses, as its seed says.

Frames of one connection arrive in order and once, as a websocket's do. It may lose the tail only:
a cut drops every frame that is still under way, in both directions.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from armband.shared.transport import TransportClosed
from sim.trace import Trace

CUT = 1006
ROOM = 32
FINGERPRINT = b"F" * 32


@dataclass(frozen=True, slots=True)
class Weather:
    """How long a frame is under way, in seconds."""

    delay_min_s: float = 0.005
    delay_max_s: float = 0.25


class _Pipe:
    """One direction of a connection."""

    def __init__(self) -> None:
        self.frames: deque[tuple[float, bytes]] = deque()
        self.closed: tuple[int, str] | None = None
        self.stalled = False
        self.last_due_s = 0.0
        self.stir = asyncio.Event()

    def wake(self) -> None:
        """Let whoever waits on this direction look again."""
        self.stir.set()
        self.stir = asyncio.Event()

    async def changed(self, timeout_s: float | None) -> None:
        """Return when something has changed here, or after ``timeout_s``."""
        try:
            await asyncio.wait_for(self.stir.wait(), timeout_s)
        except TimeoutError:
            return


class SimTransport:
    """One end of a simulated connection."""

    fingerprint = FINGERPRINT

    def __init__(self, net: Network, name: str, side: str, out: _Pipe, into: _Pipe) -> None:
        self._net = net
        self._who = f"{side}:{name}"
        self._out = out
        self._in = into
        self.peer = name

    async def send(self, frame: bytes) -> None:
        while self._out.closed is None and len(self._out.frames) >= ROOM:
            await self._out.changed(None)
        if self._out.closed is not None:
            raise TransportClosed(*self._out.closed)
        self._net.trace.add(self._who, "sends", frame)
        now_s = asyncio.get_running_loop().time()
        self._out.last_due_s = max(self._out.last_due_s, now_s + self._net.delay_s())
        self._out.frames.append((self._out.last_due_s, frame))
        self._out.wake()

    async def receive(self) -> bytes:
        while True:
            now_s = asyncio.get_running_loop().time()
            wait_s: float | None = None
            if self._in.frames and not self._in.stalled:
                due_s, frame = self._in.frames[0]
                if due_s <= now_s:
                    self._in.frames.popleft()
                    self._in.wake()
                    return frame
                wait_s = due_s - now_s
            elif self._in.closed is not None:
                raise TransportClosed(*self._in.closed)
            await self._in.changed(wait_s)

    async def close(self, code: int, reason: str) -> None:
        self._net.trace.add(self._who, f"closes {code}")
        for pipe in (self._out, self._in):
            pipe.closed = pipe.closed or (code, reason)
            pipe.wake()

    def abort(self) -> None:
        self._net.trace.add(self._who, "aborts")
        _cut((self._out, self._in))


def _cut(pipes: tuple[_Pipe, _Pipe]) -> None:
    now_s = asyncio.get_running_loop().time()
    for pipe in pipes:
        pipe.closed = pipe.closed or (CUT, "")
        while pipe.frames and (pipe.stalled or pipe.frames[-1][0] > now_s):
            pipe.frames.pop()
        pipe.stalled = False
        pipe.wake()


class Network:
    """Terminals reach the office through it, unless they are cut off or the office is away."""

    def __init__(self, rng: random.Random, trace: Trace, weather: Weather | None = None) -> None:
        self._rng = rng
        self._weather = weather or Weather()
        self.trace = trace
        self.accept: Callable[[SimTransport], Awaitable[None]] | None = None
        self.away: dict[str, bool] = {}
        self._lines: dict[str, tuple[_Pipe, _Pipe]] = {}
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._count = 0

    def delay_s(self) -> float:
        """How long the next frame is under way."""
        return self._rng.uniform(self._weather.delay_min_s, self._weather.delay_max_s)

    async def connect(self, name: str) -> SimTransport:
        """A new connection of the terminal ``name``.

        Raises:
            TransportClosed: it cannot reach the office.
        """
        await asyncio.sleep(self.delay_s())
        if self.away.get(name) or self.accept is None:
            raise TransportClosed(CUT, "no way to the office")
        up, down = _Pipe(), _Pipe()
        self._lines[name] = (up, down)
        self._count += 1
        number = self._count
        office_end = SimTransport(self, name, "office", down, up)
        task = asyncio.ensure_future(self._serve(self.accept, office_end))
        self._serving[number] = task
        task.add_done_callback(lambda _task: self._serving.pop(number, None))
        self.trace.add(name, "connects")
        return SimTransport(self, name, "terminal", up, down)

    @staticmethod
    async def _serve(
        accept: Callable[[SimTransport], Awaitable[None]], office_end: SimTransport
    ) -> None:
        await accept(office_end)

    def stall(self, name: str) -> None:
        """Nothing of this terminal's connection arrives any more, and nobody is told."""
        for pipe in self._lines.get(name, ()):
            pipe.stalled = True

    def cut(self, name: str) -> None:
        """This terminal's connection breaks; what is under way is lost."""
        line = self._lines.pop(name, None)
        if line is not None:
            self.trace.add(name, "is cut")
            _cut(line)

    async def office_gone(self) -> None:
        """The office's process is gone: every connection breaks, no new one is taken."""
        self.accept = None
        for name in sorted(self._lines):
            self.cut(name)
        for number in sorted(self._serving):
            self._serving[number].cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
