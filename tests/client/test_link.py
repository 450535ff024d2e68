"""The link against a real office through a fake wire, with real stores on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.errors import NotAllowed, OfficeUnreachable
from armband.client.model import Event, StatusChanged, SyncStatus
from armband.client.terminal import Terminal
from armband.shared import limits, wire
from armband.shared.drafts import Draft
from armband.shared.permissions import Role
from support.office_rig import Rig, office_rig
from support.terminals import is_live, place
from support.waiting import until, within

UNIT = "lianhu/yg/g1"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


def household(terminal: Terminal, door: str, unit: str = UNIT, **fields: str) -> Draft:
    return Draft("household", terminal.new_id(), unit, {"door": door, **fields})


async def arrived(terminal: Terminal, record: bytes) -> None:
    """Wait until a record is on a terminal."""
    heard: list[Event] = []
    stop = terminal.listen(heard.append)
    while await terminal.entry(record) is None:
        before = len(heard)
        await until(lambda: len(heard) > before, "news")  # noqa: B023 used at once
    stop()


async def test_a_record_reaches_the_office_and_the_other_terminal(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a, place(rig, tmp_path / "b") as b:
        draft = household(a.terminal, "3-2-502", head="李雪婷")
        await a.terminal.record([draft])
        await until(lambda: a.terminal.status.held == 1, "the office holds it")
        assert a.terminal.status.waiting == 0
        await within(arrived(b.terminal, draft.id), "it arrives")
        entry = await b.terminal.entry(draft.id)
        assert entry is not None
        assert entry.view.fields["head"] == "李雪婷"


async def test_what_is_recorded_offline_drains_when_the_office_is_back(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a", online=False) as a:
        a.wire.up = False
        a.terminal.go_online()
        await until(lambda: a.wire.attempts > 0, "an attempt")
        count = limits.MAX_BATCH_OPS * (limits.PUSH_WINDOW + 1)
        await a.terminal.record([household(a.terminal, f"1-1-{n}") for n in range(count)])
        assert a.terminal.status.waiting == count
        a.wire.up = True
        # No key is pressed: the next attempt comes by itself.
        await until(lambda: a.terminal.status.held == count, "everything drains", 20)
        assert is_live(a.terminal)
        assert a.terminal.status.waiting == 0


async def test_a_save_whose_caller_is_gone_is_sent_all_the_same(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a:
        saving = asyncio.ensure_future(a.terminal.record([household(a.terminal, "3-2-502")]))
        await asyncio.sleep(0)
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        await until(lambda: a.terminal.status.held == 1, "the office holds it")


async def test_a_cut_connection_is_made_again_and_nothing_is_lost_or_doubled(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a") as a:
        for n in range(8):
            await a.terminal.record([household(a.terminal, f"2-1-{n}")])
            a.wire.cut()
            if n % 2:
                await until(lambda: is_live(a.terminal), "the connection is back", 10)
        await until(lambda: a.terminal.status.held == 8, "everything drains", 10)
        assert rig.office.seq == len_of_rig_units() + 8


def len_of_rig_units() -> int:
    from support.office_rig import UNITS

    # The office's own unit stands above those of the rig.
    return len(UNITS) + 1


async def test_a_damaged_frame_closes_this_connection_only(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a, place(rig, tmp_path / "b") as b:
        assert a.wire.newest is not None
        a.wire.newest._in.frames.append(b"\xc1 no message")
        async with a.wire.newest._in.changed:
            a.wire.newest._in.changed.notify_all()
        await until(lambda: a.wire.attempts == 2 and is_live(a.terminal), "it connects again")
        assert b.wire.attempts == 1
        assert is_live(b.terminal)


async def test_the_status_tells_of_the_connection(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a:
        told: list[SyncStatus] = []

        def hear(event: Event) -> None:
            if isinstance(event, StatusChanged):
                told.append(event.status)

        a.terminal.listen(hear)
        a.wire.up = False
        a.wire.cut()
        await until(lambda: a.wire.attempts >= 2, "attempts in vain")
        await until(lambda: a.terminal.status.problem, "the problem is told")
        assert not a.terminal.status.connected
        assert a.terminal.status.last_contact == rig.clock.now_ms
        a.wire.up = True
        a.link.hurry()
        await until(lambda: is_live(a.terminal), "the connection is back")
        await until(lambda: bool(told) and told[-1].connected, "listeners hear it")
        assert a.terminal.status.problem == ""


async def test_drain_pushes_all_and_leaves(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a", online=False) as a:
        await a.terminal.record([household(a.terminal, f"1-1-{n}") for n in range(700)])
        await within(a.link.drain(), "drained", 20)
        assert a.terminal.status.held == 700
        assert not a.terminal.status.connected
        assert a.wire.attempts == 1


async def test_who_has_drained_is_listed_as_drained(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a", online=False) as a:
        count = limits.MAX_BATCH_OPS + 1
        await a.terminal.record([household(a.terminal, f"1-1-{n}") for n in range(count)])
        await within(a.link.drain(), "drained", 20)
        await within(asyncio.gather(*rig.tasks), "the office has read it all")
        (listed,) = await rig.office.terminals()
        assert (listed.written, listed.waiting) == (count, 0)


async def test_drain_says_that_the_office_cannot_be_reached(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a", online=False) as a:
        a.wire.up = False
        with pytest.raises(OfficeUnreachable):
            await within(a.link.drain(), "an answer")
        assert a.wire.attempts == 1


async def test_a_revoked_terminal_is_told_and_what_it_held_is_in_the_tray(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a", online=False) as a:
        await a.terminal.record([household(a.terminal, "1-1-101")])
        from armband.client.keys import load_identity

        await rig.office.revoke(load_identity(tmp_path / "a").key.key_id)
        with pytest.raises(NotAllowed, match="revoked"):
            await within(a.link.drain(), "an answer")
        (refused,) = await a.terminal.tray()
        assert refused.reason == wire.REASON_REVOKED
        assert a.terminal.status.revoked


async def test_what_is_out_of_scope_lands_in_the_tray_and_blocks_nothing(
    rig: Rig, tmp_path: Path
) -> None:
    async with place(rig, tmp_path / "a") as a:
        await a.terminal.record(
            [household(a.terminal, "1-1-1", "lianhu/hy/g1"), household(a.terminal, "1-1-2")]
        )
        await until(lambda: a.terminal.status.waiting == 0, "both are answered")
        (refused,) = await a.terminal.tray()
        assert refused.reason == wire.REASON_SCOPE
        assert a.terminal.status.held == 1


async def test_history_comes_from_the_office(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a:
        draft = household(a.terminal, "3-2-502", head="李雪婷")
        await a.terminal.record([draft])
        await a.terminal.change(draft.id, {"head": "李小婷"})
        await until(lambda: a.terminal.status.held == 2, "the office holds both")
        history = await a.terminal.history(draft.id)
        assert history.complete
        assert [entry.patch["head"] for entry in history.entries] == ["李雪婷", "李小婷"]
        a.wire.cut()
        await until(lambda: not a.terminal.status.connected, "it is gone")
        with pytest.raises(OfficeUnreachable):
            await a.link.history(draft.id)


async def test_figures_arrive_over_the_link_and_again_after_a_cut(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a") as a, place(rig, tmp_path / "b") as b:
        with b.link.read_figures("lianhu/yg", 1, "", "") as reading:
            await until(reading.changed.is_set, "the first figures")
            for total in (1, 2):
                await a.terminal.record([household(a.terminal, f"1-1-{total}")])

                def counted(wanted: int = total) -> bool:
                    rows = reading.figures.report().rows
                    return rows[0].metrics.get("households.total") == wanted

                await until(counted, f"{total} households are counted")
                b.wire.cut()
        assert reading.figures.report().unit == "lianhu/yg"


async def test_figures_outside_the_scope_are_never_asked_for(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a", role=Role.GRID) as a:
        with a.link.read_figures("lianhu/hy", 1, "", ""):
            draft = household(a.terminal, "1-1-1")
            await a.terminal.record([draft])
            await until(lambda: a.terminal.status.held == 1, "the connection lives on")
        assert a.wire.attempts == 1
