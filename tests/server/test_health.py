"""What monitoring is told: over real sockets, of a real office, also of one that cannot write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from armband.server.board.gather import SILENT_AFTER_MS
from armband.server.certificate import make_certificate
from armband.server.errors import BadRequest
from armband.server.health.exposition import Figure, exposition
from armband.server.health.figures import Figures
from armband.server.health.listener import HealthListener
from armband.server.health.timings import Timings
from armband.server.office import Office, create_office, open_office
from armband.server.service import serve_office
from armband.server.store.driver import open_database
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared.environment import Environment
from armband.shared.handshake import invite_id
from armband.shared.permissions import Role
from support.commit_world import NOW_MS, OFFICE, Author, batch, office_row
from support.failing_disk import FailingDisk
from support.waiting import until

DOOR = {"unit": OFFICE, "door": "1"}
ENVIRONMENT = Environment(lambda: NOW_MS, Random(7).randbytes)


async def new_office(directory: Path) -> None:
    await create_office(directory, OFFICE, "莲湖街道", ENVIRONMENT)
    make_certificate(directory, OFFICE, NOW_MS)


async def get(url: str, path: str) -> tuple[int, str]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    raw = (await reader.read()).decode()
    writer.close()
    head, _, body = raw.partition("\r\n\r\n")
    return int(head.split()[1]), body


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@asynccontextmanager
async def told(office: Office, now_ms: int = NOW_MS) -> AsyncIterator[str]:
    listener = HealthListener(Figures(office, lambda: 3, lambda: 0.25, lambda: now_ms))
    url = await listener.start("127.0.0.1", 0)
    try:
        yield url
    finally:
        await listener.stop()


async def test_a_running_office_tells_how_it_is_and_nothing_else(tmp_path: Path) -> None:
    await new_office(tmp_path)
    health = ("127.0.0.1", 0)
    async with serve_office(tmp_path, ENVIRONMENT, "127.0.0.1", 0, health) as service:
        await service.office.submit(batch(Author("zhang").op(1, DOOR)))
        assert await get(service.health_url, "/healthz") == (200, "ok\n")
        status, text = await get(service.health_url, "/metrics?x=1")
        assert status == 200
        shown = values(text)
        assert shown["armband_writable"] == 1
        assert shown["armband_operations_total"] == service.office.seq
        assert shown["armband_operations_not_backed_up"] == service.office.seq
        assert shown["armband_commit_seconds_count"] >= 1
        assert shown['armband_commit_seconds_bucket{le="+Inf"}'] >= 1
        assert (await get(service.health_url, "/"))[0] == 404
        assert "门" not in text


async def test_figures_are_for_this_machine_alone(tmp_path: Path) -> None:
    await new_office(tmp_path)
    with pytest.raises(BadRequest, match="from outside"):
        async with serve_office(tmp_path, ENVIRONMENT, "127.0.0.1", 0, ("0.0.0.0", 0)):
            pass


async def test_an_office_that_cannot_write_is_not_well(tmp_path: Path) -> None:
    disk = FailingDisk(await open_database(tmp_path / "office.db"))
    await migrated(disk)
    store = SqliteStore(disk, OFFICE)
    await store.create(office_row())
    async with open_office(store, ENVIRONMENT) as office, told(office) as url:
        disk.fill()
        waiting = asyncio.ensure_future(office.submit(batch(Author("zhang").op(1, DOOR))))
        await until(lambda: not office.writable, "the office notices")
        status, body = await get(url, "/healthz")
        assert status == 503
        assert "full" in body
        assert values((await get(url, "/metrics"))[1])["armband_writable"] == 0
        disk.clear()
        await waiting
        assert (await get(url, "/healthz"))[0] == 200


async def test_silent_terminals_are_counted(tmp_path: Path) -> None:
    await new_office(tmp_path)
    async with open_office(tmp_path, ENVIRONMENT) as office:
        code = await office.create_invite(OFFICE, Role.GRID, "张", NOW_MS + 60_000)
        await office.take_invite(invite_id(code), b"k" * 32)
        for now_ms, silent in ((NOW_MS + SILENT_AFTER_MS, 0), (NOW_MS + SILENT_AFTER_MS + 1, 1)):
            async with told(office, now_ms) as url:
                shown = values((await get(url, "/metrics"))[1])
            assert (shown["armband_terminals"], shown["armband_terminals_silent"]) == (1, silent)


def test_timings_are_counted_by_what_they_took_at_most() -> None:
    timings = Timings((0.01, 0.1))
    for took_s in (0.01, 0.02, 5.0):
        timings.observe(took_s)
    assert timings.cumulative() == [(0.01, 1), (0.1, 2)]
    assert (timings.count, round(timings.total_s, 2)) == (3, 5.03)


def test_labels_cannot_break_out_of_their_line() -> None:
    figure = Figure("x", "gauge", "a\nb", {(("name", 'q"\n}'),): 1})
    assert exposition([figure]).splitlines()[-1] == 'armband_x{name="q\\"\\n}"} 1'
    assert exposition([figure]).count("\n") == 3
