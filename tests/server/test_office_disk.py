"""One committer: groups, a disk that refuses, a submission that breaks, an office that closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from armband.server.commit import decide
from armband.server.errors import OfficeCannotWrite, UnknownPredecessor
from armband.server.model import Committed, OfficeEvent, Touch, WritableChanged
from armband.server.office import Office, open_office
from armband.server.office.committer import MAX_GROUP_OPS
from armband.server.store.driver import open_database
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.handshake import invite_id
from armband.shared.permissions import Role
from support.commit_world import NOW_MS, OFFICE, Author, batch, office_row, record_id
from support.failing_disk import FailingDisk
from support.waiting import until, within

DOOR = {"unit": OFFICE, "door": "1"}


@dataclass
class Rig:
    office: Office
    disk: FailingDisk
    events: list[OfficeEvent] = field(default_factory=list)

    def of(self, kind: type[OfficeEvent]) -> list[OfficeEvent]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(autouse=True)
def fast_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armband.server.office.committer.RETRY_FIRST_S", 0.01)
    monkeypatch.setattr("armband.server.office.committer.RETRY_MAX_S", 0.02)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    disk = FailingDisk(await open_database(tmp_path / "office.db"))
    await migrated(disk)
    store = SqliteStore(disk, OFFICE)
    await store.create(office_row())
    environment = Environment(lambda: NOW_MS, Random(1).randbytes)
    async with open_office(store, environment) as office:
        made = Rig(office, disk)
        office.listen(made.events.append)
        disk.commits = 0
        yield made
        disk.clear()
        disk.gate.set()


async def test_what_waits_during_a_commit_is_one_group(rig: Rig) -> None:
    rig.disk.gate.clear()
    authors = [Author(f"author {number}") for number in range(20)]
    tasks = [
        asyncio.create_task(rig.office.submit(batch(author.op(number, DOOR))))
        for number, author in enumerate(authors, 1)
    ]
    await asyncio.sleep(0)
    rig.disk.gate.set()
    results = [await within(task, "a receipt") for task in tasks]
    assert rig.disk.commits <= 2
    assert sorted(result.receipts[0].seq for result in results) == list(range(1, 21))
    committed = [event for event in rig.events if isinstance(event, Committed)]
    spans = [(event.from_seq, event.to_seq) for event in committed]
    assert spans[0][0] == 0
    assert spans[-1][1] == 20
    assert all(first[1] == second[0] for first, second in pairwise(spans))


async def test_a_group_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armband.server.office.committer.MAX_GROUP_OPS", 3)
    rig.disk.gate.clear()
    tasks = [
        asyncio.create_task(rig.office.submit(batch(Author(f"a{n}").op(n, DOOR)))) for n in range(9)
    ]
    await asyncio.sleep(0)
    rig.disk.gate.set()
    for task in tasks:
        await within(task, "a receipt")
    assert rig.disk.commits >= 3
    assert MAX_GROUP_OPS > 3


async def test_pushes_of_one_chain_keep_their_order(rig: Rig) -> None:
    zhang = Author("zhang")
    pushes = [batch(zhang.op(1, {**DOOR, "people": n})) for n in range(30)]
    results = await asyncio.gather(*(rig.office.submit(push) for push in pushes))
    assert [result.receipts[0].seq for result in results] == list(range(1, 31))


async def test_listeners_hear_before_the_receipts_go_out(rig: Rig) -> None:
    heard: list[int] = []
    rig.office.listen(lambda _event: heard.append(rig.office.seq))
    result = await rig.office.submit(batch(Author("zhang").op(1, DOOR)))
    assert heard == [1]
    assert (result.seq, result.hist) == (1, rig.office.hist)


async def test_a_broken_listener_stops_nobody(rig: Rig) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: reported.append(context["exception"])
    )
    heard: list[OfficeEvent] = []

    def broken(_event: OfficeEvent) -> None:
        raise ZeroDivisionError

    stop = rig.office.listen(broken)
    rig.office.listen(heard.append)
    await rig.office.submit(batch(Author("zhang").op(1, DOOR)))
    assert len(heard) == 1
    assert [type(error) for error in reported] == [ZeroDivisionError]
    stop()
    await rig.office.submit(batch(Author("li").op(2, DOOR)))
    assert len(reported) == 1


async def test_a_full_disk_holds_pushes_back_and_tells(rig: Rig) -> None:
    rig.disk.fill()
    zhang = Author("zhang")
    task = asyncio.create_task(rig.office.submit(batch(zhang.op(1, DOOR))))
    await until(lambda: rig.disk.refused >= 3, "it is tried again and again")
    assert not task.done()
    assert (rig.office.writable, rig.office.reason) == (False, "the disk is full")
    assert rig.office.cause == wire.CAUSE_FULL
    assert rig.of(WritableChanged) == [WritableChanged(False, "the disk is full")]
    assert rig.office.seq == 0
    second = asyncio.create_task(rig.office.submit(batch(zhang.op(1, {"people": 2}))))
    page = await rig.office.feed_page(0, Role.GRID, [OFFICE])
    assert page.rows == [], "reading goes on"
    rig.disk.clear()
    assert (await within(task, "the receipt")).receipts[0].seq == 1
    assert (await within(second, "the receipt")).receipts[0].seq == 2
    assert rig.of(WritableChanged)[-1] == WritableChanged(True, "")
    assert rig.office.writable
    assert rig.office.cause == ""
    assert (await rig.office.audit()).differences == []


async def test_a_command_is_told_at_once_that_the_disk_is_full(rig: Rig) -> None:
    rig.disk.fill()
    drafts = [Draft("household", record_id(1), OFFICE, {"door": "1"})]
    with pytest.raises(OfficeCannotWrite, match="disk is full"):
        await within(rig.office.upsert(drafts, "office"), "the refusal")
    rig.disk.clear()
    await until(lambda: rig.office.writable, "the office finds out by itself")
    assert await rig.office.upsert(drafts, "office") == ["new"]


async def test_a_submission_that_breaks_the_commit_stops_nobody(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Author("poison")

    class Poisoned(decide.Decision):
        def _take(self, submission: decide.Submission) -> decide.Answer:
            if getattr(submission, "key_id", b"") == poison.key_id:
                raise ZeroDivisionError
            return super()._take(submission)

    monkeypatch.setattr("armband.server.office.committer.Decision", Poisoned)
    rig.disk.gate.clear()
    before, after = Author("before"), Author("after")
    tasks = [
        asyncio.create_task(rig.office.submit(batch(author.op(n, DOOR))))
        for n, author in enumerate((before, poison, after, before), 1)
    ]
    await asyncio.sleep(0)
    rig.disk.gate.set()
    results = await within(asyncio.gather(*tasks, return_exceptions=True), "all answers")
    assert [type(result).__name__ for result in results] == [
        "BatchResult",
        "ZeroDivisionError",
        "BatchResult",
        "BatchResult",
    ]
    assert rig.office.writable


async def test_a_submitter_that_leaves_does_not_stop_the_others(rig: Rig) -> None:
    rig.disk.gate.clear()
    leaving = asyncio.create_task(rig.office.submit(batch(Author("zhang").op(1, DOOR))))
    staying = asyncio.create_task(rig.office.submit(batch(Author("li").op(2, DOOR))))
    await asyncio.sleep(0)
    leaving.cancel()
    rig.disk.gate.set()
    assert (await within(staying, "the receipt")).seq == 2
    assert leaving.cancelled()


async def test_a_push_whose_terminal_left_while_the_disk_was_full_stays_before_the_next(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.office.committer.MAX_GROUP_OPS", 1)
    zhang = Author("zhang")
    pushes = [batch(zhang.op(number, DOOR), repushing=True) for number in (1, 2)]
    rig.disk.fill()
    leaving, staying = (asyncio.create_task(rig.office.submit(push)) for push in pushes)
    await until(lambda: not rig.office.writable, "the disk is full")
    leaving.cancel()
    before = rig.disk.refused
    await until(lambda: rig.disk.refused >= before + 2, "it is tried again")
    rig.disk.clear()
    result = await within(staying, "a receipt")
    assert result.receipts[0].seq == 2, "the first one was not dropped"
    assert await rig.office.forks() == {}


async def test_a_batch_without_its_predecessor_is_refused_whole(rig: Rig) -> None:
    zhang = Author("zhang")
    zhang.op(1, DOOR)
    with pytest.raises(UnknownPredecessor) as caught:
        await rig.office.submit(batch(zhang.op(2, DOOR)))
    assert (caught.value.key_id, caught.value.counter) == (zhang.key_id, 2)
    assert rig.office.seq == 0
    assert rig.events == []


async def test_a_repeat_writes_nothing_and_tells_nobody(rig: Rig) -> None:
    op = Author("zhang").op(1, DOOR)
    first = await rig.office.submit(batch(op))
    rig.events.clear()
    assert (await rig.office.submit(batch(op))).receipts == first.receipts
    assert rig.events == []


async def test_too_many_waiting_operations_make_their_submitters_wait(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.office.committer.MAX_QUEUED_OPS", 2)
    rig.disk.gate.clear()
    tasks = [
        asyncio.create_task(rig.office.submit(batch(Author(f"a{n}").op(n, DOOR)))) for n in range(6)
    ]
    for _ in range(10):
        await asyncio.sleep(0)
    committer = rig.office._committer
    assert committer._queued_ops <= 2
    rig.disk.gate.set()
    seqs = [(await within(task, "a receipt")).receipts[0].seq for task in tasks]
    assert seqs == sorted(seqs), "they keep their order"


async def test_closing_commits_what_is_waiting(tmp_path: Path) -> None:
    environment = Environment(lambda: NOW_MS, Random(1).randbytes)
    database = await open_database(tmp_path / "office.db")
    await migrated(database)
    store = SqliteStore(database, OFFICE)
    await store.create(office_row())
    async with open_office(store, environment) as office:
        task = asyncio.create_task(office.submit(batch(Author("zhang").op(1, DOOR))))
        await asyncio.sleep(0)
    assert (await task).receipts[0].status == wire.STATUS_ACCEPTED
    with pytest.raises(OfficeCannotWrite, match="closing"):
        await office.submit(batch(Author("li").op(2, DOOR)))


async def test_closing_with_a_full_disk_says_so_and_ends(rig: Rig) -> None:
    rig.disk.fill()
    task = asyncio.create_task(rig.office.submit(batch(Author("zhang").op(1, DOOR))))
    await until(lambda: not rig.office.writable, "the disk refuses")
    await within(rig.office._committer.close(), "the committer ends")
    with pytest.raises(OfficeCannotWrite, match="full"):
        await task


async def test_what_terminals_say_reaches_the_disk_with_a_commit_or_at_the_end(
    rig: Rig,
) -> None:
    code = await rig.office.create_invite(OFFICE, Role.GRID, "张三", NOW_MS + 1)
    terminal = await rig.office.take_invite(invite_id(code), b"p" * 32)
    rig.office.touch(terminal.key_id, Touch(NOW_MS + 5, "armband 1"))
    rig.office.touch(terminal.key_id, Touch(NOW_MS + 6, report=wire.Report(1, 2, 3, 4)))
    (shown,) = await rig.office.terminals()
    assert (shown.last_seen_ms, shown.software, shown.refused) == (NOW_MS + 6, "armband 1", 3)
    rig.disk.fill()
    task = asyncio.create_task(rig.office.submit(batch(Author("zhang").op(1, DOOR))))
    await until(lambda: not rig.office.writable, "the disk refuses")
    rig.disk.clear()
    await within(task, "the receipt")
    (kept,) = await rig.office._store.terminals()
    assert kept == shown, "a commit that failed did not lose it"


async def test_a_committer_that_fails_leaves_nobody_waiting(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = rig.office._committer

    def broken(_changes: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(committer, "_committed", broken)
    rig.disk.gate.clear()
    first = asyncio.create_task(rig.office.submit(batch(Author("zhang").op(1, DOOR))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(rig.office.submit(batch(Author("li").op(2, DOOR))))
    await asyncio.sleep(0)
    rig.disk.gate.set()
    assert (await within(first, "the receipt of what is on the disk")).receipts
    with pytest.raises(OfficeCannotWrite, match="committer failed"):
        await within(second, "the refusal")
    with pytest.raises(ZeroDivisionError):
        await committer.close()
    monkeypatch.setattr(committer, "_task", None)
