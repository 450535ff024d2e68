"""The real program: served in a process of its own, reached over TLS and its control socket."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from armband.shared import handshake, wire
from armband.shared.transport import TransportClosed
from support.peer import Key, Peer, check_patch, record_id

PROGRAM = [sys.executable, "-m", "armband.server"]


class TlsTransport:
    """A websocket of the test as a `Transport`."""

    peer = "office"

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        tls: Any = connection.transport.get_extra_info("ssl_object")
        self.fingerprint = hashlib.sha256(tls.getpeercert(binary_form=True)).digest()

    async def send(self, frame: bytes) -> None:
        await self.connection.send(frame)

    async def receive(self) -> bytes:
        try:
            return await self.connection.recv(decode=False)
        except ConnectionClosed as error:
            raise TransportClosed(error.rcvd.code if error.rcvd else 1006, "") from None

    async def close(self, code: int, reason: str) -> None:
        await self.connection.close(code, reason)

    def abort(self) -> None:
        self.connection.transport.abort()


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [*PROGRAM, *words, "--data", str(folder)]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "office"
    assert command(made, "init", "--office", "lianhu", "--name", "莲湖街道").returncode == 0
    return made


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    line = [*PROGRAM, "run", "--data", str(folder), "--listen", "127.0.0.1:0", "--json"]
    server = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(60, server.kill)
    watchdog.start()
    try:
        assert server.stdout is not None
        yield server, json.loads(server.stdout.readline())["listening"]
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=30)
        watchdog.cancel()


async def reach(url: str, key: Key | None = None) -> Peer:
    # The pin is checked by the handshake's proofs, which cover the fingerprint.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = await connect(url, ssl=context, proxy=None, compression=None)
    return Peer(TlsTransport(connection), key)


async def enrol(peer: Peer, code: str) -> wire.Enrolled:
    challenge = await peer.next(wire.Challenge)
    secret, nonces = handshake.code_key(code), (challenge.nonce, b"n" * 32)

    def proof(side: str) -> bytes:
        return handshake.enrol_proof(
            secret, side, peer.transport.fingerprint, peer.key.public, nonces
        )

    await peer.send(
        wire.Enrol(
            wire.PROTOCOL, handshake.invite_id(code), peer.key.public, nonces[1], proof("terminal")
        )
    )
    enrolled = await peer.next(wire.Enrolled)
    assert enrolled.proof == proof("office")
    return enrolled


async def test_a_check_over_real_sockets_and_every_verb_beside_the_running_server(
    folder: Path,
) -> None:
    words = ["invite", "--unit", "lianhu", "--role", "street", "--name", "张三", "--json"]
    before = json.loads(command(folder, *words).stdout)
    assert "url" not in before
    with running(folder) as (server, url):
        invite = json.loads(command(folder, *words).stdout)
        assert invite["url"] == url
        first = await reach(url)
        assert (await enrol(first, before["code"])).terminal == "T001"
        second = await reach(url)
        await enrol(second, invite["code"])
        now_ms = time.time_ns() // 1_000_000
        one, two = await reach(url, first.key), await reach(url, second.key)
        await one.welcome(now_ms)
        await two.welcome(now_ms)
        await two.send(wire.Subscribe(1, "lianhu", 0))
        day = wire.unpack_rollup((await two.next(wire.RollupFrame)).body).day
        await one.record(
            now_ms, record_id(1), "check", "lianhu", check_patch("lianhu", now_ms, day)
        )
        assert (await one.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED
        moved = wire.unpack_rollup((await two.next(wire.RollupFrame)).body)
        assert moved.rows[-1].metrics["checks.total"] == 1

        audit = command(folder, "audit", "--json")
        assert (audit.returncode, json.loads(audit.stdout)["differences"]) == (0, [])
        second_server = command(folder, "run", "--listen", "127.0.0.1:0")
        assert second_server.returncode == 5
        assert str(server.pid) in second_server.stderr
        revoked = command(folder, "revoke", "T001", "--json")
        assert json.loads(revoked.stdout)["terminal"] == "T001"
        assert (await one.closed()).code == wire.CLOSE_REVOKED
        server.send_signal(signal.SIGINT)
        assert (await two.closed()).code == wire.CLOSE_OFFICE_STOPS
        assert server.wait(30) == 0
    listed = json.loads(command(folder, "terminals", "--json").stdout)["terminals"]
    assert [bool(terminal["revoked"]) for terminal in listed] == [True, False]
    assert not (folder / "control.sock").exists()


def test_a_killed_server_leaves_nothing_in_the_way(folder: Path) -> None:
    with running(folder) as (server, _url):
        os.kill(server.pid, signal.SIGKILL)
        server.wait(30)
    assert (folder / "control.sock").exists()
    assert command(folder, "terminals").returncode == 0
    with running(folder) as (server, _url):
        assert command(folder, "audit").returncode == 0
        server.terminate()
        assert server.wait(30) == 0


def test_a_port_in_use_is_said_in_a_line(folder: Path) -> None:
    with running(folder) as (_server, url):
        other = folder.parent / "other"
        assert command(other, "init", "--office", "hy", "--name", "x").returncode == 0
        taken = command(other, "run", "--listen", url.removeprefix("wss://"))
    assert taken.returncode == 2
    assert "in use" in taken.stderr
    assert "Traceback" not in taken.stderr
