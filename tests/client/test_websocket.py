"""The terminal's socket: one certificate is trusted, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from armband.client.errors import OfficeUnreachable, Usage, WrongCertificate
from armband.client.websocket import checked_url, open_unpinned, pinned, pinned_by_fingerprint
from armband.server.certificate import CERTIFICATE_FILE, load_certificate, make_certificate
from armband.server.gateway import Accepted
from armband.server.listener import Listener
from armband.shared import limits
from armband.shared.transport import TransportClosed
from support.waiting import within

NOW_MS = 1_655_000_000_000
YEAR_MS = 365 * 86_400_000


async def echo(transport: Accepted) -> None:
    transport.admit()
    try:
        while True:
            await transport.send(await transport.receive())
    except TransportClosed:
        pass


@asynccontextmanager
async def listening(directory: Path, made_at_ms: int = NOW_MS) -> AsyncIterator[str]:
    await asyncio.to_thread(directory.mkdir)
    listener = Listener(echo, make_certificate(directory, "lianhu", made_at_ms))
    try:
        yield await listener.start("127.0.0.1", 0)
    finally:
        await listener.stop()


def pem_of(directory: Path) -> str:
    return (directory / CERTIFICATE_FILE).read_text("ascii")


# A terminal whose battery died wakes in 1970, or in a far future: its records must get through.
@pytest.mark.parametrize("made_at_ms", [NOW_MS - 60 * YEAR_MS // 2, NOW_MS + 60 * YEAR_MS // 2])
async def test_the_pinned_certificate_counts_whatever_the_clocks_say(
    tmp_path: Path, made_at_ms: int
) -> None:
    async with listening(tmp_path / "o", made_at_ms) as url:
        certificate = load_certificate(tmp_path / "o")
        for connect in (
            pinned(url, pem_of(tmp_path / "o")),
            pinned_by_fingerprint(url, certificate.fingerprint),
        ):
            transport = await connect()
            assert transport.fingerprint == certificate.fingerprint
            await transport.send(b"hello")
            assert await within(transport.receive(), "the echo") == b"hello"
            await transport.close(1000, "")


async def test_any_other_certificate_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path / "o") as url:
        (tmp_path / "other").mkdir()
        other = make_certificate(tmp_path / "other", "lianhu", NOW_MS)
        with pytest.raises(WrongCertificate):
            await pinned(url, pem_of(tmp_path / "other"))()
        with pytest.raises(WrongCertificate):
            await pinned_by_fingerprint(url, other.fingerprint)()


async def test_for_enrolment_the_certificate_is_only_seen(tmp_path: Path) -> None:
    async with listening(tmp_path / "o") as url:
        transport = await open_unpinned(url)
        assert transport.fingerprint == load_certificate(tmp_path / "o").fingerprint
        await transport.close(1000, "")


async def test_what_does_not_speak_tls_is_no_office() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"220 mail server\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(OfficeUnreachable, match=f"127.0.0.1:{port} cannot be reached"):
            await open_unpinned(f"wss://127.0.0.1:{port}")


async def test_the_environments_proxy_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with listening(tmp_path / "o") as url:
        transport = await open_unpinned(url)
        await transport.close(1000, "")


async def test_a_closed_connection_says_so_either_way(tmp_path: Path) -> None:
    async with listening(tmp_path / "o") as url:
        transport = await open_unpinned(url)
        await transport.send(b"x" * limits.MAX_FRAME)
        assert len(await within(transport.receive(), "a whole frame")) == limits.MAX_FRAME
        transport.abort()
        with pytest.raises(TransportClosed):
            await within(transport.receive(), "the end")
        with pytest.raises(TransportClosed):
            await transport.send(b"more")


@pytest.mark.parametrize(
    "url",
    [
        "office",
        "ws://office:1",
        "https://office:1",
        "wss://office",
        "wss://office:x",
        "wss://:8443",
        "",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Usage, match="wss://HOST:PORT"):
        checked_url(url)


def test_an_address_may_leave_out_wss() -> None:
    assert checked_url("office:8443") == "wss://office:8443"
    assert checked_url("wss://[::1]:8443") == "wss://[::1]:8443"
