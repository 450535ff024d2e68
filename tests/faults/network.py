"""The network between real terminals and the real server: cut, stretched, half open.

What was sent: checks of real terminals through a proxy, or of bare keys straight. What must be
there afterwards: each of them once, everywhere, soon after the network is well again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from armband.client.holding import hold_online
from armband.client.link import Link
from armband.client.terminal import Terminal
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.service import Service
from armband.shared import wire
from armband.shared.drafts import Draft
from faults.crowd import admitted, forget, office_with_keys, resident_kib
from faults.processes import OfficeProcess
from faults.proxy import Proxy, proxied
from support.office_rig import G1
from support.peer import Peer, check_patch, record_id
from support.real_office import invited, real_office
from support.terminals import is_live
from support.waiting import until


@dataclass
class PartitionReport:
    """What became of a row of partitions."""

    partitions: int = 0
    terminals: int = 0
    written: int = 0
    at_office: int = 0
    differences: int = 0
    drained_s: float = 0.0
    most_s: float = 5.0

    @property
    def is_clean(self) -> bool:
        return (
            self.written == self.at_office
            and not self.differences
            and self.drained_s <= self.most_s
        )

    def __str__(self) -> str:
        return (
            f"{self.partitions:,} partitions, {self.terminals} terminals: {self.written:,} written,"
            f" {self.at_office:,} at the office, {self.differences} differences, everything "
            f"everywhere {self.drained_s:.1f} s after the last heal"
        )


async def partition(home: Path, times: int, seed: int, terminals: int) -> PartitionReport:
    """Break the cable again and again, in all ways a cable breaks, while terminals record."""
    random, report = Random(seed), PartitionReport(times, terminals)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(real_office(home / "office"))
        proxy = await stack.enter_async_context(proxied(service.url))
        crew = [await _joined(stack, service, proxy, home / f"t{n}") for n in range(terminals)]
        before = service.office.seq
        for _ in range(times):
            await _break_and_heal(proxy, crew, random)
        healed = time.monotonic()
        await until(lambda: _everywhere(service, crew), "everything is everywhere", 60)
        report.drained_s = time.monotonic() - healed
        report.written = sum(terminal.status.written for terminal, _link in crew)
        report.at_office = service.office.seq - before
        report.differences = len((await service.office.audit()).differences)
    return report


async def _break_and_heal(
    proxy: Proxy, crew: Sequence[tuple[Terminal, Link]], random: Random
) -> None:
    """Everybody who is asked records in the middle of it."""
    proxy.up.delay_s, proxy.down.delay_s = random.uniform(0, 0.05), random.uniform(0, 0.05)
    proxy.down.rate = random.choice((0, 0, 200_000))
    ill = random.choice(("reset", "refused", "up", "down", "both"))
    for way in (proxy.up, proxy.down):
        if ill == "both" or way is {"up": proxy.up, "down": proxy.down}.get(ill):
            way.open.clear()
    proxy.refuse = ill == "refused"
    if ill in ("reset", "refused"):
        proxy.cut()
    for terminal, _link in random.sample(list(crew), min(len(crew), 4)):
        await terminal.record([_check(terminal) for _ in range(random.randint(1, 3))])
    await asyncio.sleep(random.uniform(0, 0.15))
    proxy.up.open.set()
    proxy.down.open.set()
    proxy.refuse = False
    proxy.up.delay_s = proxy.down.delay_s = 0.0
    proxy.down.rate = 0
    await asyncio.sleep(random.uniform(0, 0.15))


def _everywhere(service: Service, crew: Sequence[tuple[Terminal, Link]]) -> bool:
    return all(
        is_live(terminal) and not terminal.status.waiting and _cursor(link) == service.office.seq
        for terminal, link in crew
    )


def _cursor(link: Link) -> int:
    conversation: Any = link._conversation
    return conversation._session._cursor if conversation is not None else -1


async def _joined(
    stack: AsyncExitStack, service: Service, proxy: Proxy, folder: Path
) -> tuple[Terminal, Link]:
    from armband.client.enrolment import enrol

    await enrol(folder, await invited(service), proxy.url, real_environment(), open_unpinned)
    terminal, link = await stack.enter_async_context(hold_online(folder, real_environment()))
    terminal.go_online()
    await until(lambda: is_live(terminal), "the terminal catches up", 20)
    return terminal, link


def _check(terminal: Terminal) -> Draft:
    fields: Any = {"code": "green", "decision": "passed", "temp_tenths": 365}
    return Draft("check", terminal.new_id(), G1, fields)


# -- connections that come to nothing --------------------------------------------------------------


@dataclass
class HalfOpenReport:
    """What half-open connections cost."""

    opened: int = 0
    left: int = 0
    receipts: int = 0
    slowest_ms: float = 0.0
    before_kib: int = 0
    most_kib: int = 0

    @property
    def is_clean(self) -> bool:
        return not self.left and self.receipts > 0 and self.slowest_ms < 2000

    def __str__(self) -> str:
        return (
            f"{self.opened:,} half-open connections, {self.left} left after the deadline; "
            f"{self.receipts} receipts meanwhile, the slowest {self.slowest_ms:.0f} ms; the server "
            f"{self.before_kib:,} KiB before, at most {self.most_kib:,} KiB"
        )


async def half_open(home: Path, times: int, seed: int) -> HalfOpenReport:
    """Connections that say nothing, half a TLS handshake, half a request, or no hello."""
    random, report = Random(seed), HalfOpenReport(times)
    office = OfficeProcess(home / "office")
    epoch, keys = await office_with_keys(office.directory, 1)
    office.spawn()
    await office.ready()
    host, _, port = office.url.removeprefix("wss://").rpartition(":")
    try:
        worker = await admitted(office.url, keys[0], epoch)
        report.before_kib = resident_kib(office.pid)
        open_ones = [await _half(host, int(port), random) for _ in range(times)]
        ends = asyncio.gather(*(_ended(reader) for reader, _writer in open_ones))
        while not ends.done():
            await _work_once(worker, report)
            report.most_kib = max(report.most_kib, resident_kib(office.pid))
            await asyncio.sleep(0.05)
        report.left = sum(not over for over in await ends)
        for _reader, writer in open_ones:
            writer.transport.abort()
        worker.transport.abort()
    finally:
        office.stop()
    return report


async def _half(
    host: str, port: int, random: Random
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    # The beginning of a TLS client's first record, of something else, or nothing at all.
    writer.write(random.choice((b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n")))
    return reader, writer


async def _ended(reader: asyncio.StreamReader) -> bool:
    """Whether the server closes the connection within twice its deadline."""
    try:
        async with asyncio.timeout(12):
            while await reader.read(4096):
                continue
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


async def _work_once(worker: Peer, report: HalfOpenReport) -> None:
    clock = real_environment()
    started = time.monotonic()
    patch = check_patch(G1, clock.now_ms(), "2022-06-12")
    record = record_id(worker.key.counter)
    await worker.record(clock.now_ms(), record, "check", G1, patch)
    while not isinstance(await worker.read(), wire.Receipts):
        continue
    report.receipts += 1
    report.slowest_ms = max(report.slowest_ms, (time.monotonic() - started) * 1000)
    forget(worker)
