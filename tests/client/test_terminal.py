"""The facade: what screens may rely on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client import keys, lock
from armband.client.errors import NotEnrolled, StoreFull, StoreHeld, StoreUnusable, UnknownRecord
from armband.client.founding import make_terminal
from armband.client.model import (
    Event,
    IdentityChanged,
    LedgerQuery,
    RecordsChanged,
    Standing,
    StatusChanged,
)
from armband.client.sync_port import LinkState
from armband.client.terminal import open_terminal
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from support.local import GRID, KEY_ID, Clock, Local, acting_as, local_terminal
from support.mini_office import MiniOffice
from support.waiting import until, within

HOME, WHO = b"h" * 16, b"w" * 16
CHECK: Patch = {"code": "green", "decision": "passed", "temp_tenths": 365}


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


def check(record: bytes = b"c" * 16, **fields: object) -> Draft:
    return Draft("check", record, GRID, {**CHECK, **fields})  # type: ignore[dict-item]  # any value


# -- saving -----------------------------------------------------------------------------------


async def test_saved_survives_the_next_opening(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        saved = await local.terminal.record([check(resident=WHO.hex())])
        assert [(s.id, s.kind) for s in saved] == [(b"c" * 16, "check")]
    async with local_terminal(tmp_path) as local:
        entry = await local.terminal.entry(b"c" * 16)
        assert entry is not None
        assert entry.view.fields["resident"] == WHO.hex()
        assert local.terminal.status.waiting == 1


async def test_one_bad_draft_and_nothing_is_saved(local: Local) -> None:
    with pytest.raises(InvalidRecord):
        await local.terminal.record([check(), check(b"d" * 16, code="blue")])
    assert await local.terminal.entry(b"c" * 16) is None
    assert local.terminal.status.written == 0
    await local.terminal.record([check()])
    assert local.terminal.status.written == 1


async def test_correct_then_void(local: Local) -> None:
    await local.terminal.record([check()])
    await local.terminal.change(b"c" * 16, {"temp_tenths": 371, "reason": "看错"})
    await local.terminal.void(b"c" * 16, "测试")
    entry = await local.terminal.entry(b"c" * 16)
    assert entry is not None
    assert (entry.view.void, entry.view.fields["temp_tenths"]) == ("测试", 371)
    history = await local.terminal.history(b"c" * 16)
    assert [h.patch.get("temp_tenths") for h in history.entries] == [365, 371, None]
    assert not history.complete
    with pytest.raises(UnknownRecord):
        await local.terminal.void(b"x" * 16, "测试")


async def test_a_full_disk_loses_nothing_but_this_save(local: Local) -> None:
    await local.terminal.record([check()])

    async def limit(pages: int) -> None:
        await local.store._db.write(
            lambda conn: conn.execute(f"PRAGMA max_page_count = {pages}").fetchone()
        )

    await limit(1)
    with pytest.raises(StoreFull):
        await local.terminal.record([check(bytes([n]) * 16, note="长" * 3000) for n in range(20)])
    assert (await local.terminal.ledger(LedgerQuery("check"), 0, 10)).total == 1
    await limit(1_000_000)
    await local.terminal.record([check(b"d" * 16)])
    assert local.terminal.status.written == 2
    batch = await local.store.waiting(0, 10, 1 << 20)
    assert batch is not None
    assert len(batch.wires) == 2


async def test_a_cancelled_save_is_whole_and_told(local: Local) -> None:
    heard: list[Event] = []
    local.terminal.listen(heard.append)
    saving = asyncio.ensure_future(local.terminal.record([check()]))
    await asyncio.wait([saving], timeout=0)
    saving.cancel()
    await asyncio.wait([saving])
    await until(lambda: local.terminal.status.written == 1, "the cancelled save is finished")
    await until(lambda: RecordsChanged(frozenset({"check"})) in heard, "its news")
    assert await local.terminal.entry(b"c" * 16) is not None


async def test_saves_at_the_same_moment_make_one_chain(local: Local) -> None:
    drafts = [check(bytes([n]) * 16) for n in range(1, 21)]
    await asyncio.gather(*(local.terminal.record([draft]) for draft in drafts))
    office = MiniOffice(local.clock.now_ms)
    batch = await local.store.waiting(0, 500, 1 << 20)
    assert batch is not None
    office.take(batch, KEY_ID)
    assert set(office.states) == {draft.id for draft in drafts}


# -- news -------------------------------------------------------------------------------------


async def test_bursts_are_joined_and_told_on_the_loop(local: Local) -> None:
    heard: list[Event] = []
    stop = local.terminal.listen(heard.append)
    announcer = local.terminal.replica.announcer
    for kind in ("check", "visit", "check"):
        announcer.records(frozenset({kind}))
    announcer.rollups()
    assert heard == []
    await until(lambda: len(heard) == 2, "one event of each sort")
    assert heard[0] == RecordsChanged(frozenset({"check", "visit"}))
    stop()
    announcer.rollups()
    await local.terminal.record([check()])
    assert len(heard) == 2


async def test_a_listener_may_stop_while_it_is_told(local: Local) -> None:
    heard: list[str] = []

    def once(_event: Event) -> None:
        heard.append("a")
        stop()

    stop = local.terminal.listen(once)
    local.terminal.listen(lambda _e: heard.append("b"))
    local.terminal.replica.announcer.rollups()
    await until(lambda: heard == ["a", "b"], "both are told once")


async def test_the_sync_line_joins_counts_and_connection(local: Local) -> None:
    heard: list[Event] = []
    local.terminal.listen(heard.append)
    local.terminal.replica.link_changed(
        LinkState(connected=True, catching_up=True, last_contact=5, clock_offset_ms=-3, problem="x")
    )
    status = local.terminal.status
    assert (status.connected, status.catching_up, status.last_contact) == (True, True, 5)
    assert (status.clock_offset_ms, status.problem) == (-3, "x")
    await until(lambda: StatusChanged(status) in heard, "the status is told")
    await local.terminal.record([check()])
    assert local.terminal.status.connected
    assert local.terminal.status.waiting == 1


async def test_the_offices_word_on_who_we_are_is_told(local: Local) -> None:
    heard: list[Event] = []
    local.terminal.listen(heard.append)
    welcome = MiniOffice(local.clock.now_ms).welcome(KEY_ID, role="chief")
    await local.terminal.replica.adopt_welcome(welcome, new_epoch=True, clear_base=True, now_ms=1)
    await until(lambda: any(isinstance(e, IdentityChanged) for e in heard), "the news")
    assert local.terminal.identity.role == "chief"


# -- typed, chosen, seen ----------------------------------------------------------------------


async def test_drafts_and_choices_survive(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        await local.terminal.save_draft("visit", {"note": "老人在家"})
        local.clock.now_ms += 1
        await local.terminal.save_draft("check", {"line": "lxt36"})
        await local.terminal.save_draft("check", {"line": "lxt365"})
        await local.terminal.set_preference("checkpoint", "a")
        await local.terminal.set_preference("checkpoint", "b")
    async with local_terminal(tmp_path) as local:
        drafts = await local.terminal.drafts()
        assert list(drafts.items()) == [
            ("check", {"line": "lxt365"}),
            ("visit", {"note": "老人在家"}),
        ]
        await local.terminal.drop_draft("check")
        assert list(await local.terminal.drafts()) == ["visit"]
        assert await local.terminal.preference("checkpoint") == "b"
        assert await local.terminal.preference("language") == ""


async def test_today_is_the_offices_day(tmp_path: Path) -> None:
    clock = Clock()
    async with local_terminal(tmp_path, clock) as local:
        assert local.terminal.today == "2022-03-24"
        clock.now_ms += 16 * 3_600_000
        assert local.terminal.today == "2022-03-25"


async def test_checkpoints_and_units_are_listed(local: Local) -> None:
    gates = [Draft("checkpoint", bytes([n]) * 16, GRID, {"name": f"{n}号门"}) for n in (10, 9)]
    grid = Draft("unit", b"u" * 16, GRID, {"name": "第3网格", "level": "grid"})
    with acting_as(local.terminal):
        await local.terminal.record([*gates, grid])
    names = [entry.view.text("name") for entry in await local.terminal.checkpoints()]
    assert names == ["9号门", "10号门"]
    assert await local.terminal.units() == {GRID: wire.UnitName(GRID, "第3网格", "grid")}
    with acting_as(local.terminal):
        await local.terminal.change(b"u" * 16, {"name": "三网格"})
    assert (await local.terminal.units())[GRID].name == "三网格"


async def test_two_values_unseen_are_a_conflict_that_is_settled_offline(local: Local) -> None:
    office = MiniOffice(local.clock.now_ms)
    office.write(HOME, "household", {"unit": GRID, "door": "3-2-502", "phone": "13800000000"})
    frame, rows = office.feed(0)
    await local.store.apply_feed(frame, rows, 0)
    await local.terminal.change(HOME, {"phone": "13800000001"})
    office.write(HOME, "household", {"phone": "13800000002"})
    frame, rows = office.feed(1)
    await local.terminal.replica.apply_feed(frame, rows, 0)
    (conflict,) = await local.terminal.conflicts()
    assert (conflict.record, conflict.field, conflict.title) == (HOME, "phone", "3-2-502")
    assert {c.value for c in conflict.choices} == {"13800000001", "13800000002"}
    assert {c.author for c in conflict.choices} == {"李雪婷", "other"}
    assert local.terminal.status.conflicts == 1
    await local.terminal.change(HOME, {"phone": "13800000002"})
    assert await local.terminal.conflicts() == []
    entry = await local.terminal.entry(HOME)
    assert entry is not None
    assert (entry.view.fields["phone"], entry.standing) == ("13800000002", Standing.WRITTEN)


# -- opening ----------------------------------------------------------------------------------


def enrolled(folder: Path) -> Path:
    key = keys.key_from_seed(b"s" * 32)
    enrolment = keys.Enrolment("lianhu", "莲湖街道", "t-7", "wss://x", "grid", [GRID])
    make_terminal(folder, keys.Identity(enrolment, key, PEM))
    return folder


PEM = """-----BEGIN CERTIFICATE-----
AAAA
-----END CERTIFICATE-----
"""


async def test_an_enrolled_folder_opens(tmp_path: Path) -> None:
    enrolled(tmp_path)
    environment = Clock().environment
    async with open_terminal(tmp_path, environment) as terminal:
        assert (terminal.identity.terminal, terminal.identity.scope) == ("t-7", (GRID,))
        await terminal.record([check()])
        with pytest.raises(StoreHeld):
            async with open_terminal(tmp_path, environment):
                raise AssertionError("two processes hold one store")
    async with open_terminal(tmp_path, environment) as terminal:
        assert terminal.status.waiting == 1
    lock.hold(tmp_path).release()


async def test_a_folder_that_is_not_enrolled_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        async with open_terminal(tmp_path, Clock().environment):
            raise AssertionError("opened")


async def test_reads_do_not_wait_for_a_slow_save(local: Local) -> None:
    """The disk takes its time; the ledger answers all the same."""
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_conn: object) -> None:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(5)

    writing = asyncio.ensure_future(local.store._db.write(slow))
    page = await within(local.terminal.ledger(LedgerQuery("check"), 0, 10), "a page")
    assert page.total == 0
    gate.set()
    await writing


async def test_closing_finishes_what_is_being_saved(tmp_path: Path) -> None:
    async with local_terminal(tmp_path) as local:
        saving = asyncio.ensure_future(local.terminal.record([check()]))
        await asyncio.wait([saving], timeout=0)
    assert [saved.id for saved in await saving] == [b"c" * 16]
    with pytest.raises(StoreUnusable):
        await local.terminal.record([check()])
    with pytest.raises(StoreUnusable):
        await local.terminal.entry(b"c" * 16)
