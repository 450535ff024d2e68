"""The listening socket: an address with too many strangers is hung up on before TLS costs anything.

A *stranger* is a connection from its first packet until it is admitted or over.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any

from armband.server import bounds
from armband.server.gate import Seats, address_of

BACKLOG = 128
ACCEPTED_AT_ONCE = 32
"""Then others have their turn."""
PAUSE_S = 1.0
"""After the system had no more file descriptors, for example."""

log = logging.getLogger(__name__)

Remote = tuple[Any, ...]
"""Where a connection comes from, as the system says it: host, port, and more in IPv6."""


class Strangers:
    """Who is not admitted yet, by where it comes from.

    Args:
        turned_away: is told the address of each that finds no seat.
    """

    def __init__(self, turned_away: Callable[[str], None]) -> None:
        self._seats = Seats(bounds.MAX_STRANGERS, bounds.MAX_STRANGERS_PER_ADDRESS)
        self._turned_away = turned_away
        self._waiting: dict[Remote, str] = {}
        self._heard: set[Remote] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def come(self, remote: Remote) -> bool:
        """Somebody connects; False when there is no seat."""
        address = address_of(f"{remote[0]}:{remote[1]}")
        if not self._seats.take(address):
            self._turned_away(address)
            return False
        self._waiting[remote] = address
        return True

    def hear(self, remote: Remote) -> None:
        """A handler has it: the seat is taken until it says otherwise, even if the peer hangs up.

        Else a refusal that is held back would cost only who waits for it.
        """
        self._heard.add(remote)

    def leave(self, remote: Remote) -> None:
        """It is admitted, or over."""
        self._heard.discard(remote)
        address = self._waiting.pop(remote, None)
        if address is not None:
            self._seats.leave(address)

    def hung_up(self, remote: Remote) -> None:
        """Its connection is over."""
        if remote not in self._heard:
            self.leave(remote)


class Front:
    """Listens, and lets TLS begin for whoever finds a seat. Stands in for an `asyncio.Server`.

    Its own loop of accepting: neither asyncio nor uvloop asks anybody before it begins with TLS.

    Args:
        factory: makes the protocol of one connection.
        context: None without TLS.
        handshake_s: how long TLS may take.
    """

    def __init__(
        self,
        sockets: list[socket.socket],
        strangers: Strangers,
        factory: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext | None,
        handshake_s: float,
    ) -> None:
        self.sockets = tuple(sockets)
        self._strangers = strangers
        self._factory = factory
        self._context = context
        self._handshake_s = handshake_s
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[None]] = set()
        self._serving = True
        for plug in sockets:
            plug.listen(BACKLOG)
            self._loop.add_reader(plug, self._accept, plug)

    def is_serving(self) -> bool:
        """Whether connections are accepted."""
        return self._serving

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it was made in."""
        return self._loop

    def close(self) -> None:
        """Accept no more."""
        if self._serving:
            self._serving = False
            for plug in self.sockets:
                self._loop.remove_reader(plug)
                plug.close()

    async def wait_closed(self) -> None:
        """Wait until nobody is in the middle of TLS any more."""
        for task in self._beginning:
            task.cancel()
        if self._beginning:
            await asyncio.wait(self._beginning)

    def _accept(self, plug: socket.socket) -> None:
        for _turn in range(ACCEPTED_AT_ONCE):
            try:
                accepted, remote = plug.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.warning("cannot accept connections just now: %s", error.strerror)
                self._loop.remove_reader(plug)
                self._loop.call_later(PAUSE_S, self._again, plug)
                return
            if not self._strangers.come(remote):
                accepted.close()
                continue
            accepted.setblocking(False)
            task = self._loop.create_task(self._begin(accepted, remote))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    def _again(self, plug: socket.socket) -> None:
        if self._serving:
            self._loop.add_reader(plug, self._accept, plug)

    async def _begin(self, accepted: socket.socket, remote: Remote) -> None:
        timeout_s = self._handshake_s if self._context is not None else None
        try:
            await self._loop.connect_accepted_socket(
                self._factory, accepted, ssl=self._context, ssl_handshake_timeout=timeout_s
            )
        except BaseException as error:
            # The loop closes the socket itself. To close it here, too, could close another's: the
            # number of a file that was closed is given out again at once.
            self._strangers.hung_up(remote)
            # Peers that break off their handshakes are daily business.
            if not isinstance(error, OSError | TimeoutError):
                raise


async def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Sockets bound to all addresses of ``host``, on one port.

    Raises:
        OSError: the address is in use or not this machine's.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    plugs: list[socket.socket] = []
    try:
        for family, kind, proto, _name, place in dict.fromkeys(found):
            plug = socket.socket(family, kind, proto)
            plugs.append(plug)
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                plug.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            picked = port or plugs[0].getsockname()[1]
            plug.bind((place[0], picked, *place[2:]))
            plug.setblocking(False)
    except OSError:
        for plug in plugs:
            plug.close()
        raise
    return plugs
