"""A network that delays, stalls, cuts and refuses, with a hostile proxy in it, as its seed says.

Frames of one connection arrive in order and once, as a websocket's do; a cut drops every frame that
is still under way, in both directions. The proxy breaks that on demand: it sends a frame twice,
lets one overtake another, or lets half a frame through before it cuts.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from armband.shared.transport import TransportClosed
from sim.proxy import Mischief, Tap
from sim.trace import Trace

CUT = 1006
ROOM = 32
FINGERPRINT = b"F" * 32
HELD_S = 1.0
"""The proxy holds a frame back for so long at most when no other one comes to overtake it."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How long a frame is under way, in seconds."""

    delay_min_s: float = 0.005
    delay_max_s: float = 0.25


def _ring(stir: asyncio.Future[None]) -> None:
    if not stir.done():
        stir.set_result(None)


class _Pipe:
    """One direction of a connection."""

    def __init__(self) -> None:
        self.frames: deque[tuple[float, bytes]] = deque()
        self.held: bytes | None = None
        self.closed: tuple[int, str] | None = None
        self.stalled = False
        self.last_due_s = 0.0
        self._waiting: list[asyncio.Future[None]] = []

    def wake(self) -> None:
        """Let whoever waits on this direction look again."""
        for future in self._waiting:
            _ring(future)
        self._waiting.clear()

    async def changed(self, timeout_s: float | None) -> None:
        """Return when something has changed here, or after ``timeout_s``."""
        loop = asyncio.get_running_loop()
        stir: asyncio.Future[None] = loop.create_future()
        self._waiting.append(stir)
        if timeout_s is None:
            await stir
            return
        timer = loop.call_later(timeout_s, _ring, stir)
        try:
            await stir
        finally:
            timer.cancel()

    def put(self, frame: bytes, delay_s: float) -> None:
        """Let a frame go on its way, behind those that are."""
        now_s = asyncio.get_running_loop().time()
        self.last_due_s = max(self.last_due_s, now_s + delay_s)
        self.frames.append((self.last_due_s, frame))
        self.wake()


class SimTransport:
    """One end of a simulated connection."""

    fingerprint = FINGERPRINT

    def __init__(
        self, net: Network, number: int, name: str, side: str, pipes: tuple[_Pipe, _Pipe]
    ) -> None:
        self._net = net
        self._number = number
        self._side = side
        self._who = f"{side}:{name}"
        self._out, self._in = pipes
        self.peer = name

    async def send(self, frame: bytes) -> None:
        if self._out.closed is not None:
            raise TransportClosed(*self._out.closed)
        # Handed over is sent: what is decided while it waits for room comes too late for it.
        self._net.trace.add(self._who, "sends", frame)
        if self._net.tap is not None:
            self._net.tap.sends(self._number, self._side, frame)
        while self._out.closed is None and len(self._out.frames) >= ROOM:
            await self._out.changed(None)
        if self._out.closed is not None:
            raise TransportClosed(*self._out.closed)
        self._net.carry(self.peer, self._who, self._out, frame)

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
        if self._out.closed is None:
            self._net.trace.tell(self._who, f"closes {code} {reason}".rstrip())
            if self._net.tap is not None:
                self._net.tap.closes(self._number, self._side, code, reason)
        for pipe in (self._out, self._in):
            pipe.closed = pipe.closed or (code, reason)
            pipe.wake()

    def admit(self) -> None:
        """Nothing depends on it here."""

    def abort(self) -> None:
        self._net.trace.tell(self._who, "aborts")
        _cut((self._out, self._in))


def _cut(pipes: tuple[_Pipe, _Pipe]) -> None:
    now_s = asyncio.get_running_loop().time()
    for pipe in pipes:
        pipe.closed = pipe.closed or (CUT, "")
        while pipe.frames and (pipe.stalled or pipe.frames[-1][0] > now_s):
            pipe.frames.pop()
        pipe.stalled = False
        pipe.held = None
        pipe.wake()


