"""Whoever is nobody: frames, downgrades, guesses, floods and slowness before a hello."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage

from abuse.hostile import (
    SECRET_RECORD,
    Target,
    anyones_context,
    ended,
    inside,
    leaks,
    pause,
    reach,
    undisturbed,
)
from armband.client.world import real_environment
from armband.server import bounds
from armband.shared import handshake, limits, wire
from faults.bad_frames import _BOMBS, _EMPTY_ARRAYS
from support.office_rig import G1
from support.peer import Key, Peer
from support.waiting import until

TOO_LARGE = 1009


async def test_nothing_is_said_to_who_is_nobody(target: Target) -> None:
    told: list[wire.FromTerminal] = [
        wire.Push(bytes(16), 1, wire.pack_list([target.insider.op(0, bytes(16), "check", G1, {})])),
        wire.Subscribe(1, "lianhu", 3),
        wire.HistoryRequest(1, SECRET_RECORD),
        wire.Report(0, 0, 0, 0),
    ]
    target.insider.counter, target.insider.prev = 0, bytes(16)
    async with undisturbed(target):
        for number, message in enumerate(told):
            peer = await reach(target, address=f"127.0.1.{number + 1}")
            await peer.next(wire.Challenge)
            await peer.send(message)
            assert await ended(peer) == wire.CLOSE_PROTOCOL
            assert [type(said) for said in peer.seen] == [wire.Challenge, wire.Refusal]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param(bytes(limits.MAX_HELLO_FRAME + 1), TOO_LARGE, id="over-size"),
        pytest.param(b"\x91" * limits.MAX_HELLO_FRAME, wire.CLOSE_BAD_FRAME, id="nested"),
        pytest.param(b"\x94\x05\xdd\xff\xff\xff\xff", wire.CLOSE_BAD_FRAME, id="claims"),
    ],
)
async def test_frames_before_a_hello(target: Target, frame: bytes, code: int) -> None:
    async with undisturbed(target):
        for number in range(5):
            peer = await reach(target, address=f"127.0.2.{number + 1}")
            await peer.transport.send(frame)
            assert await ended(peer) == code


@pytest.mark.parametrize("frame", [*_BOMBS, _EMPTY_ARRAYS], ids=["full", "bomb", "mute", "arrays"])
async def test_decompression_bombs_of_an_insider(target: Target, frame: bytes) -> None:
    async with undisturbed(target):
        for number in range(3):
            peer = await inside(target, target.insider, f"127.0.3.{number + 1}")
            await peer.send(wire.Push(bytes(16), 1, frame))
            assert await ended(peer) == wire.CLOSE_BAD_FRAME


async def test_nobody_talks_it_down(target: Target) -> None:
    """An older protocol, TLS 1.2, no TLS at all."""
    async with undisturbed(target):
        peer = await reach(target, target.insider, "127.0.4.1")
        await peer.hello(real_environment().now_ms(), protocol=wire.OLDEST_PROTOCOL - 1)
        assert await ended(peer) == wire.CLOSE_PROTOCOL
        context = anyones_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await connect(target.office.url, ssl=context, proxy=None)
        plain = target.office.url.replace("wss://", "ws://")
        with pytest.raises((InvalidMessage, EOFError, OSError)):
            await connect(plain, proxy=None)


async def test_guesses_are_heard_later_and_later(target: Target) -> None:
    """Nobody's keys and codes from one address; from another the right code still enrols."""
    address = "127.0.5.1"
    async with undisturbed(target):
        for _guess in range(bounds.FREE_FAILURES):
            peer = await reach(target, address=address)
            await guess(peer, "0" * 16)
            assert await ended(peer) == wire.CLOSE_CODE_REFUSED
        # At once: each is held back for twice as long, so that the last is still held long after
        # the first, also on a busy machine.
        held = [await reach(target, address=address) for _number in range(3)]
        for peer in held:
            await guess(peer, "0" * 16)
        waiting = [asyncio.create_task(ended(peer)) for peer in held]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        peer = await reach(target, address=address)
        await guess(peer, target.code)
        refusal = await peer.next(wire.Refusal)
        assert refusal.code == wire.CLOSE_TOO_OFTEN
        peer.transport.abort()
        # Who can sign is let in, from there too: a whole office may be behind one address.
        (await inside(target, target.insider, address)).transport.abort()
        assert [await one for one in waiting] == [wire.CLOSE_CODE_REFUSED] * len(held)
        peer = await reach(target, address="127.0.5.2")
        await guess(peer, target.code)
        assert isinstance(await peer.next(wire.Enrolled), wire.Enrolled)


