"""Measures the way of a record: from one terminal's disk to the other's board, and a first sync.

    measure_sync.py [--records N] [--households N]

Everything is real (stores, TLS, sockets on loopback) and in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from armband.client.enrolment import enrol
from armband.client.holding import hold_online
from armband.client.link import Link
from armband.client.terminal import Terminal
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.certificate import make_certificate
from armband.server.office import create_office
from armband.server.service import Service, serve_office
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.permissions import Role

OFFICE, UNIT = "lianhu", "lianhu/yg/g1"
UNITS = ((OFFICE, "office"), ("lianhu/yg", "community"), (UNIT, "grid"))
WAIT_S = 120.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100)
    parser.add_argument("--households", type=int, default=22_000)
    arguments = parser.parse_args()
    asyncio.run(_measure(arguments.records, arguments.households))


async def _measure(records: int, households: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with _office(home / "office") as service:
            await _latency(service, home, records)
            started = time.monotonic()
            for at in range(0, households, 2000):
                drafts = [_household(n) for n in range(at, min(at + 2000, households))]
                await service.office.upsert(drafts, "office")
            print(f"{households:,} households into the office: {time.monotonic() - started:.2f} s")
            started = time.monotonic()
            async with _terminal(service, home / "c") as (terminal, _link):
                seconds = time.monotonic() - started
                print(f"enrolment and first sync of {households:,} households: {seconds:.2f} s")
                started = time.monotonic()
                await terminal.record([_check(terminal)])
                print(f"a save with all of them here: {(time.monotonic() - started) * 1000:.1f} ms")


async def _latency(service: Service, home: Path, records: int) -> None:
    async with (
        _terminal(service, home / "a") as (a, _a_link),
        _terminal(service, home / "b") as (_b, b_link),
    ):
        with b_link.read_figures("lianhu/yg", 1, "", "") as reading:
            await asyncio.wait_for(reading.changed.wait(), WAIT_S)
            saved_ms, board_ms = [], []
            for n in range(1, records + 1):
                started = time.monotonic()
                await a.record([_check(a)])
                saved_ms.append((time.monotonic() - started) * 1000)
                while _total(reading.figures.report().rows[0].metrics) < n:
                    reading.changed.clear()
                    await asyncio.wait_for(reading.changed.wait(), WAIT_S)
                board_ms.append((time.monotonic() - started) * 1000)
                # Apart: else a roll-up frame waits for the least time between two of them.
                await asyncio.sleep(0.3)
    print(f"record() returns: {_spread(saved_ms)}")
    print(f"record() to the other terminal's board: {_spread(board_ms)}")


def _total(metrics: dict[str, int]) -> int:
    return metrics.get("checks.total", 0)


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    p90 = ordered[int(len(ordered) * 0.9)]
    return f"p50 {statistics.median(ordered):.1f} ms, p90 {p90:.1f} ms, most {ordered[-1]:.1f} ms"


def _check(terminal: Terminal) -> Draft:
    fields: Patch = {"code": "green", "decision": "passed", "temp_tenths": 365}
    return Draft("check", terminal.new_id(), UNIT, fields)


def _household(number: int) -> Draft:
    door = f"{number // 400 + 1}-{number // 100 % 4 + 1}-{number % 100 + 100}"
    record = natural_record_id(OFFICE, "household", UNIT, door)
    fields: Patch = {"door": door, "head": "李雪婷", "phone": f"138{number:08}", "people": 3}
    return Draft("household", record, UNIT, fields)


@asynccontextmanager
async def _office(directory: Path) -> AsyncIterator[Service]:
    environment = real_environment()
    await create_office(directory, OFFICE, "莲湖街道", environment)
    make_certificate(directory, OFFICE, environment.now_ms())
    async with serve_office(directory, environment, "127.0.0.1", 0) as service:
        units = [
            Draft(
                "unit",
                natural_record_id(OFFICE, "unit", code),
                code,
                {"name": code, "level": level},
            )
            for code, level in UNITS
        ]
        await service.office.upsert(units, "office")
        yield service


@asynccontextmanager
async def _terminal(service: Service, folder: Path) -> AsyncIterator[tuple[Terminal, Link]]:
    environment = real_environment()
    expires_ms = environment.now_ms() + 3_600_000
    code = await service.office.create_invite("lianhu/yg", Role.GRID, "张三", expires_ms)
    await enrol(folder, code, service.url, environment, open_unpinned)
    async with hold_online(folder, environment) as (terminal, link):
        live = asyncio.Event()
        terminal.listen(lambda _event: live.set() if _is_live(terminal) else None)
        terminal.go_online()
        await asyncio.wait_for(live.wait(), WAIT_S)
        yield terminal, link


def _is_live(terminal: Terminal) -> bool:
    return terminal.status.connected and not terminal.status.catching_up


if __name__ == "__main__":
    main()
