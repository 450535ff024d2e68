"""Role x kind x path: what the page of roles allows arrives or lands, and nothing else does.

The expectation is read from shared/ROLES.md, the office is a real one on a real file; every path by
which a record, or a change of one, may cross the wire is tried for each role and each kind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from armband.shared.merge import decode_state
from armband.shared.ops import set_digest
from armband.shared.permissions import Role
from armband.shared.roles import STAFF
from armband.shared.tokens import Token, token_text
from support.full_records import FULL
from support.office_rig import G1, G2, Rig, office_rig, terminal
from support.peer import Peer, record_id

PAGE = Path(__file__).parents[2] / "shared" / "ROLES.md"
ABOVE = "lianhu/yg"
KINDS = [kind for kind in CATALOGUE if kind != "unit"]
ROLES = sorted(STAFF, key=lambda role: role.value)
UNITS = (G1, G2, ABOVE)
"""In the scope of everybody here, beside it, above it."""
GOES_DOWN = {"notice", "policy_text", "round"}
SECRET = "SECRETWORD"


def read_page() -> dict[tuple[str, str], str]:
    """(kind, role) to letters."""
    rows = [
        line.strip("| \n").split(" | ")
        for line in PAGE.read_text("utf-8").splitlines()
        if "|" in line
    ]
    head, *table = (row for row in rows if not row[0].startswith("--"))
    return {
        (row[0], role): letters
        for row in table
        for role, letters in zip(head[1:], row[1:], strict=True)
    }


TABLE = read_page()


def allowed(right: str, role: Role, kind: str) -> bool:
    return right in TABLE[kind, role.value]


def at(kind: str, unit: str) -> bytes:
    """The id of the record of a kind on a unit."""
    return record_id(1 + KINDS.index(kind) * len(UNITS) + UNITS.index(unit))


def sound(kind: str) -> Patch:
    """The fields of a new record; one that no release knows carries the secret."""
    patch = {**FULL[kind][0], "balcony": SECRET}
    workflow = CATALOGUE[kind].workflow
    return patch if workflow is None else {**patch, workflow.field: workflow.starts[0]}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """An office with a record of each kind on each of the units."""
    async with office_rig(tmp_path / "office") as rig:
        drafts = [Draft(k, at(k, unit), unit, sound(k)) for k in KINDS for unit in UNITS]
        outcomes = await rig.office.upsert(drafts, "office")
        assert set(outcomes) == {"new"}, dict(zip(KINDS * 3, outcomes, strict=False))
        yield rig


def readable(role: Role) -> set[bytes]:
    """What a terminal of this role in G1 may be sent, units left out."""
    found = {at(kind, G1) for kind in KINDS if allowed("r", role, kind)}
    return found | {at(kind, ABOVE) for kind in GOES_DOWN if allowed("r", role, kind)}


def fed(peer: Peer) -> dict[bytes, int]:
    """Record to seq, of all that the feed brought."""
    found = {}
    for message in peer.seen:
        if isinstance(message, wire.Feed):
            for row in wire.unpack_rows(message.body):
                found[decode_state(row.state).id] = row.seq
    return found


def without_units(records: set[bytes]) -> set[bytes]:
    return records & {at(kind, unit) for kind in KINDS for unit in UNITS}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value)
async def test_snapshot_digest_feed_and_history(rig: Rig, role: Role) -> None:
    peer = await terminal(rig, G1, role)
    caught = next(m for m in peer.seen if isinstance(m, wire.CaughtUp))
    assert without_units(set(fed(peer))) == readable(role), "the snapshot"
    assert (caught.digest, caught.count) == (set_digest(list(fed(peer).items())), len(fed(peer)))
    begun = len(peer.seen)
    drafts = [Draft(k, at(k, unit), unit, {"balcony": "other"}) for k in KINDS for unit in UNITS]
    await rig.office.upsert(drafts, "office")
    await peer.send(wire.Report(0, 0, 0, 0))
    for number, kind in enumerate([k for k in KINDS for _unit in UNITS]):
        unit = UNITS[number % len(UNITS)]
        await peer.send(wire.HistoryRequest(number, at(kind, unit)))
        reply = await peer.next(wire.HistoryReply)
        assert reply.found == (at(kind, unit) in readable(role)), f"history of {kind} on {unit}"
        assert reply.found or wire.unpack_history(reply.body) == []
    peer.seen = peer.seen[begun:]
    assert without_units(set(fed(peer))) == readable(role), "the feed of changes"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value)
async def test_operations(rig: Rig, role: Role) -> None:
    """Made in the scope and beside it; changed, voided and settled in the scope."""
    peer = await terminal(rig, G1, role)
    for number, kind in enumerate(KINDS):
        new, beside = record_id(1000 + number), record_id(2000 + number)
        told = {kind: (await tell(rig, peer, new, kind, G1, {**sound(kind), "unit": G1}))}
        assert told == {kind: "" if allowed("w", role, kind) else wire.REASON_ROLE}
        there = await tell(rig, peer, beside, kind, G2, {**sound(kind), "unit": G2})
        assert there == (wire.REASON_SCOPE if allowed("w", role, kind) else wire.REASON_ROLE)
        old = at(kind, G1)
        handed_in = allowed("w", role, kind) and not allowed("r", role, kind)
        changes = allowed("w", role, kind) and not handed_in
        if CATALOGUE[kind].append_only:
            changes = False
        version = await seen(rig, old)
        told = {kind: await tell(rig, peer, old, kind, G1, {"balcony": "x"}, version)}
        assert told == {kind: "" if changes else wire.REASON_ROLE}, "changed"
        assert await tell(rig, peer, at(kind, G2), kind, G2, {"balcony": "x"})
        may_void = changes and allowed("a", role, kind)
        told = {kind: await tell(rig, peer, old, kind, G1, {"void": "x"}, await seen(rig, old))}
        assert told == {kind: "" if may_void else wire.REASON_ROLE}, "voided"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value)
async def test_conflicts(rig: Rig, role: Role) -> None:
    """Two at the desk write without having seen each other; who may say which value stands?"""
    one, other = [await terminal(rig, ABOVE, Role.STREET) for _number in range(2)]
    peer = await terminal(rig, G1, role)
    for kind in KINDS:
        if not allowed("w", role, kind) or CATALOGUE[kind].append_only:
            continue
        record = at(kind, G1)
        version = await seen(rig, record)
        assert await tell(rig, one, record, kind, G1, {"balcony": "1"}, version) == ""
        assert await tell(rig, other, record, kind, G1, {"balcony": "2"}, version) == ""
        # Who has not seen it settles nothing: he is taken in like the others.
        own = allowed("r", role, kind)
        unseen = await tell(rig, peer, record, kind, G1, {"balcony": "3"}, version)
        assert unseen == ("" if own else wire.REASON_ROLE), kind
        told = await tell(rig, peer, record, kind, G1, {"balcony": "4"}, await seen(rig, record))
        assert told == ("" if own and allowed("s", role, kind) else wire.REASON_ROLE), kind


async def seen(rig: Rig, record: bytes) -> int:
    """The version that somebody has seen who reads the record now; 0 of what no terminal reads."""
    cursor = 0
    while True:
        page = await rig.office.feed_page(cursor, Role.STREET, ["lianhu"])
        states = (decode_state(row.state) for row in page.rows)
        found = [state.stamp for state in states if state.id == record]
        if found:
            return found[0]
        if page.digest is not None:
            return 0
        cursor = page.to_seq


async def tell(
    rig: Rig, peer: Peer, record: bytes, kind: str, unit: str, patch: Patch, version: int = 0
) -> str:
    """Push an operation; the reason for which it was refused, ``""`` when it landed."""
    before = rig.office.seq
    await peer.record(rig.clock(), record, kind, unit, patch, version)
    receipt = (await peer.next(wire.Receipts)).items[0]
    refused = receipt.status == wire.STATUS_QUARANTINED
    assert (rig.office.seq == before) == refused, f"{receipt} and seq {rig.office.seq}"
    return receipt.reason


async def script(rig: Rig, unit: str) -> Peer:
    token_id, secret = await rig.office.create_token(unit, rig.clock() + 3_600_000)
    peer = rig.connect()
    await peer.next(wire.Challenge)
    text = token_text(Token(token_id, secret, peer.transport.fingerprint or bytes(32)))
    await peer.send(wire.TokenHello(wire.PROTOCOL, "test", text))
    await peer.next(wire.Welcome)
    return peer


@pytest.mark.parametrize("role", [None, *ROLES], ids=lambda role: role.value if role else "script")
async def test_totals_name_nobody(rig: Rig, role: Role | None) -> None:
    """A neighbour's totals come to every terminal, to no script; in no frame is a record."""
    peer = await (script(rig, G1) if role is None else terminal(rig, G1, role))
    await peer.send(wire.Subscribe(1, G1, 3))
    assert (await peer.next(wire.RollupFrame)).sub == 1
    begun = len(peer.seen)
    await peer.send(wire.Subscribe(2, G2, 3))
    if role is None:
        assert (await peer.closed()).code == wire.CLOSE_NOT_ALLOWED
        assert not any(isinstance(m, wire.RollupFrame) for m in peer.seen[begun:])
    else:
        body = wire.unpack_rollup((await peer.next(wire.RollupFrame)).body)
        assert any(row.metrics.get("households.total") == 1 for row in body.rows)
    told = b"".join(
        wire.unpack(message.body) for message in peer.seen if isinstance(message, wire.RollupFrame)
    )
    assert told
    for kind in KINDS:
        for unit in UNITS:
            assert at(kind, unit) not in told
            assert at(kind, unit).hex().encode() not in told
    assert SECRET.encode() not in told