async def guess(peer: Peer, code: str) -> None:
    """Enrol with a code."""
    challenge = await peer.next(wire.Challenge)
    nonces = (challenge.nonce, b"n" * 32)
    secret, seen = handshake.code_key(code), peer.transport.fingerprint
    proof = handshake.enrol_proof(secret, "terminal", seen, peer.key.public, nonces)
    invite = handshake.invite_id(code)
    await peer.send(wire.Enrol(wire.PROTOCOL, invite, peer.key.public, nonces[1], proof))


async def test_floods_and_slowness(target: Target) -> None:
    """Connections that say nothing, hellos of nobody, hellos byte by byte, all at once."""
    async with undisturbed(target):
        dripping = asyncio.create_task(drip(target))
        kept, dropped = await crowd(target, bounds.MAX_STRANGERS_PER_ADDRESS + 60)
        assert dropped >= 60
        peers = [await reach(target, Key(), "127.0.7.1") for _number in range(20)]
        for peer in peers:
            await peer.hello(real_environment().now_ms())
        codes = {await ended(peer) for peer in peers}
        assert codes == {wire.CLOSE_NOT_ALLOWED}
        assert await dripping < 3 * limits.HELLO_TIMEOUT_S
        for writer in kept:
            writer.transport.abort()


async def test_broken_handshakes_leave_nothing_open(target: Target) -> None:
    """More of them than an address has seats: each must be given back."""
    files = Path(f"/proc/{target.office.pid}/fd")
    before = len(list(files.iterdir()))
    async with undisturbed(target):
        for number in range(bounds.MAX_STRANGERS_PER_ADDRESS + 20):
            _reader, writer = await asyncio.open_connection(
                *target.address, local_addr=("127.0.9.1", 0)
            )
            writer.write(b"GET / HTTP/1.1\r\n\r\n" if number % 2 else b"")
            writer.transport.abort()
        await until(lambda: len(list(files.iterdir())) <= before + 2, "all are closed", 10)
        (await inside(target, target.insider, "127.0.9.1")).transport.abort()


async def crowd(target: Target, count: int) -> tuple[list[asyncio.StreamWriter], int]:
    """Open connections that send nothing; those that stay, and how many are hung up on at once."""
    pairs = [
        await asyncio.open_connection(*target.address, local_addr=("127.0.6.1", 0))
        for _number in range(count)
    ]

    async def is_cut(reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(1):
                return await reader.read(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    cut = await asyncio.gather(*(is_cut(reader) for reader, _writer in pairs))
    return [writer for _reader, writer in pairs], sum(cut)


async def drip(target: Target) -> float:
    """A frame that never ends, byte by byte; how long the office listens, in seconds."""
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    peer = await reach(target, address="127.0.8.1")
    told = asyncio.create_task(peer.next(wire.Refusal, 20))
    # The head of a masked binary frame of 1,000 bytes, then one byte at a time.
    raw = peer.transport._connection.transport  # type: ignore[attr-defined]  # below frames
    raw.write(b"\x82\xfe\x03\xe8mask")
    while not told.done():
        raw.write(b"x")
        await pause(0.1)
    assert (await told).code == wire.CLOSE_SLOW
    assert not leaks(peer)
    peer.transport.abort()
    return loop.time() - begun_s
