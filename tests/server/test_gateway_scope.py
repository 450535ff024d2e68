"""What a terminal may see and write, and nothing beside it."""

from __future__ import annotations

from armband.shared import wire
from armband.shared.fields import Patch
from armband.shared.merge import decode_state
from armband.shared.permissions import Role
from support.office_rig import G1, G2, Rig, check, terminal
from support.peer import Peer, record_id


async def test_no_byte_of_a_record_outside_the_scope_goes_out(rig: Rig) -> None:
    """A frame recorder: a secret word recorded elsewhere appears in no frame, packed or not."""
    here, elsewhere = await terminal(rig), await terminal(rig, G2)
    checkpoint = await terminal(rig, G2, Role.CHECKPOINT)
    await check(rig, elsewhere, 1, G2, note="SECRETWORD")
    await elsewhere.next(wire.Receipts)
    visit: Patch = {
        "unit": G2, "household": record_id(7).hex(), "channel": "door", "outcome": "met",
        "at": rig.clock(), "day": rig.office.today, "note": "VISITWORD",
    }  # fmt: skip
    await elsewhere.record(rig.clock(), record_id(2), "visit", G2, visit)
    receipt = (await elsewhere.next(wire.Receipts)).items[0]
    assert receipt.status == wire.STATUS_ACCEPTED, receipt
    await here.send(wire.HistoryRequest(1, record_id(1)))
    await here.send(wire.Subscribe(1, G1, 3))
    await here.next(wire.HistoryReply)
    await here.next(wire.RollupFrame)
    await checkpoint.next(wire.Feed)
    late = await terminal(rig)
    words = [b"SECRETWORD", b"VISITWORD", record_id(1), record_id(2)]
    for peer in (here, late):
        assert not [word for word in words if word in everything(peer)]
    # A guard reads checks of the same grid, and no visits.
    assert b"SECRETWORD" in everything(checkpoint)
    assert b"VISITWORD" not in everything(checkpoint)


def everything(peer: Peer) -> bytes:
    """All bytes that a peer was sent, bodies unpacked."""
    parts = list(peer.frames)
    for message in peer.seen:
        body = getattr(message, "body", None)
        if body is not None:
            parts.append(wire.unpack(body))
    return b"\x00".join(parts)


async def test_a_record_that_moves_away_leaves_the_terminal(rig: Rig) -> None:
    grid, chief = await terminal(rig), await terminal(rig, "lianhu/yg", Role.CHIEF)
    await check(rig, grid, 1)
    await grid.next(wire.Receipts)
    await grid.next(wire.Feed)
    await chief.next(wire.Feed)
    state = decode_state((await rig_state(chief)).state)
    await chief.record(rig.clock(), record_id(1), "check", G1, {"unit": G2}, seen=state.stamp)
    await chief.next(wire.Receipts)
    feed = await grid.next(wire.Feed)
    assert (feed.left, wire.unpack_rows(feed.body)) == ([record_id(1)], [])
    assert (await chief.next(wire.Feed)).left == []


async def rig_state(peer: Peer) -> wire.FeedRow:
    feed = [message for message in peer.seen if isinstance(message, wire.Feed)][-1]
    return wire.unpack_rows(feed.body)[-1]


async def test_what_is_written_outside_the_scope_is_kept_aside(rig: Rig) -> None:
    peer = await terminal(rig)
    await check(rig, peer, 1, G2)
    await check(rig, peer, 2, G1)
    statuses: list[tuple[int, str]] = []
    while len(statuses) < 2:
        statuses += [(r.status, r.reason) for r in (await peer.next(wire.Receipts)).items]
    assert statuses == [
        (wire.STATUS_QUARANTINED, wire.REASON_SCOPE),
        (wire.STATUS_ACCEPTED, ""),
    ]
