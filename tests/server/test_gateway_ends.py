"""How sessions end: epochs, revocation, slow peers, a full disk, the office's stop."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from armband.server.connection import MAX_ANSWERS
from armband.server.model import FeedPage, Head
from armband.shared import limits, wire
from armband.shared.merge import decode_state
from armband.shared.permissions import Role
from armband.shared.transport import TransportClosed
from support.office_rig import G1, Rig, check, terminal
from support.peer import record_id
from support.waiting import until


async def test_a_witness_that_the_office_lacks_makes_a_new_epoch(rig: Rig) -> None:
    bystander = await terminal(rig)
    key, _listed = await rig.enrol(G1, Role.GRID)
    old = rig.office.epoch
    peer = rig.connect(key)
    witness = (rig.office.seq, b"x" * 16)
    welcome = await peer.welcome(rig.clock(), epoch=old, cursor=rig.office.seq, witness=witness)
    assert welcome.epoch == rig.office.epoch != old
    assert (await bystander.closed()).code == wire.CLOSE_EPOCH
    # Its base is of another history: the feed starts anew.
    assert (await peer.next(wire.Feed)).from_seq == 0


@pytest.mark.parametrize("beyond", ["witness", "cursor"])
async def test_a_seq_that_the_office_lacks_makes_a_new_epoch(rig: Rig, beyond: str) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    old, seq = rig.office.epoch, rig.office.seq
    peer = rig.connect(key)
    witness = (seq + 1, b"x" * 16) if beyond == "witness" else (seq, rig.office.hist)
    cursor = seq + 1 if beyond == "cursor" else seq
    welcome = await peer.welcome(rig.clock(), epoch=old, cursor=cursor, witness=witness)
    assert welcome.epoch != old


async def test_a_right_witness_keeps_the_epoch(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    old, witness = rig.office.epoch, (rig.office.seq, rig.office.hist)
    peer = rig.connect(key)
    welcome = await peer.welcome(rig.clock(), epoch=old, cursor=witness[0], witness=witness)
    assert welcome.epoch == old


async def test_an_unknown_predecessor_makes_a_new_epoch_and_is_then_taken(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    old = rig.office.epoch
    await peer.welcome(rig.clock(), epoch=old)
    key.prev, key.counter = b"lost-predecessor", 6
    await check(rig, peer, 1)
    assert (await peer.closed()).code == wire.CLOSE_EPOCH
    assert rig.office.epoch != old
    again = rig.connect(key)
    await again.welcome(rig.clock(), epoch=old)
    await again.transport.send(peer.sent[-1])
    assert (await again.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED


async def test_revoking_ends_the_session_and_what_comes_later_is_kept_aside(rig: Rig) -> None:
    peer, other = await terminal(rig), await terminal(rig)
    await rig.office.revoke(peer.key.id)
    assert (await peer.closed()).code == wire.CLOSE_REVOKED
    again = rig.connect(peer.key)
    welcome = await again.welcome(rig.clock())
    assert (welcome.revoked, welcome.scope) == (True, [])
    await check(rig, again, 1)
    receipt = (await again.next(wire.Receipts)).items[0]
    assert (receipt.status, receipt.reason) == (wire.STATUS_QUARANTINED, wire.REASON_REVOKED)
    await again.send(wire.Subscribe(1, G1, 0))
    await check(rig, other, 2)
    await other.next(wire.Feed)
    await again.send(wire.HistoryRequest(3, record_id(2)))
    assert not (await again.next(wire.HistoryReply)).found
    kinds = {type(message) for message in again.seen}
    assert kinds == {wire.Challenge, wire.Welcome, wire.Receipts, wire.HistoryReply}


async def test_after_a_revocation_nothing_more_is_sent(rig: Rig) -> None:
    """The sender stands with a feed frame in its hands; what was to follow is not sent."""
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key, room=1)
    await peer.hello(rig.clock())
    await until(lambda: len(rig.ends[0].sent) == 2, "the welcome is on its way")
    other = await terminal(rig)
    await rig.office.revoke(key.id)
    await check(rig, other, 1)
    await other.next(wire.Feed)
    assert (await peer.closed()).code == wire.CLOSE_REVOKED
    kinds = [type(message) for message in peer.seen]
    assert kinds in (
        [wire.Challenge, wire.Welcome, wire.Refusal],
        [wire.Challenge, wire.Welcome, wire.Feed, wire.Refusal],
    )


async def test_a_revocation_during_the_hello_counts(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    head_of = rig.office.head_of

    async def slowly(key_id: bytes) -> Head:
        await rig.office.revoke(key_id)
        return await head_of(key_id)

    monkeypatch.setattr(rig.office, "head_of", slowly)
    peer = rig.connect(key)
    await peer.hello(rig.clock())
    assert (await peer.closed()).code == wire.CLOSE_REVOKED
    assert not any(isinstance(message, wire.Feed) for message in peer.seen)


async def test_a_peer_that_takes_no_receipts_is_not_read_any_more(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    greedy = rig.connect(key, room=1)
    await greedy.hello(rig.clock())
    other = await terminal(rig)
    start = rig.office.seq
    for number in range(30):
        await check(rig, greedy, number)
    await until(lambda: rig.office.seq >= start + MAX_ANSWERS, "the first pushes are committed")
    for number in range(100, 110):
        await check(rig, other, number)
        await other.next(wire.Receipts)
    assert rig.office.seq <= start + 10 + MAX_ANSWERS
    counters: list[int] = []
    while len(counters) < 30:
        counters += [receipt.counter for receipt in (await greedy.next(wire.Receipts)).items]
    assert counters == list(range(1, 31))


async def test_a_commit_while_a_page_is_read_is_not_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = await terminal(rig)
    read_page = rig.office.feed_page

    async def slowly(cursor: int, role: Role, scope: Sequence[str]) -> FeedPage:
        page = await read_page(cursor, role, scope)
        await check(rig, recorder, 1)
        await recorder.next(wire.Receipts)
        return page

    monkeypatch.setattr(rig.office, "feed_page", slowly)
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    await peer.welcome(rig.clock())
    caught_up = await peer.next(wire.CaughtUp)
    feeds = [message for message in peer.seen if isinstance(message, wire.Feed)]
    assert feeds[-1].to_seq == caught_up.seq
    peer.skip()
    feed = await peer.next(wire.Feed)
    assert feed.from_seq == caught_up.seq
    assert [decode_state(row.state).id for row in wire.unpack_rows(feed.body)] == [record_id(1)]


async def test_a_reader_that_stops_is_cut_and_the_others_go_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_S", 0.1)
    key, _listed = await rig.enrol(G1, Role.GRID)
    stuck = rig.connect(key, room=2)
    await stuck.welcome(rig.clock())
    peer = await terminal(rig)
    for number in range(6):
        await check(rig, peer, number)
        await peer.next(wire.Receipts)
        await peer.next(wire.Feed)
    await until(lambda: rig.ends[0].aborted, "the stuck reader is cut")
    await until(lambda: rig.gateway.connections == 1, "only the other is left")
    await check(rig, peer, 99)
    await peer.next(wire.Receipts)


async def test_a_full_disk_is_said_and_nothing_is_receipted_until_it_is_over(rig: Rig) -> None:
    peer, reader = await terminal(rig), await terminal(rig)
    await rig.fill_disk()
    # Long notes, so that the store has to grow.
    for number in range(4):
        await check(rig, peer, number, note="满" * 3000)
    for told in (peer, reader):
        state = await told.next(wire.OfficeState)
        assert not state.writable
        assert state.reason
        assert state.cause == wire.CAUSE_FULL
    late = await terminal(rig)
    assert not (await late.next(wire.OfficeState)).writable
    before = [m for m in peer.seen if isinstance(m, wire.Receipts)]
    await rig.fill_disk(False)
    counters = [receipt.counter for receipts in before for receipt in receipts.items]
    while len(counters) < 4:
        receipts = await peer.next(wire.Receipts, 10)
        counters = sorted({*counters, *(receipt.counter for receipt in receipts.items)})
    assert counters == [1, 2, 3, 4]
    for told in (peer, reader, late):
        assert (await told.next(wire.OfficeState)).writable


async def test_a_stopping_office_says_goodbye(rig: Rig) -> None:
    peer = await terminal(rig)
    await rig.gateway.stop()
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_OFFICE_STOPS
    assert (await peer.closed()).code == wire.CLOSE_OFFICE_STOPS


async def test_a_peer_that_goes_away_leaves_nothing_behind(rig: Rig) -> None:
    peer = await terminal(rig)
    await peer.send(wire.Subscribe(1, G1, 0))
    await peer.next(wire.RollupFrame)
    peer.transport.abort()
    await rig.settle()
    assert rig.gateway.connections == 0
    assert rig.gateway.hub.idle
    with pytest.raises(TransportClosed):
        await peer.send(wire.Unsubscribe(1))
