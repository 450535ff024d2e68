from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from armband.shared.transport import TransportClosed
from sim.loop import simulate
from sim.net import ROOM, Network, SimTransport
from sim.trace import Trace


def _run(seed: int, play: Callable[[Network, SimTransport, list[bytes]], Awaitable[None]]) -> str:
    """Play over one connection whose office end collects what it receives; the trace's digest."""

    async def main() -> str:
        net = Network(random.Random(seed), Trace())
        got: list[bytes] = []

        async def serve(end: SimTransport) -> None:
            try:
                while True:
                    got.append(await end.receive())
            except TransportClosed as gone:
                got.append(b"closed %d" % gone.code)

        net.accept = serve
        await play(net, await net.connect("t1"), got)
        await net.office_gone()
        return net.trace.digest()

    return simulate(seed, main)


async def _send(end: SimTransport, count: int) -> None:
    for number in range(count):
        await end.send(b"%d" % number)


def test_frames_arrive_in_order_and_once() -> None:
    async def play(_net: Network, end: SimTransport, got: list[bytes]) -> None:
        await _send(end, 100)
        await asyncio.sleep(5)
        assert got == [b"%d" % number for number in range(100)]

    for seed in range(5):
        _run(seed, play)


def test_a_close_comes_after_what_was_sent_before_it() -> None:
    async def play(_net: Network, end: SimTransport, got: list[bytes]) -> None:
        await _send(end, 3)
        await end.close(4000, "bye")
        await asyncio.sleep(5)
        assert got == [b"0", b"1", b"2", b"closed 4000"]
        with pytest.raises(TransportClosed, match="4000"):
            await end.send(b"late")

    _run(1, play)


def test_a_cut_loses_a_tail_and_nothing_else() -> None:
    lost = set()

    async def play(net: Network, end: SimTransport, got: list[bytes]) -> None:
        for number in range(ROOM):
            await end.send(b"%d" % number)
            await asyncio.sleep(0.02)
        net.cut("t1")
        await asyncio.sleep(5)
        assert got.pop() == b"closed 1006"
        assert got == [b"%d" % number for number in range(len(got))]
        lost.add(ROOM - len(got))

    for seed in range(20):
        _run(seed, play)
    assert len(lost) > 3


def test_a_stalled_connection_says_nothing_until_it_is_cut() -> None:
    async def play(net: Network, end: SimTransport, got: list[bytes]) -> None:
        net.stall("t1")
        await _send(end, 3)
        await asyncio.sleep(100)
        assert got == []
        net.cut("t1")
        await asyncio.sleep(5)
        assert got == [b"closed 1006"]

    _run(1, play)


def test_a_reader_that_stops_makes_the_writer_wait() -> None:
    async def play(net: Network, end: SimTransport, _got: list[bytes]) -> None:
        net.stall("t1")
        await _send(end, ROOM)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(end.send(b"one more"), 60)

    _run(1, play)


def test_who_is_away_reaches_nobody() -> None:
    async def play(net: Network, _end: SimTransport, _got: list[bytes]) -> None:
        net.away["t2"] = True
        with pytest.raises(TransportClosed):
            await net.connect("t2")

    _run(1, play)


def test_one_seed_is_one_trace() -> None:
    async def play(net: Network, end: SimTransport, _got: list[bytes]) -> None:
        await _send(end, 20)
        await asyncio.sleep(0.1)
        net.cut("t1")

    assert _run(3, play) == _run(3, play)
    assert _run(3, play) != _run(4, play)
