"""Whoever is listed and does what nobody may: other scopes, other chains, other times, floods."""

from __future__ import annotations

import asyncio

from abuse.hostile import (
    ELSEWHERE,
    SECRET_RECORD,
    Target,
    ended,
    inside,
    leaks,
    reach,
    undisturbed,
)
from armband.client.world import real_environment
from armband.server import bounds
from armband.shared import hlc, limits, wire
from armband.shared.fields import Patch
from armband.shared.ops import Payload, WireOp, encode_payload, link
from support.office_rig import G1
from support.peer import Key, Peer, check_patch, record_id
from support.waiting import until

YEAR_MS = 366 * 86_400_000
NEVER = 4_000_000
"""Numbers of records that nobody else writes."""


COSTS = 2 * bounds.COST_OF_ASKING + 1
MEASURED = 60
"""Answers after which the flood has used up what it may have at once."""
LEAST_S = (MEASURED * COSTS - bounds.FRAMES_AT_ONCE) / bounds.FRAMES_PER_S - 0.3


def now_ms() -> int:
    return real_environment().now_ms()


def patch(unit: str = G1) -> Patch:
    return check_patch(unit, now_ms(), "2022-06-12")


async def receipt(peer: Peer) -> wire.Receipt:
    while True:
        answer = await peer.next(wire.Receipts, 10)
        if answer.items:
            return answer.items[0]


async def test_nothing_is_read_or_written_outside_of_the_scope(target: Target) -> None:
    async with undisturbed(target):
        peer = await inside(target, target.insider)
        moved: Patch = {"name": "张三", "unit": G1}
        for record, kind, fields in (
            (record_id(NEVER), "check", patch(ELSEWHERE)),
            (SECRET_RECORD, "resident", moved),
        ):
            await peer.record(now_ms(), record, kind, ELSEWHERE, fields)
            assert (await receipt(peer)).reason == wire.REASON_SCOPE
        await peer.send(wire.HistoryRequest(1, SECRET_RECORD))
        assert not (await peer.next(wire.HistoryReply)).found
        # Neighbours' totals are told, and name nobody.
        await peer.send(wire.Subscribe(1, "lianhu/hy", 3))
        await peer.next(wire.RollupFrame)
        await peer.next(wire.CaughtUp)
        assert not leaks(peer)
        peer.transport.abort()


async def test_a_name_gives_no_rights_and_a_chain_is_its_keys_own(target: Target) -> None:
    """Under somebody else's name; and as the next operation of somebody else's chain."""
    async with undisturbed(target, landed=1):
        peer = await inside(target, target.insider)
        key = target.insider
        payload = Payload(record_id(NEVER + 1), "check", ELSEWHERE, patch(ELSEWHERE), 0, "王主任")
        await push(peer, key, WireOp(hlc.tick(0, now_ms()), 7, encode_payload(payload)))
        assert (await receipt(peer)).reason == wire.REASON_SCOPE
        # What follows on another's chain is a branch of this key, and no operation of the other's.
        payload = Payload(record_id(NEVER + 2), "check", G1, patch(), 0, "王主任")
        op = WireOp(hlc.tick(0, now_ms()), 8, encode_payload(payload))
        prev, counter = target.landed
        await peer.send(wire.Push(prev, counter + 1, wire.pack_list([op]), prev_dropped=True))
        await receipt(peer)
        await peer.send(wire.HistoryRequest(1, record_id(NEVER + 2)))
        (row,) = wire.unpack_history((await peer.next(wire.HistoryReply)).body)
        assert row.op == link(prev, key.id, counter + 1, op).id
        assert not leaks(peer)
        peer.transport.abort()


async def push(peer: Peer, key: Key, op: WireOp) -> None:
    """The next operation of the key's chain."""
    prev, key.counter = key.prev, key.counter + 1
    key.prev = link(prev, key.id, key.counter, op).id
    await peer.push(op, prev=prev, counter=key.counter)


