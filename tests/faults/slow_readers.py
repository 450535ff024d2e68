"""Peers that never take a frame, among others that do.

What was sent: checks of many keys over real sockets, in rounds: one in which everybody reads, one
in which some read nothing, and so on in turns, so that whatever else the machine does falls into
both. What must be there afterwards: receipts for the others as soon as before, the slow ones cut,
and no memory that they left behind.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from armband.client.websocket import WebsocketTransport
from armband.client.world import real_environment
from armband.shared import wire
from armband.shared.transport import TransportClosed
from faults.crowd import admitted, forget, office_with_keys, resident_kib
from faults.processes import OfficeProcess
from support.office_rig import G1
from support.peer import Key, Peer, check_patch, record_id

NOTE_BYTES = 1000
"""Of every check; random, so that nothing shrinks on its way to those who do not read it."""
SMALL_BUFFER = 4096
"""Bytes of a slow peer's receive buffer: the kernel shall not swallow the fault for it."""
SAMPLE_S = 0.25
MOST_KIB = 2048
"""Memory that one slow reader may cost."""


@dataclass
class SlowReport:
    """Acknowledgement times of the same peers in rounds without and with slow readers, in turns.

    Attributes:
        without, beside: the times of each round, in milliseconds.
        cut: slow readers whose connection the server ended.
        well_kib, most_kib: the most memory of the server in rounds without and with them.
        most: how much longer the 99th percentile may be.
    """

    terminals: int
    slow: int
    without: list[list[float]] = field(default_factory=list)
    beside: list[list[float]] = field(default_factory=list)
    cut: int = 0
    well_kib: int = 0
    most_kib: int = 0
    most: float = 1.5

    @property
    def ratio(self) -> float:
        """Median of the rounds' 99th percentiles, with against without."""
        return _middle(self.beside) / _middle(self.without)

    @property
    def is_clean(self) -> bool:
        each_kib = (self.most_kib - self.well_kib) / max(self.slow, 1)
        return self.ratio <= self.most and each_kib < MOST_KIB

    def __str__(self) -> str:
        pairs = sorted(p99(b) / p99(a) for a, b in zip(self.without, self.beside, strict=True))
        return (
            f"{self.terminals} terminals, {len(self.without)} rounds each: p99 "
            f"{_middle(self.without):.1f} ms, with {self.slow} that never read "
            f"{_middle(self.beside):.1f} ms: {self.ratio:.2f} times (the pairs "
            f"{pairs[0]:.2f} to {pairs[-1]:.2f}); {self.cut} cut; the server "
            f"at most {self.well_kib:,} KiB, then {self.most_kib:,} KiB"
        )


def p99(times: Sequence[float]) -> float:
    """The time that 99 of 100 keep."""
    return sorted(times)[int(len(times) * 0.99)]


def _middle(rounds: Sequence[Sequence[float]]) -> float:
    return statistics.median(p99(times) for times in rounds)


async def slow_readers(
    home: Path,
    rounds: int,
    terminals: int = 200,
    slow: int = 20,
    round_s: float = 25.0,
    each_s: float = 20.0,
) -> SlowReport:
    """Rounds in turns, each long enough for slow readers to fill their buffers and be cut.

    Args:
        each_s: a terminal pushes so often. Each push is fed to all of them, so that 200 at 20 s get
            2,000 rows a second: with more the crowd's own process is what is measured.
    """
    report = SlowReport(terminals, slow)
    office = OfficeProcess(home / "office")
    epoch, keys = await office_with_keys(office.directory, terminals)
    office.spawn()
    await office.ready()
    try:
        readers = [await admitted(office.url, key, epoch) for key in keys[slow:]]
        # The first round warms up whatever there is to warm.
        await _round(office, epoch, readers, keys[:slow], (round_s / 5, each_s / 5), report)
        for _ in range(rounds):
            rhythm = (round_s, each_s)
            report.without.append(await _round(office, epoch, readers, keys[:slow], rhythm, report))
            report.beside.append(
                await _round(office, epoch, readers, keys[:slow], rhythm, report, is_slow=True)
            )
        for peer in readers:
            peer.transport.abort()
    finally:
        office.stop()
    return report


