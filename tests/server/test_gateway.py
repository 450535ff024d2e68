"""Sessions through a fake wire against a real office: admission, receipts, the feed, the ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from armband.server import gateway as gateway_module
from armband.server.connection import MAX_ANSWERS
from armband.server.model import FeedPage, Head
from armband.shared import handshake, limits, wire
from armband.shared.merge import decode_state, view
from armband.shared.ops import set_digest
from armband.shared.permissions import Role
from armband.shared.tokens import Token, token_text
from armband.shared.transport import TransportClosed
from support.office_rig import Rig, office_rig
from support.peer import Key, Peer, check_patch, record_id
from support.waiting import until, within

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path) as made:
        yield made


async def terminal(rig: Rig, unit: str = G1, role: Role = Role.GRID) -> Peer:
    """A welcomed and caught-up terminal."""
    key, _listed = await rig.enrol(unit, role)
    peer = rig.connect(key)
    await peer.welcome(rig.clock())
    await peer.next(wire.CaughtUp)
    peer.skip()
    return peer


async def check(rig: Rig, peer: Peer, number: int, unit: str = G1, **more: object) -> None:
    patch = check_patch(unit, rig.clock(), rig.office.today, **more)
    await peer.record(rig.clock(), record_id(number), "check", unit, patch)


# -- coming in ----------------------------------------------------------------------------------


async def test_the_welcome_says_who_the_terminal_is(rig: Rig) -> None:
    key, listed = await rig.enrol(G1, Role.GRID)
    welcome = await rig.connect(key).welcome(rig.clock())
    assert (welcome.role, welcome.scope, welcome.person) == ("grid", [G1], "张三")
    assert (welcome.epoch, welcome.seq) == (rig.office.epoch, rig.office.seq)
    assert (welcome.head_counter, welcome.head, welcome.revoked) == (0, b"", False)
    assert listed.key_id == key.id


async def test_enrolment_proves_both_sides_and_lists_the_key(rig: Rig) -> None:
    expires_ms = rig.clock() + 1000
    code = await rig.office.create_invite(G1, Role.CHECKPOINT, "李四", expires_ms)
    peer = rig.connect()
    challenge = await peer.next(wire.Challenge)
    nonces = (challenge.nonce, b"t" * 32)
    secret = handshake.code_key(code)

    def proof(side: str) -> bytes:
        fingerprint = peer.transport.fingerprint
        return handshake.enrol_proof(secret, side, fingerprint, peer.key.public, nonces)

    invite = handshake.invite_id(code)
    message = wire.Enrol(wire.PROTOCOL, invite, peer.key.public, nonces[1], proof("terminal"))
    await peer.send(message)
    enrolled = await peer.next(wire.Enrolled)
    assert enrolled.proof == proof("office")
    assert (enrolled.scope, enrolled.role, enrolled.office) == ([G1], "checkpoint", "lianhu")
    assert (await peer.closed()).code == 1000
    assert (await rig.connect(peer.key).welcome(rig.clock())).role == "checkpoint"

    again = rig.connect()
    await again.next(wire.Challenge)
    await again.send(message)
    assert (await again.closed()).code == wire.CLOSE_CODE_REFUSED


async def test_whoever_does_not_know_the_code_is_refused(rig: Rig) -> None:
    code = await rig.office.create_invite(G1, Role.CHECKPOINT, "李四", rig.clock() + 1000)
    peer = rig.connect()
    await peer.next(wire.Challenge)
    invite = handshake.invite_id(code)
    await peer.send(wire.Enrol(wire.PROTOCOL, invite, peer.key.public, b"t" * 32, b"p" * 32))
    refusal = await peer.next(wire.Refusal)
    assert refusal.code == wire.CLOSE_CODE_REFUSED
    assert (await peer.closed()).code == wire.CLOSE_CODE_REFUSED
    assert await rig.office.invite(invite) is not None


async def test_a_wrong_signature_is_refused(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    await peer.hello(rig.clock(), signer=Key())
    refusal = await peer.next(wire.Refusal)
    assert refusal.code == wire.CLOSE_NOT_ALLOWED
    assert "signature" in refusal.reason
    assert (await peer.closed()).code == wire.CLOSE_NOT_ALLOWED


async def test_an_unknown_key_is_refused(rig: Rig) -> None:
    peer = rig.connect()
    await peer.hello(rig.clock())
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_NOT_ALLOWED


async def test_a_hello_of_another_connection_is_worth_nothing(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    first = rig.connect(key)
    await first.welcome(rig.clock())
    replay = rig.connect(key)
    await replay.next(wire.Challenge)
    await replay.transport.send(first.transport.sent[0])  # type: ignore[attr-defined]
    assert (await replay.next(wire.Refusal)).code == wire.CLOSE_NOT_ALLOWED


async def test_another_protocol_is_refused_with_what_is_spoken(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    await peer.hello(rig.clock(), protocol=wire.PROTOCOL + 1)
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_PROTOCOL


async def test_whoever_says_no_hello_is_dropped(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELLO_TIMEOUT_S", 0.05)
    assert (await rig.connect().closed()).code == wire.CLOSE_SLOW


@pytest.mark.parametrize("frame", [b"", b"\xc1", b"\x93\x63\x00\x00", b"\x91" * 5000])
async def test_any_first_bytes_close_that_connection_only(rig: Rig, frame: bytes) -> None:
    other = await terminal(rig)
    peer = rig.connect()
    await peer.next(wire.Challenge)
    await peer.transport.send(frame)
    assert (await peer.closed()).code == wire.CLOSE_BAD_FRAME
    await check(rig, other, 1)
    assert (await other.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED


async def test_a_message_out_of_place_closes_with_the_protocol_code(rig: Rig) -> None:
    peer = rig.connect()
    await peer.next(wire.Challenge)
    await peer.send(wire.Subscribe(1, G1, 0))
    assert (await peer.closed()).code == wire.CLOSE_PROTOCOL


async def test_a_second_hello_closes_with_the_protocol_code(rig: Rig) -> None:
    peer = await terminal(rig)
    await peer.transport.send(peer.transport.sent[0])  # type: ignore[attr-defined]
    assert (await peer.closed()).code == wire.CLOSE_PROTOCOL


async def test_only_so_many_connections(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "MAX_CONNECTIONS", 1)
    await terminal(rig)
    assert (await rig.connect().closed()).code == wire.CLOSE_LIMIT


async def test_the_newer_connection_of_a_key_stays(rig: Rig) -> None:
    older = await terminal(rig)
    newer = rig.connect(older.key)
    await newer.welcome(rig.clock())
    assert (await older.closed()).code == wire.CLOSE_REPLACED
    await check(rig, newer, 1)
    await newer.next(wire.Receipts)
    assert rig.gateway.connections == 1


# -- the main road ------------------------------------------------------------------------------


async def test_a_check_is_receipted_and_fed_to_whoever_may_see_it(rig: Rig) -> None:
    recorder, chief = await terminal(rig), await terminal(rig, "lianhu/yg", Role.CHIEF)
    start = (await feed_position(chief))[0]
    await check(rig, recorder, 1)
    receipts = await recorder.next(wire.Receipts)
    assert [receipt.status for receipt in receipts.items] == [wire.STATUS_ACCEPTED]
    assert (receipts.seq, receipts.hist) == (rig.office.seq, rig.office.hist)
    for peer in (recorder, chief):
        feed = await peer.next(wire.Feed)
        assert (feed.from_seq, feed.to_seq, feed.hist) == (start, receipts.seq, receipts.hist)
        (row,) = wire.unpack_rows(feed.body)
        seen = view(decode_state(row.state))
        assert (seen.id, seen.unit, seen.fields["code"]) == (record_id(1), G1, "green")


async def feed_position(peer: Peer) -> tuple[int, bytes]:
    caught_up = [m for m in peer.seen if isinstance(m, wire.CaughtUp)][-1]
    return caught_up.seq, caught_up.hist


async def test_pushes_in_flight_are_receipted_in_order(rig: Rig) -> None:
    peer = await terminal(rig)
    for number in range(3 * limits.PUSH_WINDOW):
        await check(rig, peer, number)
    counters: list[int] = []
    while len(counters) < 3 * limits.PUSH_WINDOW:
        receipts = await peer.next(wire.Receipts)
        counters += [receipt.counter for receipt in receipts.items]
    assert counters == list(range(1, 3 * limits.PUSH_WINDOW + 1))


async def test_a_repeated_push_gets_the_same_receipt_and_changes_nothing(rig: Rig) -> None:
    peer = await terminal(rig)
    await check(rig, peer, 1)
    first = await peer.next(wire.Receipts)
    await peer.transport.send(peer.transport.sent[-1])  # type: ignore[attr-defined]
    second = await peer.next(wire.Receipts)
    assert second == first


async def test_the_catch_up_is_proved_by_its_digest(rig: Rig) -> None:
    recorder = await terminal(rig)
    for number in range(5):
        await check(rig, recorder, number)
        await recorder.next(wire.Receipts)
    late = await terminal(rig)
    feeds = [message for message in late.seen if isinstance(message, wire.Feed)]
    rows = [row for feed in feeds for row in wire.unpack_rows(feed.body)]
    held = [(decode_state(row.state).id, row.seq) for row in rows]
    (caught_up,) = [message for message in late.seen if isinstance(message, wire.CaughtUp)]
    assert caught_up.count == len(held)
    assert caught_up.digest == set_digest(held)
    assert [feed.from_seq for feed in feeds] == [0, *(feed.to_seq for feed in feeds[:-1])]


async def test_a_reconnected_terminal_gets_only_what_it_lacks(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    first = rig.connect(key)
    await first.welcome(rig.clock())
    seen = await first.next(wire.CaughtUp)
    other = await terminal(rig)
    await check(rig, other, 1)
    await first.next(wire.Feed)
    again = rig.connect(key)
    options = {"epoch": rig.office.epoch, "cursor": seen.seq, "witness": (seen.seq, seen.hist)}
    await again.welcome(rig.clock(), scope=[G1], **options)
    feed = await again.next(wire.Feed)
    assert (feed.from_seq, len(wire.unpack_rows(feed.body))) == (seen.seq, 1)
    await again.next(wire.CaughtUp)

    narrowed = rig.connect(key)
    await narrowed.welcome(rig.clock(), scope=["lianhu/hy"], **options)
    assert (await narrowed.next(wire.Feed)).from_seq == 0


async def test_a_quiet_terminal_is_told_how_far_the_office_is(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.feeder.IDLE_S", 0.05)
    quiet = await terminal(rig, "lianhu/hy/g1")
    other = await terminal(rig)
    await check(rig, other, 1)
    feed = await quiet.next(wire.Feed)
    assert (wire.unpack_rows(feed.body), feed.to_seq) == ([], rig.office.seq)


async def test_a_terminal_that_falls_behind_reads_the_store(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.follower.MAX_ROWS", 2)
    recorder = await terminal(rig)
    key, _listed = await rig.enrol(G1, Role.GRID)
    slow = rig.connect(key, room=1)
    await slow.welcome(rig.clock())
    for number in range(20):
        await check(rig, recorder, number)
        await recorder.next(wire.Receipts)
    states: dict[bytes, int] = {}
    cursor = 0
    while cursor < rig.office.seq:
        feed = await slow.next(wire.Feed)
        assert feed.from_seq == cursor
        cursor = feed.to_seq
        for row in wire.unpack_rows(feed.body):
            states[decode_state(row.state).id] = row.seq
    assert {record_id(number) for number in range(20)} <= states.keys()


async def test_history_is_answered_within_the_scope_only(rig: Rig) -> None:
    peer, stranger = await terminal(rig), await terminal(rig, "lianhu/hy/g1")
    await check(rig, peer, 1)
    await peer.next(wire.Receipts)
    for asker, found in ((peer, True), (stranger, False)):
        await asker.send(wire.HistoryRequest(9, record_id(1)))
        reply = await asker.next(wire.HistoryReply)
        assert (reply.request, reply.found) == (9, found)
        assert len(wire.unpack_history(reply.body)) == int(found)


async def test_a_report_is_kept_for_the_list_of_terminals(rig: Rig) -> None:
    peer = await terminal(rig)
    await peer.send(wire.Report(10, 2, 1, 0))
    await check(rig, peer, 1)
    await peer.next(wire.Receipts)
    await until_listed(rig, peer)


async def until_listed(rig: Rig, peer: Peer) -> None:
    async def listed() -> None:
        while True:
            known = await rig.office.terminal(peer.key.id)
            if known is not None and (known.written, known.waiting, known.refused) == (10, 2, 1):
                return
            await asyncio.sleep(0.01)

    await within(listed(), "the report is listed")


# -- scope --------------------------------------------------------------------------------------


async def test_no_byte_of_a_record_outside_the_scope_goes_out(rig: Rig) -> None:
    """A frame recorder: a secret word recorded elsewhere appears in no frame, packed or not."""
    here, elsewhere = await terminal(rig), await terminal(rig, G2)
    checkpoint = await terminal(rig, G2, Role.CHECKPOINT)
    await check(rig, elsewhere, 1, G2, note="SECRETWORD")
    await elsewhere.next(wire.Receipts)
    visit = {
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
    statuses = []
    while len(statuses) < 2:
        statuses += [(r.status, r.reason) for r in (await peer.next(wire.Receipts)).items]
    assert statuses == [
        (wire.STATUS_QUARANTINED, wire.REASON_SCOPE),
        (wire.STATUS_ACCEPTED, ""),
    ]


# -- epochs, revocation, slow peers, the end ----------------------------------------------------


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
    await again.transport.send(peer.transport.sent[-1])  # type: ignore[attr-defined]
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


# -- scripts ------------------------------------------------------------------------------------


async def script(rig: Rig, unit: str, lifetime_ms: int = 1000) -> Peer:
    token_id, secret = await rig.office.create_token(unit, rig.clock() + lifetime_ms)
    peer = rig.connect()
    await peer.next(wire.Challenge)
    text = token_text(Token(token_id, secret, peer.transport.fingerprint))
    await peer.send(wire.TokenHello(wire.PROTOCOL, "test", text))
    return peer


async def test_a_script_reads_roll_ups_and_nothing_else(rig: Rig) -> None:
    recorder = await terminal(rig)
    peer = await script(rig, "lianhu/yg")
    welcome = await peer.next(wire.Welcome)
    assert (welcome.role, welcome.scope) == ("script", ["lianhu/yg"])
    await peer.send(wire.Subscribe(1, "lianhu/yg", 1))
    await peer.next(wire.RollupFrame)
    await check(rig, recorder, 1)
    delta = await peer.next(wire.RollupFrame)
    assert not delta.reset
    await peer.send(wire.HistoryRequest(1, record_id(1)))
    assert (await peer.closed()).code == wire.CLOSE_PROTOCOL
    kinds = {type(message) for message in peer.seen}
    assert kinds == {wire.Challenge, wire.Welcome, wire.RollupFrame, wire.Refusal}


async def test_an_expired_token_ends_the_session(rig: Rig) -> None:
    recorder = await terminal(rig)
    peer = await script(rig, "lianhu/yg", lifetime_ms=1000)
    await peer.send(wire.Subscribe(1, "lianhu/yg", 1))
    await peer.next(wire.RollupFrame)
    rig.clock.now_ms += 2000
    await check(rig, recorder, 1)
    assert (await peer.closed()).code == wire.CLOSE_NOT_ALLOWED
    late = await script(rig, "lianhu/yg", lifetime_ms=-1)
    assert (await late.closed()).code == wire.CLOSE_NOT_ALLOWED


async def test_a_wrong_token_is_refused(rig: Rig) -> None:
    peer = rig.connect()
    await peer.next(wire.Challenge)
    text = token_text(Token(b"i" * 8, b"s" * 24, b"f" * 32))
    await peer.send(wire.TokenHello(wire.PROTOCOL, "test", text))
    assert (await peer.closed()).code == wire.CLOSE_NOT_ALLOWED
