"""Every kind between two real terminals and an office: conflicts shown and settled, voiding."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from armband.client.holding import hold_online
from armband.client.terminal import Terminal
from armband.client.world import real_environment
from armband.server.service import Service
from armband.shared.drafts import Draft
from armband.shared.fields import Patch, Value
from armband.shared.ids import opened_record_id
from armband.shared.kinds import CATALOGUE, View
from armband.shared.permissions import Role
from support.full_records import FULL
from support.real_office import real_office, real_terminal
from support.waiting import until, within

TOP = "lianhu"
UNIT = "lianhu/yg/g1"
KINDS = tuple(name for name, kind in CATALOGUE.items() if not kind.append_only)
"""Those of which a record may be changed."""

CHANGED: Mapping[str, tuple[str, Value, Value]] = {
    "unit": ("name", "甲", "乙"),
    "household": ("people", 4, 5),
    "resident": ("phone", "13800000001", "13800000002"),
    "staff": ("posts", ["liaison"], ["police"]),
    "post": ("until", "2099-01-01", "2099-01-02"),
    "resource": ("amount", 1, 2),
    "checkpoint": ("name", "东门", "西门"),
    "visit": ("outcome", "no_answer", "refused"),
    "check": ("temp_tenths", 365, 379),
    "case": ("category", "prevention", "livelihood"),
    "call": ("topic", "returnee", "request"),
    "policy_text": ("text", "甲", "乙"),
    "shop": ("shut", True, False),
    "inspection": ("masks", True, False),
    "rectification": ("due", "2022-04-02", "2022-04-03"),
    "shift": ("ends_min", 500, 510),
    "notice": ("title", "甲", "乙"),
    "ack": ("answer", "coming", "cannot"),
    "service": ("sort", "waste", "medicine"),
    "delivery": ("status", "missed", "done"),
    "round": ("name", "第1轮", "第2轮"),
    "sample": ("status", "refused", "exempt"),
    "returnee": ("phone", "13800000001", "13800000002"),
    "followup": ("temp_tenths", 366, 380),
    "screening": ("result", "abnormal", "not_reached"),
    "inquiry": ("onset", "2022-03-01", "2022-03-02"),
    "stay": ("place", "超市", "学校"),
}
"""By kind, a field, and what the one and the other terminal say of it."""

NOW: Mapping[str, tuple[str, ...]] = {
    "returnee": ("arrived", "starts"),
    "rectification": ("due",),
    "shift": ("day",),
    "round": ("day",),
    "stay": ("day",),
}
"""Days that are today's, so that what a record asks for is due."""


ASKING = {
    "case",
    "followup",
    "household",
    "inquiry",
    "notice",
    "rectification",
    "returnee",
    "round",
    "service",
    "shop",
}
"""The kinds whose full records ask for something at any time of their day."""

OPENED: Mapping[str, tuple[str, ...]] = {
    "inspection": ("measuring", "codes", "disinfection", "masks"),
    "visit": ("need",),
}
"""The records that begin with a full one."""


def full_draft(kind: str, terminal: Terminal) -> Draft:
    """A full record of today."""
    told: Patch = {n: v for n, v in FULL[kind][0].items() if n not in ("at", "day")}
    told |= dict.fromkeys(NOW.get(kind, ()), terminal.today)
    unit = "lianhu/yg/g7" if kind == "unit" else UNIT
    natural = CATALOGUE[kind].natural_id(terminal.identity.office, unit, told)
    return Draft(kind, natural or terminal.new_id(), unit, told)


@asynccontextmanager
async def offline_pair(tmp_path: Path) -> AsyncIterator[tuple[Terminal, Terminal]]:
    """Both terminals again, before they have a line."""
    environment = real_environment()
    async with (
        hold_online(tmp_path / "a", environment) as (a, _a_link),
        hold_online(tmp_path / "b", environment) as (b, _b_link),
    ):
        yield a, b


def has_nothing_waiting(terminal: Terminal) -> bool:
    return not terminal.status.waiting


async def held(*terminals: Terminal) -> None:
    for each in terminals:
        await until(partial(has_nothing_waiting, each), "all is at the office", 20)
        assert not each.status.refused, await each.tray()


