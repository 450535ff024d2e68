"""Coming in, through a fake wire to a real office: hello, enrolment, and whoever is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.server import bounds
from armband.server.model import Head
from armband.shared import handshake, limits, wire
from armband.shared.permissions import Role
from support.office_rig import G1, Rig, check, office_rig, terminal
from support.peer import Key


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
    assert (await again.closed()).code == wire.CLOSE_REPLAYED


async def test_whoever_does_not_know_the_code_is_refused(rig: Rig) -> None:
    code = await rig.office.create_invite(G1, Role.CHECKPOINT, "李四", rig.clock() + 1000)
    peer = rig.connect()
    await peer.next(wire.Challenge)
    invite = handshake.invite_id(code)
    await peer.send(wire.Enrol(wire.PROTOCOL, invite, peer.key.public, b"t" * 32, b"p" * 32))
    refusal = await peer.next(wire.Refusal)
    assert refusal.code == wire.CLOSE_CODE_REFUSED
    assert (await peer.closed()).code == wire.CLOSE_CODE_REFUSED
    assert (await rig.office.invite(invite)).person == "李四"


async def test_a_wrong_signature_is_refused(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    await peer.hello(rig.clock(), signer=Key())
    refusal = await peer.next(wire.Refusal)
    assert refusal.code == wire.CLOSE_SIGNATURE
    assert "signature" in refusal.reason
    assert (await peer.closed()).code == wire.CLOSE_SIGNATURE


async def test_whoever_saw_another_certificate_is_refused(rig: Rig) -> None:
    """Somebody in the middle shows a certificate of their own and passes all bytes on."""
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key, fingerprint=b"M" * 32)
    await peer.hello(rig.clock())
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_SIGNATURE


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
    await replay.transport.send(first.sent[0])
    assert (await replay.next(wire.Refusal)).code == wire.CLOSE_REPLAYED


async def test_another_protocol_is_refused_with_what_is_spoken(rig: Rig) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    peer = rig.connect(key)
    await peer.hello(rig.clock(), protocol=wire.PROTOCOL + 1)
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_PROTOCOL


async def test_an_epoch_that_ends_while_the_hello_is_checked_welcomes_nobody(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _listed = await rig.enrol(G1, Role.GRID)
    office = rig.office
    head_of = office.head_of

    async def begins_anew(key_id: bytes) -> Head:
        await office.new_epoch("somebody has seen more", office.epoch, b"k" * 16)
        return await head_of(key_id)

    monkeypatch.setattr(office, "head_of", begins_anew)
    peer = rig.connect(key)
    await peer.hello(rig.clock())
    assert (await peer.next(wire.Refusal)).code == wire.CLOSE_EPOCH


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
    await peer.transport.send(peer.sent[0])
    assert (await peer.closed()).code == wire.CLOSE_PROTOCOL


@pytest.mark.parametrize("bound", ["MAX_CONNECTIONS", "MAX_CONNECTIONS_PER_ADDRESS"])
async def test_only_so_many_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(bounds, bound, 1)
    async with office_rig(tmp_path / "office") as rig:
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
