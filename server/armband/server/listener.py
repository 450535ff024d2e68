"""The office's socket: websockets over TLS 1.3, handed on as `Transport`s.

What a peer can cost is bounded here: size and number of unread frames, time to shake hands, time
to close. Compression is off (bodies are compressed inside the frames), and a browser is refused: a
web page must not reach an office through somebody's machine.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from armband.server.addresses import is_loopback
from armband.server.certificate import Certificate, tls_context
from armband.server.plug import Front, Remote, Strangers, listening_sockets
from armband.shared import limits, wire
from armband.shared.transport import TransportClosed

OPEN_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 2.0
PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
UNREAD_FRAMES = 2
"""Frames that the library may hold for a session before it stops reading the socket."""
WRITE_LIMIT = 64 * 1024
"""Bytes in a connection's write buffer from which sending waits."""
UNSENT_BYTES = 64 * 1024
"""Bytes of a connection that the kernel may hold beyond what is on its way. Left alone it takes
megabytes: a peer that does not read would be noticed minutes late, and a slow one shown figures
that are minutes old."""
NO_CODE = 1006
STOP_TIMEOUT_S = 5.0
"""How long a stopping office waits for its peers to close."""
_REASON_BYTES = 120

# Peers that break off their handshakes are daily business, not errors with tracebacks.
_library_log = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.CRITICAL)


class WebsocketTransport:
    """One accepted connection as a `Transport`."""

    def __init__(
        self, connection: ServerConnection, fingerprint: bytes, strangers: Strangers
    ) -> None:
        self._connection = connection
        self._fingerprint = fingerprint
        self._strangers = strangers

    @property
    def peer(self) -> str:
        """Address and port of the other side."""
        address = self._connection.remote_address
        return f"{address[0]}:{address[1]}" if address else "unknown"

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the office's certificate; empty without TLS."""
        return self._fingerprint

    async def send(self, frame: bytes) -> None:
        """Hand one frame over; see `Transport`."""
        try:
            await self._connection.send(frame)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def receive(self) -> bytes:
        """The next frame; see `Transport`. A text frame ends the connection."""
        try:
            frame = await self._connection.recv()
        except ConnectionClosed as error:
            raise _closed(error) from None
        if isinstance(frame, str):
            await self.close(wire.CLOSE_BAD_FRAME, "frames are binary")
            raise TransportClosed(wire.CLOSE_BAD_FRAME, "frames are binary")
        return frame

    async def close(self, code: int, reason: str) -> None:
        """Close in an orderly way, within `CLOSE_TIMEOUT_S`."""
        # A close frame holds at most 123 bytes of UTF-8.
        short = reason.encode()[:_REASON_BYTES].decode(errors="ignore")
        await self._connection.close(code, short)

    def admit(self) -> None:
        """It is known who this is: frames of full size may come, and its seat is another's."""
        self._connection.protocol.max_message_size = limits.MAX_FRAME
        self._strangers.leave(self._connection.remote_address)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._connection.transport.abort()


Handler = Callable[[WebsocketTransport], Awaitable[None]]


def _closed(error: ConnectionClosed) -> TransportClosed:
    frame = error.rcvd or error.sent
    return TransportClosed(frame.code, frame.reason) if frame else TransportClosed(NO_CODE, "")


def _keep_little_in_the_kernel(connection: ServerConnection) -> None:
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    plug = connection.transport.get_extra_info("socket")
    if option is not None and plug is not None:
        plug.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)


def _refuse_browsers(connection: ServerConnection, request: Request) -> Response | None:
    if "Origin" in request.headers:
        return connection.respond(HTTPStatus.FORBIDDEN, "not for browsers\n")
    return None


class _Connection(ServerConnection):
    """A connection whose seat is free again when it is lost."""

    def __init__(self, server: Server, strangers: Strangers) -> None:
        super().__init__(
            ServerProtocol(max_size=limits.MAX_HELLO_FRAME, logger=_library_log),
            server,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            max_queue=UNREAD_FRAMES,
            write_limit=WRITE_LIMIT,
        )
        self._strangers = strangers
        self._remote: Remote = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TLS is up."""
        self._remote = transport.get_extra_info("peername")
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        super().connection_lost(exc)
        self._strangers.hung_up(self._remote)


class Listener:
    """A listening socket; each connection runs ``handler`` until it returns.

    Args:
        turned_away: is told the address of each connection that finds no seat.
    """

    def __init__(
        self,
        handler: Handler,
        certificate: Certificate | None,
        turned_away: Callable[[str], None] = lambda _address: None,
    ) -> None:
        self._handler = handler
        self._strangers = Strangers(turned_away)
        self._context: ssl.SSLContext | None = None
        self._fingerprint = b""
        self._server: Server | None = None
        self._open: dict[int, WebsocketTransport] = {}
        if certificate is not None:
            self._context = tls_context(certificate)
            self._fingerprint = certificate.fingerprint

    async def start(self, host: str, port: int) -> str:
        """Listen; returns the address to give to terminals, with the port that was picked for 0.

        Raises:
            OSError: the address is in use or not this machine's.
            ValueError: without TLS, an address that others can reach.
        """
        if self._context is None and not is_loopback(host):
            raise ValueError(f"{host} can be reached from outside: nothing is served without TLS")
        plugs = await listening_sockets(host, port)
        bound = plugs[0].getsockname()
        server = serve(
            self._accept,
            open_timeout=OPEN_TIMEOUT_S,
            process_request=_refuse_browsers,
            server_header=None,
            logger=_library_log,
        )

        def connection() -> ServerConnection:
            return _Connection(server, self._strangers)

        async def front() -> Any:
            return Front(plugs, self._strangers, connection, self._context, OPEN_TIMEOUT_S)

        server.create_server = front
        self._server = await server
        scheme = "wss" if self._context is not None else "ws"
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}://{shown}:{bound[1]}"

    async def stop(self) -> None:
        """Stop accepting, close every connection and wait for the handlers."""
        if self._server is None:
            return
        self._server.close(code=wire.CLOSE_OFFICE_STOPS, reason="the office stops")
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._server.wait_closed()
        except TimeoutError:
            for transport in list(self._open.values()):
                transport.abort()
            await self._server.wait_closed()
        self._server = None

    async def _accept(self, connection: ServerConnection) -> None:
        _keep_little_in_the_kernel(connection)
        remote = connection.remote_address
        transport = WebsocketTransport(connection, self._fingerprint, self._strangers)
        self._open[id(transport)] = transport
        self._strangers.hear(remote)
        try:
            await self._handler(transport)
        finally:
            del self._open[id(transport)]
            self._strangers.leave(remote)