async def comes(terminal: Terminal, what: str, there: Callable[[], Awaitable[bool]]) -> None:
    """Look again with every event of the terminal."""
    news = asyncio.Event()
    stop = terminal.listen(lambda _event: news.set())
    while not await there():
        await within(news.wait(), what, 20)
        news.clear()
    stop()


async def figures(service: Service) -> dict[tuple[str, str], dict[str, int]]:
    """Every cell that counts something, of all days."""
    cells = (await service.office.rollup_cells(TOP, 3, "0001-01-01", "9999-12-31")).cells
    counted = {key: {n: c for n, c in row.items() if c} for key, row in cells.items()}
    return {key: row for key, row in counted.items() if row}


async def views(terminal: Terminal, records: Mapping[str, bytes]) -> dict[str, View]:
    """The records as they are here, by kind."""
    found = {kind: await terminal.entry(record) for kind, record in records.items()}
    return {kind: entry.view for kind, entry in found.items() if entry is not None}


async def asking(terminal: Terminal) -> set[str]:
    """The kinds of the records that ask for something."""
    return {task.entry.view.kind for task in (await terminal.todo(limit=2000)).tasks}


async def in_conflict(terminal: Terminal) -> set[tuple[str, str]]:
    return {(conflict.kind, conflict.field) for conflict in await terminal.conflicts()}


async def recorded(tmp_path: Path, service: Service) -> dict[str, bytes]:
    """Two terminals, and a record of each kind that both have; by kind, its id."""
    async with (
        real_terminal(service, tmp_path / "a", TOP, Role.STREET) as (a, _a_link),
        real_terminal(service, tmp_path / "b", TOP, Role.STREET) as (b, _b_link),
    ):
        drafts = [full_draft(kind, a) for kind in KINDS]
        await a.record(drafts)
        await held(a)
        ids = {draft.kind: draft.id for draft in drafts}

        async def all_there() -> bool:
            return len(await views(b, ids)) == len(KINDS)

        await comes(b, "every kind is at the other terminal", all_there)
    return ids


async def test_two_who_change_one_field_unseen_are_shown_it_and_one_settles(tmp_path: Path) -> None:
    async with real_office(tmp_path / "office") as service:
        before = await figures(service)
        ids = await recorded(tmp_path, service)
        async with offline_pair(tmp_path) as (a, b):
            for kind, (field, one, other) in CHANGED.items():
                await a.change(ids[kind], {field: one})
                await b.change(ids[kind], {field: other})
            await conflicts_are_settled(a, b, ids)
            assert (await service.office.audit()).differences == []
            await void_all(a, b, ids)
        assert await figures(service) == before
        assert (await service.office.audit()).differences == []


async def conflicts_are_settled(a: Terminal, b: Terminal, ids: Mapping[str, bytes]) -> None:
    wanted = {(kind, field) for kind, (field, _one, _other) in CHANGED.items()}

    for each in (a, b):
        each.go_online()
    for each in (a, b):

        async def shown(terminal: Terminal = each) -> bool:
            return await in_conflict(terminal) == wanted

        await comes(each, "every conflict is shown", shown)
    for kind, (field, _one, other) in CHANGED.items():
        await a.change(ids[kind], {field: other})
    for each in (a, b):

        async def settled(terminal: Terminal = each) -> bool:
            return not await in_conflict(terminal)

        await comes(each, "every conflict is settled", settled)
    await held(a, b)
    ours, theirs = await views(a, ids), await views(b, ids)
    assert ours == theirs
    for kind, (field, _one, other) in CHANGED.items():
        assert ours[kind].fields[field] == other


async def void_all(a: Terminal, b: Terminal, ids: Mapping[str, bytes]) -> None:
    assert await asking(b) >= ASKING
    opened = {
        f"{kind} {part}": opened_record_id(ids[kind], part)
        for kind, parts in OPENED.items()
        for part in parts
    }
    everything = {**ids, **opened}
    for kind in KINDS:
        await a.void(ids[kind], "记错")

    async def gone() -> bool:
        found = await views(b, everything)
        return all(found[name].void == "记错" for name in everything)

    await comes(b, "everything is voided", gone)
    await held(a, b)
    for each in (a, b):
        assert await asking(each) == set()


def test_the_table_has_every_kind() -> None:
    assert sorted(CHANGED) == sorted(KINDS)
