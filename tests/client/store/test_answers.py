"""Receipts, welcomes, forks, the tray: where each own operation stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.errors import UnknownOperation
from armband.client.model import Standing
from armband.client.sync_port import LinkState
from armband.shared import hlc, wire
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.ids import NO_ID
from support.local import GRID, KEY_ID, START_MS, Local, local_terminal
from support.mini_office import MiniOffice

HOME = b"h" * 16


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


@pytest.fixture
def office(local: Local) -> MiniOffice:
    return MiniOffice(local.clock.now_ms)


def household(record: bytes = HOME, **fields: str) -> Draft:
    return Draft("household", record, GRID, {"door": "3-2-502", **fields})


async def connect(local: Local, office: MiniOffice, **changes: object) -> None:
    point = await local.store.sync_point()
    welcome = office.welcome(KEY_ID, **changes)
    new_epoch = welcome.epoch != point.epoch
    clear = new_epoch or tuple(welcome.scope) != point.scope
    await local.terminal.replica.adopt_welcome(
        welcome, new_epoch=new_epoch, clear_base=clear, now_ms=local.clock.now_ms
    )


async def push(local: Local, office: MiniOffice) -> wire.Receipts:
    batch = await local.store.waiting(0, 500, 1 << 20)
    assert batch is not None
    receipts = office.take(batch, KEY_ID)
    await local.terminal.replica.apply_receipts(receipts, local.clock.now_ms)
    return receipts


async def feed(local: Local, office: MiniOffice, *left: bytes) -> None:
    point = await local.store.sync_point()
    frame, rows = office.feed(point.cursor, left=left)
    await local.terminal.replica.apply_feed(frame, rows, local.clock.now_ms)


async def standing(local: Local, record: bytes = HOME) -> Standing | None:
    entry = await local.terminal.entry(record)
    return entry.standing if entry else None


async def test_written_then_held(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    assert await standing(local) is Standing.WRITTEN
    await push(local, office)
    assert await standing(local) is Standing.HELD
    status = local.terminal.status
    assert (status.written, status.held, status.waiting, status.stable) == (1, 1, 0, 0)
    assert await local.store.waiting(0, 500, 1 << 20) is None


async def test_stable_counts_what_is_inside_a_backup(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household(), household(b"i" * 16)])
    receipts = await push(local, office)
    again = wire.Receipts([], receipts.seq, receipts.hist, stable_seq=1)
    await local.terminal.replica.apply_receipts(again, local.clock.now_ms)
    assert local.terminal.status.stable == 1


async def test_the_newest_witness_is_kept(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    receipts = await push(local, office)
    older = wire.Receipts([], 0, bytes(16), 0)
    await local.terminal.replica.apply_receipts(older, local.clock.now_ms)
    point = await local.store.sync_point()
    assert (point.witness_seq, point.witness_hist) == (receipts.seq, receipts.hist)


async def test_receipts_for_nothing_of_ours_are_passed_over(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    strange = wire.Receipts([wire.Receipt(99, wire.STATUS_ACCEPTED, 5, 5)], 5, b"h" * 16, 0)
    await local.terminal.replica.apply_receipts(strange, local.clock.now_ms)
    assert local.terminal.status.waiting == 1


async def test_refused_work_waits_in_the_tray_and_blocks_nothing(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    office.refuse = lambda patch: wire.REASON_SCOPE if patch.get("head") == "王建国" else ""
    await local.terminal.record([household(head="王建国"), household(b"i" * 16)])
    await push(local, office)
    (refused,) = await local.terminal.tray()
    assert (refused.record, refused.reason, refused.is_new) == (HOME, wire.REASON_SCOPE, True)
    assert refused.patch["head"] == "王建国"
    assert await standing(local) is None
    assert await standing(local, b"i" * 16) is Standing.HELD
    assert local.terminal.status.refused == 1


async def test_mended_work_is_sent_again_and_the_tray_is_empty(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    office.refuse = lambda patch: wire.REASON_INVALID if patch.get("phone") == "13899999999" else ""
    await local.terminal.record([household(phone="13899999999", head="王建国")])
    await push(local, office)
    (refused,) = await local.terminal.tray()
    with pytest.raises(InvalidRecord):
        await local.terminal.mend(refused.op, {"phone": "no number"})
    assert len(await local.terminal.tray()) == 1
    await local.terminal.mend(refused.op, {"phone": "13800000001"})
    assert await local.terminal.tray() == []
    entry = await local.terminal.entry(HOME)
    assert entry is not None
    assert entry.view.fields == {"door": "3-2-502", "phone": "13800000001", "head": "王建国"}
    with pytest.raises(UnknownOperation):
        await local.terminal.mend(refused.op, {"phone": "13800000002"})
    await push(local, office)
    assert await standing(local) is Standing.HELD
    assert (local.terminal.status.held, local.terminal.status.refused) == (1, 0)


async def test_a_refused_change_of_a_record_shows_on_the_record(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    await local.terminal.record([household(phone="13800000001")])
    await push(local, office)
    office.refuse = lambda _patch: wire.REASON_ROLE
    await local.terminal.change(HOME, {"phone": "13800000002"})
    await push(local, office)
    entry = await local.terminal.entry(HOME)
    assert entry is not None
    assert entry.view.fields["phone"] == "13800000001"
    assert entry.standing is Standing.REFUSED
    (refused,) = await local.terminal.tray()
    assert not refused.is_new
    await local.terminal.set_aside(refused.op)
    assert await standing(local) is Standing.HELD
    assert await local.terminal.tray() == []
    with pytest.raises(UnknownOperation):
        await local.terminal.set_aside(refused.op)


async def test_a_new_epoch_makes_all_of_it_wait_again(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household(), household(b"i" * 16)])
    await push(local, office)
    await feed(local, office)
    empty = MiniOffice(local.clock.now_ms, epoch=b"n" * 16)
    await connect(local, empty)
    point = await local.store.sync_point()
    assert (point.epoch, point.cursor, point.witness_seq) == (b"n" * 16, 0, 0)
    assert local.terminal.status.waiting == 2
    assert await standing(local) is Standing.WRITTEN
    await push(local, empty)
    await feed(local, empty)
    assert set(empty.states) == {HOME, b"i" * 16}
    assert await standing(local) is Standing.HELD


async def test_what_was_set_aside_is_pushed_again_but_stays_aside(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    office.refuse = lambda _patch: wire.REASON_ROLE
    await local.terminal.record([household()])
    await push(local, office)
    await local.terminal.set_aside((await local.terminal.tray())[0].op)
    kinder = MiniOffice(local.clock.now_ms, epoch=b"n" * 16)
    await connect(local, kinder)
    assert await standing(local) is None
    await push(local, kinder)
    assert await standing(local) is None
    await local.terminal.replica.rebuild()
    assert await standing(local) is None
    await feed(local, kinder)
    assert await standing(local) is Standing.HELD
    assert await local.terminal.tray() == []


async def test_receipts_beyond_the_offices_head_wait_again(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    await push(local, office)
    head = office.heads[KEY_ID]
    await local.terminal.record([household(b"i" * 16)])
    await push(local, office)
    await connect(local, office, head_counter=head[0], head=head[1])
    assert (local.terminal.status.held, local.terminal.status.waiting) == (1, 1)
    batch = await local.store.waiting(0, 500, 1 << 20)
    assert batch is not None
    assert batch.counter == 2
    assert not local.terminal.status.fork


@pytest.mark.parametrize(("counter", "head"), [(1, b"x" * 16), (7, b"x" * 16)])
async def test_another_chain_at_the_office_is_a_fork(
    local: Local, office: MiniOffice, counter: int, head: bytes
) -> None:
    """The same counter with another id, or operations that this file never held."""
    await connect(local, office)
    await local.terminal.record([household()])
    await push(local, office)
    await connect(local, office, head_counter=counter, head=head)
    assert local.terminal.status.fork
    await local.terminal.record([household(b"i" * 16)])
    assert local.terminal.status.waiting == 2, "that chain says nothing about this one"


async def test_a_changed_scope_empties_the_base_and_keeps_unsent_work(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    office.write(b"o" * 16, "household", {"unit": "lianhu/other", "door": "1"})
    await feed(local, office)
    await local.terminal.record([household()])
    office.scope = ("lianhu/yangguang",)
    await connect(local, office)
    assert await local.terminal.entry(b"o" * 16) is None
    assert await standing(local) is Standing.WRITTEN
    assert local.terminal.identity.scope == ("lianhu/yangguang",)
    assert (await local.store.sync_point()).cursor == 0


async def test_what_the_office_holds_is_out_of_a_revoked_terminals_sight(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    await push(local, office)
    unsent = await local.terminal.record([household(b"u" * 16, door="1-1-101")])
    await connect(local, office, revoked=True, scope=[])
    assert await local.terminal.entry(HOME) is None, "no feed will ever cover it"
    assert await standing(local, unsent[0].id) is Standing.WRITTEN, "this the office lacks"
    await push(local, office)
    assert await local.terminal.entry(unsent[0].id) is None
    assert local.terminal.status.written == 2, "nothing is lost from the file"


async def test_the_welcome_is_who_we_are(local: Local, office: MiniOffice) -> None:
    await connect(local, office, person="赵敏", role="chief", revoked=True)
    who = local.terminal.identity
    assert (who.person, who.role, who.terminal) == ("赵敏", "chief", "t-1")
    assert local.terminal.status.revoked
    assert await local.store.identity() == who


async def test_a_clock_that_ran_ahead_comes_back_when_nothing_waits(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    local.clock.now_ms += 3_600_000
    await local.terminal.record([household()])
    local.clock.now_ms -= 3_600_000
    await push(local, office)
    await local.terminal.record([household(b"i" * 16)])
    batch = await local.store.waiting(1, 1, 1 << 20)
    assert batch is not None
    took_ms = 60_000  # the office's time has gone on meanwhile; no test takes a minute
    assert hlc.stamp_ms(batch.wires[0].hlc) <= local.clock.now_ms + hlc.DRIFT_MS + took_ms


async def test_a_clock_set_back_does_not_take_the_stamps_with_it(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    local.clock.now_ms -= 365 * 86_400_000
    await local.terminal.record([household()])
    seen = (await push(local, office)).items[0].eff
    await local.terminal.record([household(b"i" * 16)])
    batch = await local.store.waiting(1, 1, 1 << 20)
    assert batch is not None
    assert batch.wires[0].hlc > seen


async def test_held_work_shows_with_the_offices_stamp(local: Local, office: MiniOffice) -> None:
    """A clock an hour ahead was brought back: what somebody else wrote after it wins at once."""
    await connect(local, office)
    office.write(HOME, "household", {"unit": GRID, "door": "1", "phone": "13800000000"})
    await feed(local, office)
    seen = office.states[HOME][1].stamp
    local.clock.now_ms += 3_600_000
    await local.terminal.change(HOME, {"phone": "13800000001"})
    office.now_ms += 600_000
    office.write(HOME, "household", {"phone": "13800000002"}, seen=seen)
    await feed(local, office)
    entry = await local.terminal.entry(HOME)
    assert entry is not None
    assert entry.view.fields["phone"] == "13800000001"
    receipt = wire.Receipt(1, wire.STATUS_CONFLICT, 3, hlc.stamp_at(START_MS + hlc.DRIFT_MS))
    answer = wire.Receipts([receipt], 3, b"h" * 16, 0)
    await local.terminal.replica.apply_receipts(answer, local.clock.now_ms)
    entry = await local.terminal.entry(HOME)
    assert entry is not None
    assert entry.view.fields["phone"] == "13800000002"
    assert entry.view.conflicts == ("phone",)


async def test_waiting_hands_out_runs_without_gaps(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household(bytes([n]) * 16) for n in range(1, 7)])
    whole = await local.store.waiting(0, 500, 1 << 20)
    assert whole is not None
    items = [wire.Receipt(3, wire.STATUS_ACCEPTED, 1, 1)]
    await local.terminal.replica.apply_receipts(wire.Receipts(items, 1, b"h" * 16, 0), 0)
    first = await local.store.waiting(0, 500, 1 << 20)
    then = await local.store.waiting(2, 2, 1 << 20)
    small = await local.store.waiting(3, 500, 1)
    assert first is not None
    assert then is not None
    assert small is not None
    assert (first.prev, first.counter, len(first.wires)) == (NO_ID, 1, 2)
    assert (then.counter, len(then.wires)) == (4, 2)
    assert (small.counter, len(small.wires)) == (4, 1)
    assert then.wires == whole.wires[3:5]


async def test_left_records_take_held_work_with_them(local: Local, office: MiniOffice) -> None:
    await connect(local, office)
    await local.terminal.record([household()])
    await push(local, office)
    assert await standing(local) is Standing.HELD
    office.write(HOME, "household", {"unit": "elsewhere/x"})
    await feed(local, office, HOME)
    assert await local.terminal.entry(HOME) is None


async def test_held_work_that_no_base_will_hold_goes_when_all_is_there(
    local: Local, office: MiniOffice
) -> None:
    """Its record hangs outside the scope; the receipt may come before or after the proof."""
    await connect(local, office)
    outside = [Draft("household", bytes([n]) * 16, "elsewhere/x", {"door": "1"}) for n in (1, 2)]
    await local.terminal.record(outside[:1])
    await push(local, office)
    await local.terminal.record(outside[1:])
    batch = await local.store.waiting(0, 500, 1 << 20)
    assert batch is not None
    late = office.take(batch, KEY_ID)
    await feed(local, office)
    assert await standing(local, outside[0].id) is Standing.HELD
    assert await local.terminal.replica.caught_up(office.caught_up(), 0)
    assert await standing(local, outside[0].id) is None
    assert await standing(local, outside[1].id) is Standing.WRITTEN
    await local.terminal.replica.apply_receipts(late, 0)
    assert await standing(local, outside[1].id) is None


async def test_a_receipt_that_comes_after_its_record_has_left_shows_nothing(
    local: Local, office: MiniOffice
) -> None:
    await connect(local, office)
    local.terminal.replica.link_changed(LinkState(connected=True))
    await local.terminal.record([household()])
    batch = await local.store.waiting(0, 500, 1 << 20)
    assert batch is not None
    late = office.take(batch, KEY_ID)
    office.write(HOME, "household", {"unit": "elsewhere/x"})
    await feed(local, office, HOME)
    assert await standing(local) is Standing.WRITTEN
    await local.terminal.replica.apply_receipts(late, local.clock.now_ms)
    assert await local.terminal.entry(HOME) is None