async def test_no_stamp_lies_far_ahead(target: Target) -> None:
    async with undisturbed(target, landed=1):
        peer = await inside(target, target.insider)
        payload = Payload(record_id(NEVER + 3), "check", G1, patch(), 0, "tester")
        stamp = hlc.tick(0, now_ms() + 50 * YEAR_MS)
        await push(peer, target.insider, WireOp(stamp, 9, encode_payload(payload)))
        landed = await receipt(peer)
        assert 0 < landed.eff <= hlc.tick(0, now_ms() + hlc.DRIFT_MS + 60_000)
        peer.transport.abort()
        peer = await inside(target, target.insider)
        beyond = WireOp(hlc.MAX_STAMP + 1, 10, encode_payload(payload))
        await peer.push(beyond, prev=target.insider.prev, counter=target.insider.counter + 1)
        assert await ended(peer) == wire.CLOSE_BAD_FRAME


async def test_a_revoked_terminal_gets_nothing_and_lands_nothing(target: Target) -> None:
    async with undisturbed(target):
        peer = await inside(target, target.revoked)
        await peer.record(now_ms(), record_id(NEVER + 4), "check", G1, patch())
        assert (await receipt(peer)).reason == wire.REASON_REVOKED
        await peer.send(wire.HistoryRequest(1, SECRET_RECORD))
        assert not (await peer.next(wire.HistoryReply)).found
        assert not any(isinstance(said, wire.Feed | wire.RollupFrame) for said in peer.seen)
        peer.transport.abort()


async def test_a_token_reads_its_totals_and_nothing_else(target: Target) -> None:
    outside: list[wire.FromTerminal] = [
        wire.Push(bytes(16), 1, wire.pack_list([WireOp(1, 1, b"x")])),
        wire.HistoryRequest(1, SECRET_RECORD),
        wire.Report(0, 0, 0, 0),
        wire.Subscribe(1, "lianhu/hy", 3),
        wire.Subscribe(1, "lianhu", 0),
    ]
    async with undisturbed(target):
        for message in outside:
            peer = await reach(target)
            await peer.next(wire.Challenge)
            await peer.send(wire.TokenHello(wire.PROTOCOL, "script", target.token))
            await peer.next(wire.Welcome)
            await peer.send(message)
            assert await ended(peer) in (wire.CLOSE_PROTOCOL, wire.CLOSE_NOT_ALLOWED)
            assert not any(isinstance(said, wire.RollupFrame) for said in peer.seen)


async def test_floods_of_what_costs_the_office_something(target: Target) -> None:
    """Histories, subscriptions and reports without end, from somebody who reads the answers."""
    async with undisturbed(target):
        peer = await inside(target, target.insider)
        begun_s = asyncio.get_running_loop().time()
        reading = asyncio.create_task(ended(peer))
        for number in range(400):
            await peer.transport.send(wire.encode(wire.Subscribe(number % 8, "lianhu", 3)))
            await peer.transport.send(wire.encode(wire.HistoryRequest(number, SECRET_RECORD)))
            await peer.transport.send(wire.encode(wire.Report(0, 0, 0, 0)))
        await until(lambda: replies(peer) >= MEASURED, "it is answered", 20)
        assert not reading.done(), "it is slowed and not cut"
        reading.cancel()
        await asyncio.wait([reading])
        assert not leaks(peer)
        assert asyncio.get_running_loop().time() - begun_s >= LEAST_S
        peer.transport.abort()


def replies(peer: Peer) -> int:
    return sum(isinstance(said, wire.HistoryReply) for said in peer.seen)


async def test_more_subscriptions_than_allowed_and_frames_over_size(target: Target) -> None:
    async with undisturbed(target):
        peer = await inside(target, target.insider)
        for number in range(limits.MAX_SUBSCRIPTIONS + 1):
            await peer.send(wire.Subscribe(number, "lianhu", 0))
        assert await ended(peer) == wire.CLOSE_LIMIT
        peer = await inside(target, target.insider)
        await peer.transport.send(bytes(limits.MAX_FRAME + 1))
        assert await ended(peer) == 1009