class Network:
    """Terminals reach the office through it, unless they are cut off or the office is away.

    Attributes:
        accept: the office's gateway; None while it is down.
        away: who is cut off.
        slow_s: who has a line on which each frame takes so much longer.
        mischief: what the proxy does to the next frames of somebody's connection.
    """

    def __init__(self, rng: random.Random, trace: Trace, weather: Weather | None = None) -> None:
        self._rng = rng
        self._weather = weather or Weather()
        self.trace = trace
        self.tap: Tap | None = None
        self.accept: Callable[[SimTransport], Awaitable[None]] | None = None
        self.away: dict[str, bool] = {}
        self.slow_s: dict[str, float] = {}
        self.mischief: dict[str, deque[Mischief]] = {}
        self._lines: dict[str, tuple[_Pipe, _Pipe]] = {}
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._count = 0

    def delay_s(self, name: str) -> float:
        """How long the next frame is under way."""
        slow_s = self._rng.uniform(0, self.slow_s.get(name, 0.0))
        return slow_s + self._rng.uniform(self._weather.delay_min_s, self._weather.delay_max_s)

    async def connect(self, name: str) -> SimTransport:
        """A new connection of the terminal ``name``.

        Raises:
            TransportClosed: it cannot reach the office.
        """
        await asyncio.sleep(self.delay_s(name))
        if self.away.get(name) or self.accept is None:
            raise TransportClosed(CUT, "no way to the office")
        up, down = _Pipe(), _Pipe()
        self._lines[name] = (up, down)
        self._count += 1
        number = self._count
        self.trace.tell(name, "connects")
        if self.tap is not None:
            self.tap.opened(number, name)
        office_end = SimTransport(self, number, name, "office", (down, up))
        task = asyncio.ensure_future(self._serve(self.accept, office_end))
        self._serving[number] = task
        task.add_done_callback(lambda _task: self._serving.pop(number, None))
        return SimTransport(self, number, name, "terminal", (up, down))

    @staticmethod
    async def _serve(
        accept: Callable[[SimTransport], Awaitable[None]], office_end: SimTransport
    ) -> None:
        await accept(office_end)

    def carry(self, name: str, who: str, pipe: _Pipe, frame: bytes) -> None:
        """Let a frame go on its way, with what the proxy does to it."""
        waiting = self.mischief.get(name)
        mischief = waiting.popleft() if waiting else None
        if mischief is not None:
            self.trace.fault(mischief.value, who)
        if mischief is Mischief.TEAR:
            self._tear(name, pipe, frame)
            return
        if mischief in (Mischief.REORDER, Mischief.LATE_DUPLICATE):
            self._release(pipe, name)
            pipe.held = frame
            loop = asyncio.get_running_loop()
            loop.call_later(HELD_S, self._release, pipe, name, frame)
            if mischief is Mischief.REORDER:
                return
        pipe.put(frame, self.delay_s(name))
        if mischief is Mischief.DUPLICATE:
            pipe.put(frame, self.delay_s(name))
        if pipe.held is not None and pipe.held is not frame:
            self._release(pipe, name)

    def _release(self, pipe: _Pipe, name: str, only: bytes | None = None) -> None:
        if pipe.held is None or pipe.closed is not None or (only not in (None, pipe.held)):
            return
        held, pipe.held = pipe.held, None
        pipe.put(held, self.delay_s(name))

    def _tear(self, name: str, pipe: _Pipe, frame: bytes) -> None:
        pipe.put(frame[: self._rng.randrange(len(frame))], self.delay_s(name))
        pipe.closed = (CUT, "")
        line = self._lines.get(name, ())
        for other in line if pipe in line else ():
            other.closed = other.closed or (CUT, "")
            other.wake()

    def is_open(self, name: str) -> bool:
        """Whether there is a connection of ``name``."""
        line = self._lines.get(name)
        return line is not None and line[0].closed is None

    def stall(self, name: str) -> None:
        """Nothing of this terminal's connection arrives any more, and nobody is told."""
        for pipe in self._lines.get(name, ()):
            pipe.stalled = True

    def cut(self, name: str) -> None:
        """This terminal's connection breaks; what is under way is lost."""
        line = self._lines.pop(name, None)
        if line is not None:
            self.trace.tell(name, "is cut")
            _cut(line)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.away.clear()
        self.slow_s.clear()
        self.mischief.clear()
        for name in sorted(self._lines):
            if any(pipe.stalled for pipe in self._lines[name]):
                # Its keepalive would end it; there are no pings here.
                self.cut(name)

    async def office_gone(self) -> None:
        """The office's process is gone: every connection breaks, no new one is taken."""
        self.accept = None
        for name in sorted(self._lines):
            self.cut(name)
        for number in sorted(self._serving):
            self._serving[number].cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
