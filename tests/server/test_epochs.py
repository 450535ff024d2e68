"""One key cannot have the office begin anew again and again."""

from __future__ import annotations

from armband.server.admin import Admin
from armband.server.cli import terminals
from armband.server.office.epochs import ALLOWED, WITHIN_MS, EpochAllowance
from armband.shared import wire
from armband.shared.permissions import Role
from support.office_rig import G1, Rig, check, terminal
from support.peer import Key

A, B = b"a" * 16, b"b" * 16


def test_each_key_has_so_many_within_the_hour() -> None:
    allowance = EpochAllowance()
    for at_ms in range(ALLOWED):
        assert allowance.allows(A, at_ms)
        allowance.caused(A, at_ms)
    assert not allowance.allows(A, WITHIN_MS - 1)
    assert allowance.allows(B, WITHIN_MS - 1)
    assert allowance.allows(A, WITHIN_MS)
    assert dict(allowance.refused) == {A: 1}


def test_a_clock_that_is_set_back_neither_renews_nor_blocks_for_ever() -> None:
    allowance = EpochAllowance()
    for _ in range(ALLOWED):
        allowance.caused(A, WITHIN_MS * 10)
    assert not allowance.allows(A, WITHIN_MS * 10 - 5)
    assert allowance.allows(A, 0)


async def spent(rig: Rig) -> tuple[Key, bytes]:
    """A key that has had its allowance, and the office's epoch then."""
    key, _listed = await rig.enrol(G1, Role.GRID)
    for _ in range(ALLOWED):
        before = rig.office.epoch
        witness = (rig.office.seq, b"x" * 16)
        await rig.connect(key).welcome(rig.clock(), epoch=before, witness=witness)
        assert rig.office.epoch != before
    return key, rig.office.epoch


async def test_a_witness_shown_too_often_sends_its_terminal_alone_back_to_the_start(
    rig: Rig,
) -> None:
    key, epoch = await spent(rig)
    bystander = await terminal(rig)
    peer = rig.connect(key)
    witness = (rig.office.seq, b"x" * 16)
    welcome = await peer.welcome(rig.clock(), epoch=epoch, cursor=rig.office.seq, witness=witness)
    assert welcome.epoch != epoch
    assert rig.office.epoch == epoch
    assert (await peer.next(wire.Feed)).from_seq == 0
    await check(rig, peer, 1)
    assert (await peer.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED
    await check(rig, bystander, 2)
    assert (await bystander.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED
    # The next time it learns the office's epoch, and all is as with anybody else.
    later = await rig.connect(key).welcome(rig.clock(), epoch=welcome.epoch)
    assert later.epoch == epoch


async def test_an_unknown_predecessor_too_often_is_a_branch_of_its_own(rig: Rig) -> None:
    key, epoch = await spent(rig)
    peer = rig.connect(key)
    await peer.welcome(rig.clock(), epoch=epoch)
    key.prev, key.counter = b"lost-predecessor", 6
    await check(rig, peer, 1)
    assert (await peer.next(wire.Receipts)).items[0].status == wire.STATUS_ACCEPTED
    assert rig.office.epoch == epoch
    assert await rig.office.forks() == {key.id: 1}
    listed = await Admin(rig.office, rig.environment).call("terminals", {})
    assert [one["epochs_refused"] for one in listed] == [1]
    assert terminals.row(listed[0])[-2:] == (
        "trusted",
        "forked 1x: enrol it anew; claimed lost history 1x too often",
    )
    assert terminals.row({**listed[0], "forks": 0, "epochs_refused": 0})[-1] == ""
