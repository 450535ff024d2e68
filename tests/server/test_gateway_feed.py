"""The main road: receipts, the feed from store and hub, catching up, histories."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from armband.shared import limits, wire
from armband.shared.merge import decode_state, view
from armband.shared.ops import set_digest
from armband.shared.permissions import Role
from support.office_rig import G1, Rig, check, terminal
from support.peer import Peer, record_id
from support.waiting import until_async


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


async def test_pushes_are_committed_in_order_however_tasks_start(rig: Rig) -> None:
    """The task of the first push gets going only after that of the second."""
    loop, second_started = asyncio.get_running_loop(), asyncio.Event()
    pushes: list[Coroutine[Any, Any, Any]] = []

    async def held_up(work: Coroutine[Any, Any, Any], first: bool) -> Any:
        if first:
            await second_started.wait()
        else:
            second_started.set()
        return await work

    def late_first(of: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        if work.__qualname__ == "Connection._receipts":
            pushes.append(work)
            work = held_up(work, len(pushes) == 1)
        return asyncio.Task(work, loop=of, **options)

    peer = await terminal(rig)
    loop.set_task_factory(late_first)
    try:
        await check(rig, peer, 1)
        await check(rig, peer, 2)
        for _push in range(2):
            receipts = await peer.next(wire.Receipts)
            assert [receipt.status for receipt in receipts.items] == [wire.STATUS_ACCEPTED]
    finally:
        loop.set_task_factory(None)
    assert len(pushes) == 2


async def test_a_repeated_push_gets_the_same_receipt_and_changes_nothing(rig: Rig) -> None:
    peer = await terminal(rig)
    await check(rig, peer, 1)
    first = await peer.next(wire.Receipts)
    await peer.transport.send(peer.sent[-1])
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

    async def listed() -> bool:
        known = await rig.office.terminal(peer.key.id)
        return known is not None and (known.written, known.waiting, known.refused) == (10, 2, 1)

    await until_async(listed, "the report is listed")