async def _round(
    office: OfficeProcess,
    epoch: bytes,
    readers: Sequence[Peer],
    keys: Sequence[Key],
    rhythm: tuple[float, float],
    report: SlowReport,
    *,
    is_slow: bool = False,
) -> list[float]:
    """One round. The others are new in each, slow or not: only that makes the difference."""
    others = [await _with_small_buffer(office.url, key, epoch) for key in keys]
    beside = [asyncio.create_task(_listen(peer)) for peer in others if not is_slow]
    beside.append(asyncio.create_task(_watch(office.pid, report, is_slow=is_slow)))
    if is_slow:
        for peer in others:
            _stop_reading(peer)
    times = await _push_for(readers, *rhythm)
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    if is_slow:
        report.cut += sum(await asyncio.gather(*map(_is_cut, others)))
    for peer in others:
        peer.transport.abort()
    return times


async def _with_small_buffer(url: str, key: Key, epoch: bytes) -> Peer:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    host, _, port = url.removeprefix("wss://").rpartition(":")
    sock.connect((host, int(port)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = await connect(url, sock=sock, ssl=context, proxy=None, compression=None)
    tls = connection.transport.get_extra_info("ssl_object")
    peer = Peer(WebsocketTransport(connection, tls.getpeercert(binary_form=True)), key)
    await peer.welcome(real_environment().now_ms(), epoch=epoch)
    return peer


def _stop_reading(peer: Peer) -> None:
    transport: Any = peer.transport
    transport._connection.transport.pause_reading()


async def _is_cut(peer: Peer) -> bool:
    """Whether the server has ended the connection, as seen by one who looks at last."""
    transport: Any = peer.transport
    transport._connection.transport.resume_reading()
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            try:
                await _listen(peer)
            except TransportClosed:
                return True
    return False


async def _watch(pid: int, report: SlowReport, *, is_slow: bool) -> None:
    while True:
        if is_slow:
            report.most_kib = max(report.most_kib, resident_kib(pid))
        else:
            report.well_kib = max(report.well_kib, resident_kib(pid))
        await asyncio.sleep(SAMPLE_S)


async def _push_for(readers: Sequence[Peer], round_s: float, each_s: float) -> list[float]:
    times: list[float] = []
    until_s = time.monotonic() + round_s
    apart_s = each_s / len(readers)
    await asyncio.gather(
        *(
            _push_until(peer, n, until_s, (n * apart_s, each_s), times)
            for n, peer in enumerate(readers)
        )
    )
    return times


async def _listen(peer: Peer) -> None:
    while True:
        await peer.read()
        forget(peer)


async def _push_until(
    peer: Peer, number: int, until_s: float, rhythm_s: tuple[float, float], times: list[float]
) -> None:
    # Apart, as people are, and not all in one moment.
    await _listen_until(peer, min(time.monotonic() + rhythm_s[0], until_s))
    while time.monotonic() < until_s:
        started = time.monotonic()
        await _push(peer, number)
        times.append((time.monotonic() - started) * 1000)
        await _listen_until(peer, min(started + rhythm_s[1], until_s))


async def _push(peer: Peer, number: int) -> None:
    clock = real_environment()
    note = os.urandom(NOTE_BYTES // 2).hex()
    patch = check_patch(G1, clock.now_ms(), "2022-06-12", note=note)
    record = record_id(number * 1_000_000 + peer.key.counter)
    await peer.record(clock.now_ms(), record, "check", G1, patch)
    while not isinstance(await peer.read(), wire.Receipts):
        continue
    forget(peer)


async def _listen_until(peer: Peer, due_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(due_s - time.monotonic()):
            await _listen(peer)
