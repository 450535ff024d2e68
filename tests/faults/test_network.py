"""The network's faults, short; scripts/faults makes them long."""

from __future__ import annotations

from pathlib import Path

from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.shared import wire
from faults.crowd import admitted, office_with_keys
from faults.network import half_open, partition
from faults.processes import OfficeProcess
from faults.slow_readers import slow_readers
from support.office_rig import G1
from support.peer import Key, Peer, check_patch, record_id


async def test_a_cable_that_breaks_in_every_way_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = await partition(tmp_path, times=8, seed=1, terminals=3)
    assert report.written > 0
    assert report.is_clean, str(report)


async def test_half_open_connections_are_closed_and_hold_up_nobody(tmp_path: Path) -> None:
    report = await half_open(tmp_path, times=150, seed=1)
    assert report.is_clean, str(report)


async def test_peers_that_never_read_hold_up_nobody(tmp_path: Path) -> None:
    report = await slow_readers(tmp_path, rounds=1, terminals=12, slow=3, round_s=0.8, each_s=0.3)
    # Of a few dozen receipts on a busy machine the slowest says little: the long run judges it.
    report.most = 10
    assert report.is_clean, str(report)


async def test_a_recorded_session_cannot_be_played_again(tmp_path: Path) -> None:
    """Even by somebody who holds every frame of it in clear."""
    office = OfficeProcess(tmp_path / "office")
    epoch, (key,) = await office_with_keys(office.directory, 1)
    office.spawn()
    await office.ready()
    try:
        peer = await admitted(office.url, key, epoch)
        clock = real_environment()
        patch = check_patch(G1, clock.now_ms(), "2022-06-12")
        await peer.record(clock.now_ms(), record_id(1), "check", G1, patch)
        before = await peer.next(wire.Receipts)
        peer.transport.abort()
        thief = Peer(await open_unpinned(office.url), Key())
        for frame in peer.sent:
            await thief.send(wire.decode_from_terminal(frame))
        await thief.closed()
        codes = [answer.code for answer in thief.seen[1:] if isinstance(answer, wire.Refusal)]
        assert codes == [wire.CLOSE_REPLAYED]
        assert len(thief.seen) == 2, thief.seen
        # The owner is let in, and what it pushes once more changes nothing.
        again = await admitted(office.url, key, epoch)
        await again.transport.send(peer.sent[-1])
        receipts = await again.next(wire.Receipts)
        assert (receipts.items, receipts.seq) == (before.items, before.seq)
        again.transport.abort()
    finally:
        office.stop()
