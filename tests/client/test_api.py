"""The public API of scripts, against a real office: in turns and with an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import aclosing
from pathlib import Path

import pytest

from armband.client.api import NotAllowed, Office, Usage, connect, connect_async
from armband.client.enrolment import enrol
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.certificate import load_certificate
from armband.server.service import Service
from armband.shared.drafts import Draft
from armband.shared.tokens import Token, token_text
from support.real_office import HOUR_MS, invited, real_office
from support.waiting import within

G1 = "lianhu/yg/g1"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Service]:
    async with real_office(tmp_path / "office") as service:
        yield service


@pytest.fixture
async def token(office: Service, tmp_path: Path) -> str:
    expires_ms = real_environment().now_ms() + HOUR_MS
    token_id, secret = await office.office.create_token("lianhu/yg", expires_ms)
    fingerprint = load_certificate(tmp_path / "office").fingerprint
    return token_text(Token(token_id, secret, fingerprint))


def door(number: int) -> Draft:
    return Draft("household", number.to_bytes(16, "big"), G1, {"door": f"1-1-{number}"})


async def test_figures_once_and_for_a_range(office: Service, token: str) -> None:
    await office.office.upsert([door(1)], "test")
    asked = connect_async(url=office.url, token=token)
    report = await within(asked.rollups(depth=0), "the figures")
    assert report.rows[0].metrics["households.total"] == 1
    ranged = await asked.rollups(G1, depth=0, day_from="2022-03-01", day_to="2022-03-03")
    assert [row.day for row in ranged.rows] == ["2022-03-01", "2022-03-02", "2022-03-03"]
    with pytest.raises(NotAllowed):
        await asked.rollups("lianhu")


async def test_a_watch_goes_on_where_the_last_one_stopped(office: Service, token: str) -> None:
    asked = connect_async(url=office.url, token=token)
    async with aclosing(asked.watch(depth=0)) as reports:
        first = await within(anext(reports), "the first figures")
        await office.office.upsert([door(1)], "test")
        second = await within(anext(reports), "the change")
    assert second.as_of.seq > first.as_of.seq
    async with aclosing(asked.watch(depth=0, since=second.as_of.seq)) as reports:
        waiting = asyncio.ensure_future(anext(reports))
        await office.office.upsert([door(2)], "test")
        third = await within(waiting, "only what is newer")
    assert third.rows[0].metrics["households.total"] == 2


async def test_without_an_event_loop_of_its_own(office: Service, token: str) -> None:
    asked = connect(url=office.url, token=token)

    def script() -> list[int]:
        counts = [asked.rollups(depth=0).rows[0].metrics.get("households.total", 0)]
        reports = asked.watch(depth=0)
        counts.append(next(reports).rows[0].metrics.get("households.total", 0))
        asyncio.run_coroutine_threadsafe(office.office.upsert([door(1)], "test"), loop).result(5)
        counts.append(next(reports).rows[0].metrics.get("households.total", 0))
        assert isinstance(reports, Generator)
        reports.close()
        return counts

    loop = asyncio.get_running_loop()
    assert await within(asyncio.to_thread(script), "the script") == [0, 0, 1]


async def test_only_a_terminal_has_a_status(office: Service, token: str, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    await enrol(folder, await invited(office), office.url, real_environment(), open_unpinned)
    status = await connect_async(data_dir=folder).status()
    assert (status.written, status.waiting) == (0, 0)
    with pytest.raises(Usage, match="token"):
        await connect_async(url=office.url, token=token).status()
    assert isinstance(connect(data_dir=folder), Office)
