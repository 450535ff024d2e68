"""Frames of any quality at the real server, and through the code that reads them, by the million.

What was sent: bad frames before and after the hello, most of them straight into decoder, session
and linker, a share over real TLS sockets. What must be there afterwards: the server, at its size;
and a terminal that recorded meanwhile, whose connection nobody disturbed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from armband.client.errors import OfficeUnreachable
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.session import Close, Commit, Session, State
from armband.shared import wire
from armband.shared.errors import BadFrame
from armband.shared.ops import link_all
from armband.shared.transport import TransportClosed
from faults.bad_frames import bad_frame
from faults.crowd import admitted, office_with_keys, resident_kib
from faults.processes import OfficeProcess
from support.office_rig import G1
from support.peer import Key, Peer, check_patch, record_id
from support.waiting import within

ON_SOCKETS = 50
"""One frame in so many travels over a real socket: a handshake costs a thousand decodings."""
WARM = 5
"""After one in so many of the connections the server's size is taken: by then it has unpacked the
largest frames there can be, and what the system keeps of freed memory grows no more."""
GROWTH_MAX = 0.10


@dataclass
class FrameReport:
    """What a run came to."""

    decoded: int = 0
    on_sockets: int = 0
    reader_before_kib: int = 0
    reader_after_kib: int = 0
    server_before_kib: int = 0
    server_after_kib: int = 0
    receipts: int = 0
    disturbed: int = 0

    @property
    def is_clean(self) -> bool:
        grown = (
            self.reader_after_kib > self.reader_before_kib * (1 + GROWTH_MAX),
            self.server_after_kib > self.server_before_kib * (1 + GROWTH_MAX),
        )
        return not any(grown) and not self.disturbed and self.receipts > 0

    def __str__(self) -> str:
        return (
            f"{self.decoded:,} frames read ({self.reader_before_kib:,} KiB before, "
            f"{self.reader_after_kib:,} after), {self.on_sockets:,} over sockets (the server "
            f"{self.server_before_kib:,} KiB before, {self.server_after_kib:,} after); "
            f"{self.receipts:,} receipts meanwhile, disturbed {self.disturbed} times"
        )


async def send_bad_frames(home: Path, times: int, seed: int) -> FrameReport:
    """``times`` frames in all."""
    random, report = Random(seed), FrameReport()
    over_sockets = max(times // ON_SOCKETS, 2)
    read_frames(times - over_sockets, random, report)
    office = OfficeProcess(home / "office")
    epoch, keys = await office_with_keys(office.directory, 4)
    office.spawn()
    await office.ready()
    try:
        bystander = await admitted(office.url, keys[0], epoch)
        watching = asyncio.create_task(_record_for_ever(bystander, report))
        for number in range(over_sockets):
            if number == over_sockets // WARM:
                report.server_before_kib = resident_kib(office.pid)
            key = random.choice(keys[1:]) if random.random() < 0.5 else None
            await _attack(office.url, key, random)
            report.on_sockets += 1
        report.server_after_kib = resident_kib(office.pid)
        report.disturbed += watching.done()
        watching.cancel()
        with suppress(asyncio.CancelledError, TransportClosed):
            await watching
        bystander.transport.abort()
    finally:
        office.stop()
    return report


def read_frames(times: int, random: Random, report: FrameReport) -> None:
    """What a connection does with a frame before it asks the office, without the connection."""
    session = _entered()
    for number in range(times):
        if number == times // 20:
            report.reader_before_kib = resident_kib()
        try:
            demand = session.receive(wire.decode_from_terminal(bad_frame(random)))
        except BadFrame:
            continue
        if isinstance(demand, Commit):
            link_all(demand.prev, b"k" * 16, demand.counter, demand.wires)
        elif isinstance(demand, Close):
            session = _entered()
    report.decoded += times
    report.reader_after_kib = resident_kib()


def _entered() -> Session:
    session = Session()
    session.state = State.CHECKING
    session.enter(State.TERMINAL, ("lianhu/yg",))
    return session


async def _attack(url: str, key: Key | None, random: Random) -> None:
    """One connection of somebody who sends rubbish, at once or after a proper hello."""
    try:
        # Without an epoch: it is taken for a terminal that pushes all anew, whose operations
        # without a predecessor are orphans and no reason to doubt the office's history.
        if key is not None:
            peer = await within(admitted(url, key), "the hello", 10)
        else:
            peer = Peer(await open_unpinned(url))
    except (OfficeUnreachable, TransportClosed):
        return
    with suppress(TransportClosed, TimeoutError):
        for _ in range(random.randint(1, 4)):
            frame = bad_frame(random)
            # What can be committed is kept, in the quarantine at least, and the database's cache
            # grows with it up to its bound: that would hide a leak, or look like one.
            if not _can_be_kept(frame):
                await peer.transport.send(frame)
        if random.random() < 0.7:
            async with asyncio.timeout(0.02):
                while True:
                    await peer.read()
    peer.transport.abort()


def _can_be_kept(frame: bytes) -> bool:
    try:
        message = wire.decode_from_terminal(frame)
        return isinstance(message, wire.Push) and bool(wire.unpack_ops(message.body))
    except BadFrame:
        return False


async def _record_for_ever(peer: Peer, report: FrameReport) -> None:
    """A terminal that does its work; ends only when its connection does."""
    clock = real_environment()
    number = 0
    while True:
        number += 1
        patch = check_patch(G1, clock.now_ms(), "2022-06-12")
        await peer.record(clock.now_ms(), record_id(number), "check", G1, patch)
        answer = await peer.next(wire.Receipts, 10)
        assert answer.items[0].status == wire.STATUS_ACCEPTED
        report.receipts += 1
        # What it has read is not looked at again; the list would grow without end.
        peer.seen.clear()
        peer.frames.clear()
        peer.sent.clear()
        peer._taken.clear()
        await asyncio.sleep(0.5)
