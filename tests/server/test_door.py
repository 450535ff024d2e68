"""Getting in, again and again: penalties, what the audit log is told, and a peer's pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.server import bounds, refusals
from armband.server.admin import Admin
from armband.server.audit_log import Entry
from armband.server.errors import BadRequest
from armband.server.refusals import Refusals
from armband.shared import handshake, limits, wire
from armband.shared.permissions import Role
from armband.shared.tokens import Token, token_text
from support.office_rig import G1, Rig, check, office_rig, terminal
from support.peer import Key, Peer, record_id
from support.waiting import until, until_async


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """An office at which a penalty is short to wait for, and long to count."""
    monkeypatch.setattr(bounds, "LONGEST_HOLD_S", 0.01)
    async with office_rig(tmp_path / "office") as rig:
        yield rig


async def enrol(rig: Rig, code: str, *, proof: bytes = b"") -> Peer:
    """One attempt with a code; a right proof unless another is given."""
    peer = rig.connect()
    challenge = await peer.next(wire.Challenge)
    nonces = (challenge.nonce, b"t" * 32)
    secret, seen = handshake.code_key(code), peer.transport.fingerprint
    right = handshake.enrol_proof(secret, "terminal", seen, peer.key.public, nonces)
    invite = handshake.invite_id(code)
    await peer.send(wire.Enrol(wire.PROTOCOL, invite, peer.key.public, nonces[1], proof or right))
    return peer


async def refusal(peer: Peer) -> int:
    """The close code, said twice."""
    said = (await peer.next(wire.Refusal)).code
    assert (await peer.closed()).code == said
    return said


async def test_each_way_in_which_a_code_fails_has_its_own_code(rig: Rig) -> None:
    code = await rig.office.create_invite(G1, Role.GRID, "李四", rig.clock() + 1000)
    late = await rig.office.create_invite(G1, Role.GRID, "李四", rig.clock())
    assert await refusal(await enrol(rig, code, proof=b"p" * 32)) == wire.CLOSE_CODE_REFUSED
    assert await refusal(await enrol(rig, "0" * 16)) == wire.CLOSE_CODE_REFUSED
    assert await refusal(await enrol(rig, late)) == wire.CLOSE_CODE_EXPIRED
    await (await enrol(rig, code)).next(wire.Enrolled)
    assert await refusal(await enrol(rig, code)) == wire.CLOSE_CODE_USED


async def test_codes_are_not_looked_at_after_too_many_failures(rig: Rig) -> None:
    code = await rig.office.create_invite(G1, Role.GRID, "李四", rig.clock() + 1000)
    for _attempt in range(bounds.FREE_FAILURES + 1):
        assert await refusal(await enrol(rig, "0" * 16)) == wire.CLOSE_CODE_REFUSED
    assert await refusal(await enrol(rig, code)) == wire.CLOSE_TOO_OFTEN, "the right one, too"
    # Whoever else is behind that address is let in.
    await terminal(rig)


async def test_a_code_is_guarded_whatever_address_the_guesses_come_from(rig: Rig) -> None:
    code = await rig.office.create_invite(G1, Role.GRID, "李四", rig.clock() + 1000)
    for number in range(bounds.FREE_FAILURES + 1):
        peer = rig.connect()
        rig.ends[-1].peer = f"192.0.2.{number}:1000"
        await peer.next(wire.Challenge)
        wrong = wire.Enrol(
            wire.PROTOCOL, handshake.invite_id(code), peer.key.public, b"t" * 32, b"p" * 32
        )
        await peer.send(wrong)
        assert await refusal(peer) == wire.CLOSE_CODE_REFUSED
    assert await refusal(await enrol(rig, code)) == wire.CLOSE_TOO_OFTEN


async def test_a_refusal_comes_later_each_time_and_its_seat_stays_taken(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _attempt in range(bounds.FREE_FAILURES + 1):
        stranger = rig.connect()
        await stranger.hello(rig.clock())
        assert await refusal(stranger) == wire.CLOSE_NOT_ALLOWED
    monkeypatch.setattr(bounds, "LONGEST_HOLD_S", 0.3)
    begun_s = asyncio.get_running_loop().time()
    stranger = rig.connect()
    await stranger.hello(rig.clock())
    counts, so_far = rig.gateway.door.refusals.counts, bounds.FREE_FAILURES + 1
    await until(lambda: counts["unknown key or token"] > so_far, "it is turned down")
    rig.ends[-1].abort()
    await asyncio.wait_for(rig.tasks[-1], 5)
    assert asyncio.get_running_loop().time() - begun_s >= 0.3


async def test_refusals_are_in_the_audit_log_conflated_and_bounded(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "PERIOD_S", 0.05)
    key, _listed = await rig.enrol(G1, Role.GRID)
    for _attempt in range(3):
        peer = rig.connect(key)
        await peer.hello(rig.clock(), signer=Key())
        assert await refusal(peer) == wire.CLOSE_SIGNATURE
    told: Refusals = rig.gateway.door.refusals

    async def refused() -> list[Entry]:
        logged = await rig.office.logged(0, 100)
        return [row.entry for row in logged if row.entry.action == "refused"]

    async def all_told() -> bool:
        return sum(int(entry.details["times"]) for entry in await refused()) == 3

    await until_async(all_told, "the log is told")
    rows = await refused()
    assert {(row.actor, row.object) for row in rows} == {("peer fake", "wrong signature")}
    assert told.counts == {"wrong signature": 3}
    for number in range(1000):
        told.add(f"192.0.2.{number}", "wrong code")
    assert len(told._waiting) == bounds.REFUSED_ROWS_PER_MINUTE + 1
    assert told._waiting["others", "wrong code"] == 1000 - bounds.REFUSED_ROWS_PER_MINUTE


async def test_a_disk_that_refuses_the_log_loses_no_count(rig: Rig) -> None:
    told = rig.gateway.door.refusals
    told.add("192.0.2.1", "wrong code")
    await rig.fill_disk()
    await told.flush()
    await rig.fill_disk(full=False)
    await told.flush()
    assert not told._waiting


async def test_a_first_message_is_small_in_every_list(rig: Rig) -> None:
    peer = rig.connect()
    await peer.hello(rig.clock(), scope=["lianhu"] * (limits.MAX_SCOPE_UNITS + 1))
    assert await refusal(peer) == wire.CLOSE_BAD_FRAME


async def test_no_terminal_is_given_more_units_than_a_hello_holds(rig: Rig) -> None:
    _key, listed = await rig.enrol(G1, Role.GRID)
    admin = Admin(rig.office, rig.environment)
    many = [f"lianhu/yg/x{number}" for number in range(limits.MAX_SCOPE_UNITS + 1)]
    with pytest.raises(BadRequest, match="length <= 100"):
        await admin.call("assign", {"id": listed.name, "scope": many})


async def test_a_token_has_so_many_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_CONNECTIONS_PER_TOKEN", 1)
    async with office_rig(tmp_path / "office") as rig:
        token_id, secret = await rig.office.create_token("lianhu", rig.clock() + 1000)
        first = await token(rig, token_id, secret)
        await first.next(wire.Welcome)
        assert await refusal(await token(rig, token_id, secret)) == wire.CLOSE_LIMIT


async def token(rig: Rig, token_id: bytes, secret: bytes) -> Peer:
    peer = rig.connect()
    await peer.next(wire.Challenge)
    text = token_text(Token(token_id, secret, peer.transport.fingerprint))
    await peer.send(wire.TokenHello(wire.PROTOCOL, "test", text))
    return peer


async def test_a_fast_peer_is_read_later_and_not_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "FRAMES_AT_ONCE", 5.0)
    monkeypatch.setattr(bounds, "FRAMES_PER_S", 50.0)
    other = await terminal(rig)
    monkeypatch.setattr(bounds, "COST_OF_ASKING", 1.0)
    peer = await terminal(rig)
    begun_s = asyncio.get_running_loop().time()
    for number in range(25):
        await peer.send(wire.HistoryRequest(number, record_id(1)))
    for number in range(25):
        assert (await peer.next(wire.HistoryReply)).request == number
        if number == 5:
            await check(rig, other, 1)
            await other.next(wire.Receipts)
    assert asyncio.get_running_loop().time() - begun_s >= 0.3


async def test_a_slowed_peer_is_ended_at_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "FRAMES_AT_ONCE", 1.0)
    monkeypatch.setattr(bounds, "FRAMES_PER_S", 0.01)
    peer = await terminal(rig)
    for _number in range(3):
        await peer.send(wire.Report(0, 0, 0, 0))
    await rig.office.revoke(peer.key.id)
    assert (await peer.closed()).code == wire.CLOSE_REVOKED
