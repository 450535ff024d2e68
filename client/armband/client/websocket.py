"""The terminal's socket: websockets over TLS, the office's certificate pinned exactly.

A terminal trusts one certificate and neither names nor authorities nor dates: its own clock may be
years off, and that must not keep its records from the office.
"""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from armband.client.errors import OfficeUnreachable, StoreUnusable, Usage, WrongCertificate
from armband.client.i18n import _
from armband.client.keys import fingerprint_of
from armband.client.sync_port import Connect
from armband.shared import limits, wire
from armband.shared.handshake import same
from armband.shared.transport import TransportClosed

OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0
PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
"""A pulled cable is noticed within both together."""
UNREAD_FRAMES = 4
NO_CODE = 1006
_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name."""
_REASON_BYTES = 120


class WebsocketTransport:
    """One connection to the office as a `Transport`."""

    def __init__(self, connection: ClientConnection, certificate_der: bytes) -> None:
        self._connection = connection
        self.certificate_der = certificate_der
        self._fingerprint = fingerprint_of(certificate_der)

    @property
    def peer(self) -> str:
        """Address and port of the office."""
        address = self._connection.remote_address
        return f"{address[0]}:{address[1]}" if address else "unknown"

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the office's certificate."""
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

    def abort(self) -> None:
        """Cut the connection at once."""
        self._connection.transport.abort()


def _closed(error: ConnectionClosed) -> TransportClosed:
    frame = error.rcvd or error.sent
    return TransportClosed(frame.code, frame.reason) if frame else TransportClosed(NO_CODE, "")


def checked_url(url: str) -> str:
    """An office's address as given, ``wss://`` added where only HOST:PORT stands.

    Raises:
        Usage: it is no such address.
    """
    full = url if "://" in url else f"wss://{url}"
    try:
        parts = urlsplit(full)
        usable = parts.scheme == "wss" and parts.hostname and parts.port
    except ValueError:
        usable = False
    if not usable:
        raise Usage(_("{url} is no office's address: wss://HOST:PORT").format(url=url))
    return full


def pinned(url: str, certificate_pem: str) -> Connect:
    """How a terminal connects: to ``url``, trusting nothing but this certificate.

    Raises:
        StoreUnusable: it is no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    try:
        context.load_verify_locations(cadata=certificate_pem)
    except (ssl.SSLError, ValueError):
        raise StoreUnusable(_("the office's certificate in this folder is damaged")) from None
    context.verify_flags |= _NO_CHECK_TIME
    expected = fingerprint_of(ssl.PEM_cert_to_DER_cert(certificate_pem))

    async def open_connection() -> WebsocketTransport:
        return await _open(url, context, expected)

    return open_connection


def pinned_by_fingerprint(url: str, fingerprint: bytes) -> Connect:
    """How a script connects: its token carries only the certificate's SHA-256."""

    async def open_connection() -> WebsocketTransport:
        return await _open(url, _unverified(), fingerprint)

    return open_connection


async def open_unpinned(url: str) -> WebsocketTransport:
    """Connect to whoever answers: for enrolment alone, which proves the office by its code.

    Raises:
        OfficeUnreachable: nobody answers.
    """
    return await _open(url, _unverified(), b"")


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # The certificate is compared with its fingerprint, or proved by the enrolment code.
    context.verify_mode = ssl.CERT_NONE
    return context


async def _open(url: str, context: ssl.SSLContext, expected: bytes) -> WebsocketTransport:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        connection = await connect(
            url,
            ssl=context,
            proxy=None,
            compression=None,
            max_size=limits.MAX_FRAME,
            max_queue=UNREAD_FRAMES,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            user_agent_header=None,
        )
    except ssl.SSLCertVerificationError:
        raise _wrong(url) from None
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI, EOFError) as error:
        problem = str(error) or type(error).__name__
        raise OfficeUnreachable(
            _("the office at {url} cannot be reached: {problem}").format(url=url, problem=problem)
        ) from None
    tls: ssl.SSLObject = connection.transport.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True) or b""
    transport = WebsocketTransport(connection, der)
    if expected and not same(transport.fingerprint, expected):
        transport.abort()
        raise _wrong(url)
    return transport


def _wrong(url: str) -> WrongCertificate:
    return WrongCertificate(
        _("whoever answers at {url} is not the office of this terminal").format(url=url)
    )
