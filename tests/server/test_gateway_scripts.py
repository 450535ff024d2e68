"""A script's session: roll-ups and nothing else."""

from __future__ import annotations

from armband.shared import wire
from armband.shared.tokens import Token, token_text
from support.office_rig import Rig, check, terminal
from support.peer import Peer, record_id


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
