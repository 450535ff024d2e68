"""The listening socket: an address with too many strangers is hung up on before TLS costs anything.

A *stranger* is a connection from its first packet until it is admitted or over.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from armband.server import bounds
from armband.server.gate import Seats, address_of

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
        """Its socket is closed."""
        if remote not in self._heard:
            self.leave(remote)


class _Accepted(socket.socket):
    """A connection's socket that says when it is closed."""

    on_close: Callable[[], None] | None = None

    def close(self) -> None:
        """Close, and give the seat back."""
        super().close()
        told, self.on_close = self.on_close, None
        if told is not None:
            told()


class GuardedSocket(socket.socket):
    """A listening socket that asks `strangers` about each connection."""

    strangers: Strangers

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection for which there is a seat.

        Raises:
            ConnectionAbortedError: there was none; asyncio goes on to the next.
        """
        plain, remote = super().accept()
        if not self.strangers.come(remote):
            plain.close()
            raise ConnectionAbortedError
        accepted = _Accepted(plain.family, plain.type, plain.proto, fileno=plain.detach())
        accepted.on_close = lambda: self.strangers.hung_up(remote)
        return accepted, remote


async def listening_sockets(host: str, port: int, strangers: Strangers) -> list[GuardedSocket]:
    """Sockets bound to all addresses of ``host``, on one port.

    Raises:
        OSError: the address is in use or not this machine's.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    plugs: list[GuardedSocket] = []
    try:
        for family, kind, proto, _name, place in dict.fromkeys(found):
            plug = GuardedSocket(family, kind, proto)
            plugs.append(plug)
            plug.strangers = strangers
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
