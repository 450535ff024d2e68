"""A cable between terminals and the office that can be cut, stretched and squeezed; TLS passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 16 * 1024


@dataclass
class Way:
    """One direction.

    Attributes:
        delay_s: what is sent arrives so much later.
        rate: bytes a second; 0 for as fast as it goes.
        open: set while anything passes; clear it and bytes wait, as in a pulled cable.
    """

    delay_s: float = 0.0
    rate: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()


class Proxy:
    """Listens for terminals and passes their bytes on to the office and back."""

    def __init__(self, host: str, port: int) -> None:
        self.up, self.down = Way(), Way()
        self.refuse = False
        self.accepted = 0
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._pairs: dict[int, tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}
        self._tasks: dict[asyncio.Task[Any], None] = {}

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"wss://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Reset every connection in both directions, in the middle of whatever passes."""
        for near, far in list(self._pairs.values()):
            near.transport.abort()
            far.transport.abort()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*list(self._tasks), return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = None
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._join(reader, writer)
        finally:
            del self._tasks[task]
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuse:
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self.accepted += 1
        number = self.accepted
        self._pairs[number] = (writer, far_writer)
        ways = [
            asyncio.create_task(_pass(reader, far_writer, self.up)),
            asyncio.create_task(_pass(far_reader, writer, self.down)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._pairs[number]
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

    async def deliver() -> None:
        while True:
            due_s, chunk = await under_way.get()
            await asyncio.sleep(due_s - loop.time())
            await way.open.wait()
            if way.rate:
                await asyncio.sleep(len(chunk) / way.rate)
            writer.write(chunk)
            await writer.drain()
            if not chunk:
                return

    async def collect() -> None:
        while chunk := await reader.read(_CHUNK):
            await under_way.put((loop.time() + way.delay_s, chunk))

    tasks = [asyncio.create_task(deliver()), asyncio.create_task(collect())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the office at ``url``."""
    host, _, port = url.removeprefix("wss://").rpartition(":")
    proxy = Proxy(host, int(port))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