@pytest.mark.parametrize(
    "message",
    [
        wire.HistoryRequest(1, at("household", G1)),
        wire.Push(bytes(16), 1, wire.pack_list([])),
        wire.Report(0, 0, 0, 0),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_a_script_asks_for_totals_alone(rig: Rig, message: wire.FromTerminal) -> None:
    peer = await script(rig, G1)
    seq = rig.office.seq
    await peer.send(message)
    assert (await peer.closed()).code == wire.CLOSE_PROTOCOL
    assert rig.office.seq == seq
    assert fed(peer) == {}


async def test_a_revoked_terminal_hands_over_and_is_sent_nothing(rig: Rig) -> None:
    key, listed = await rig.enrol(G1, Role.STREET)
    await rig.office.revoke(listed.key_id)
    peer = rig.connect(key)
    assert (await peer.welcome(rig.clock(), epoch=rig.office.epoch)).revoked
    told = await tell(rig, peer, at("check", G1), "check", G1, {"balcony": "x"})
    assert told == wire.REASON_REVOKED
    await peer.send(wire.HistoryRequest(1, at("check", G1)))
    assert not (await peer.next(wire.HistoryReply)).found
    assert fed(peer) == {}


async def test_small_figures_are_told_to_terminals_and_to_no_script(rig: Rig) -> None:
    policy = msgspec.structs.replace(rig.office.policy, suppress_below=5)
    await rig.office.set_policy(policy, "tester", rig.office.policy.version)
    doors = [Draft("household", record_id(5000 + n), G2, {"door": f"1-1-{n}"}) for n in range(9)]
    await rig.office.upsert(doors, "office")
    told: dict[str, tuple[dict[str, int], list[str]]] = {}
    for name, peer in (
        ("script", await script(rig, ABOVE)),
        ("terminal", await terminal(rig, G1, Role.CHECKPOINT)),
    ):
        await peer.send(wire.Subscribe(1, ABOVE, 1))
        body = wire.unpack_rollup((await peer.next(wire.RollupFrame)).body)
        for row in body.rows:
            if row.day == "":
                told[f"{name} {row.unit}"] = (row.metrics, row.small)
    total = "households.total"
    # One hangs on G1, one on the community itself, ten on G2.
    assert [told[f"terminal {unit}"][0][total] for unit in (ABOVE, G1, G2)] == [12, 1, 10]
    assert told[f"script {ABOVE}"][0][total] == 12
    for unit in (G1, G2):
        metrics, small = told[f"script {unit}"]
        assert total not in metrics
        assert total in small
    assert all(not small for name, (_m, small) in told.items() if name.startswith("terminal"))
