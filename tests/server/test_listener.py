"""The socket itself: TLS 1.3, whole frames, and peers that behave badly."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from armband.server import listener as module
from armband.server.certificate import make_certificate
from armband.server.delivery import put
from armband.server.listener import Listener
from armband.shared import limits, wire
from armband.shared.transport import Transport, TransportClosed
from support.waiting import until, within

NOW_MS = 1_655_000_000_000
Handler = Callable[[Transport], Awaitable[None]]


class Office:
    """A listener in a temporary folder, and how to reach it."""

    def __init__(self, directory: Path) -> None:
        self.certificate = make_certificate(directory, "lianhu", NOW_MS)
        self.url = ""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.load_verify_locations(self.certificate.certificate_path)

    @asynccontextmanager
    async def serving(self, handler: Handler) -> AsyncIterator[Listener]:
        listener = Listener(handler, self.certificate)
        self.url = await listener.start("127.0.0.1", 0)
        try:
            yield listener
        finally:
            await within(listener.stop(), "the listener stops", 15)

    def connect(self, **options: Any) -> connect:
        return connect(self.url, ssl=self.context, proxy=None, compression=None, **options)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def echo(transport: Transport) -> None:
    try:
        while True:
            await transport.send(await transport.receive())
    except TransportClosed:
        return


async def test_frames_travel_both_ways_over_tls_1_3(office: Office) -> None:
    seen: list[tuple[str, bytes]] = []

    async def handler(transport: Transport) -> None:
        seen.append((transport.peer, transport.fingerprint))
        await echo(transport)

    async with office.serving(handler), office.connect() as client:
        await client.send(b"\x00\xffframe")
        assert await within(client.recv(), "the echo") == b"\x00\xffframe"
        tls = client.transport.get_extra_info("ssl_object")
        assert tls.version() == "TLSv1.3"
        assert client.transport.get_extra_info("sockname")[1] == int(seen[0][0].split(":")[1])
    assert seen[0][1] == office.certificate.fingerprint


async def test_tls_1_2_is_refused(office: Office) -> None:
    office.context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with office.serving(echo):
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await office.connect()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
async def test_nothing_is_served_without_tls_where_others_can_reach_it(host: str) -> None:
    with pytest.raises(ValueError, match="without TLS"):
        await Listener(echo, None).start(host, 0)


async def test_without_tls_only_this_machine_is_served() -> None:
    listener = Listener(echo, None)
    url = await listener.start("127.0.0.1", 0)
    try:
        async with connect(url, proxy=None, compression=None) as client:
            await client.send(b"frame")
            assert await within(client.recv(), "the echo") == b"frame"
    finally:
        await listener.stop()


async def test_a_browser_is_refused(office: Office) -> None:
    async with office.serving(echo):
        with pytest.raises(InvalidStatus) as raised:
            await office.connect(origin="https://example.org")
    assert raised.value.response.status_code == 403


async def test_a_text_frame_ends_the_connection(office: Office) -> None:
    async with office.serving(echo), office.connect() as client:
        await client.send("text")
        with pytest.raises(ConnectionClosed):
            await within(client.recv(), "the close")
        assert client.close_code == wire.CLOSE_BAD_FRAME


async def test_a_frame_over_the_limit_ends_the_connection(office: Office) -> None:
    closed: list[int] = []

    async def handler(transport: Transport) -> None:
        try:
            await transport.receive()
        except TransportClosed as error:
            closed.append(error.code)

    async with office.serving(handler), office.connect() as client:
        await client.send(bytes(limits.MAX_FRAME + 1))
        await until(lambda: closed, "the office drops it")
    assert closed == [1009]


async def test_the_close_code_and_a_long_reason_arrive(office: Office) -> None:
    async def handler(transport: Transport) -> None:
        await transport.close(wire.CLOSE_REVOKED, "退" * 100)

    async with office.serving(handler), office.connect() as client:
        with pytest.raises(ConnectionClosed):
            await within(client.recv(), "the close")
        assert client.close_code == wire.CLOSE_REVOKED
        assert client.close_reason == "退" * 40


async def test_a_peer_that_never_shakes_hands_is_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OPEN_TIMEOUT_S", 0.2)
    async with office.serving(echo):
        port = int(office.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await within(reader.read(), "the office hangs up") == b""
        writer.close()


async def test_a_reader_that_stops_is_cut_at_the_deadline(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_S", 0.3)
    outcomes: list[str] = []

    async def handler(transport: Transport) -> None:
        try:
            for _frame in range(1000):
                await put(transport, bytes(limits.MAX_FRAME))
            outcomes.append("taken")
        except TransportClosed as error:
            outcomes.append(f"cut {error.code}")

    # A client that reads nothing: its queue fills, then the sockets' buffers, then ours.
    async with office.serving(handler), office.connect(max_size=None, max_queue=1) as client:
        await until(lambda: outcomes, "the reader is cut", 10)
        assert outcomes == [f"cut {wire.CLOSE_SLOW}"]
        client.transport.abort()


async def test_little_waits_in_the_kernel_for_a_reader_that_stops(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits there is stale when it arrives, and nobody can take it back."""
    monkeypatch.setattr(limits, "SEND_TIMEOUT_S", 0.3)
    taken: list[int] = []

    async def handler(transport: Transport) -> None:
        count = 0
        with contextlib.suppress(TransportClosed):
            while True:
                await put(transport, bytes(4096))
                count += 1
        taken.append(count * 4096)

    async with office.serving(handler):
        plug = socket.socket()
        # Small: how much the reader's own kernel takes is not the office's business.
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plug.connect(("127.0.0.1", int(office.url.rpartition(":")[2])))
        async with office.connect(max_queue=1, sock=plug) as client:
            await until(lambda: taken, "the reader is cut", 10)
            client.transport.abort()
    assert taken[0] < 800_000


async def test_stopping_tells_every_peer(office: Office) -> None:
    client: ClientConnection
    async with office.serving(echo) as listener:
        client = await office.connect()
        await client.send(b"x")
        await client.recv()
        await within(listener.stop(), "the listener stops")
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == wire.CLOSE_OFFICE_STOPS


async def test_a_port_in_use_is_an_error(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listener = Listener(echo, office.certificate)
        with pytest.raises(OSError, match="in use"):
            await listener.start("127.0.0.1", taken.getsockname()[1])
