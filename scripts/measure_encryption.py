"""What encryption at rest costs a terminal: each thing plain and encrypted in turns, in one run.

    python -m scripts.measure_encryption [--households 22000]

In turns, so that both meet the same load of the machine: read the ratios. All people are invented.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from armband.client import keyring
from armband.client.engine import Engine
from armband.client.founding import make_terminal
from armband.client.keys import OFF, ON, Enrolment, Identity, key_from_seed
from armband.client.model import Identity as Who
from armband.client.model import LedgerQuery
from armband.client.search.terms import query_pieces
from armband.client.store.store import STORE_FILE, Store
from armband.client.terminal import Terminal
from armband.client.world import real_environment
from armband.server.certificate import CERTIFICATE_FILE, make_certificate
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.policy import Policy
from scripts.measure_store import OFFICE, START_MS, feeds

SAVES, READS, OPENINGS, STARTS, UNLOCKS = 200, 100, 15, 7, 9
GRID = f"{OFFICE}/yangguang/a4/g3"
PIN = "246810"
Timed = Callable[[], Awaitable[object]]


async def in_turns(what: str, calls: Sequence[Timed], count: int) -> None:
    """Print the medians of ``count`` calls of each, and the ratio of the last to the first."""
    times: list[list[float]] = [[] for _call in calls]
    for _number in range(count):
        for spent, call in zip(times, calls, strict=True):
            begin = time.perf_counter()
            await call()
            spent.append((time.perf_counter() - begin) * 1000)
    show(what, [statistics.median(spent) for spent in times])


def show(what: str, figures_ms: Sequence[float]) -> None:
    """One line: plain, encrypted, ratio."""
    plain, encrypted = figures_ms
    print(f"{what:40} {plain:10.2f} {encrypted:10.2f} ms  x {encrypted / plain:.2f}", flush=True)


async def first_sync(stores: Sequence[Store], households: int) -> None:
    """The pages of the first sync, each into both."""
    spent = [0.0 for _store in stores]
    for feed, page in feeds(households, 0):
        for at, store in enumerate(stores):
            begin = time.perf_counter()
            await store.apply_feed(feed, page, START_MS)
            spent[at] += (time.perf_counter() - begin) * 1000
    show(f"first sync of {households:,} households", spent)


async def work(terminals: Sequence[Terminal]) -> None:
    """What a person waits for."""
    await in_turns("save of one check", [partial(save, t) for t in terminals], SAVES)
    for text in ("lxt", "李雪", "3-2-0101"):
        pieces = query_pieces(text)
        await in_turns(f"search: {text}", [partial(t.match, pieces, 8) for t in terminals], READS)
    homes = LedgerQuery("household", text="lx")
    await in_turns("ledger: lx", [partial(t.ledger, homes, 0, 40) for t in terminals], READS)
    await in_turns("Today", [t.todo for t in terminals], READS)


async def save(terminal: Terminal) -> None:
    """As the lane does when a line is sent off."""
    fields: Patch = {"code": "green", "decision": "passed", "temp_tenths": 365}
    await terminal.record([Draft("check", terminal.new_id(), GRID, fields)])


def founded(folder: Path, pem: str, encryption: str) -> Path:
    """A terminal's folder as enrolment leaves it."""
    folder.mkdir()
    enrolment = Enrolment(
        OFFICE, "示范街道", "T1", "wss://127.0.0.1:1", "street", [OFFICE], encryption
    )
    make_terminal(folder, Identity(enrolment, key_from_seed(os.urandom(32)), pem))
    return folder


async def opened_and_closed(path: Path, key: bytes | None) -> None:
    """A full store, opened as a program does at its start."""
    await (await Store.open(path, key)).close()


async def started(folder: Path, pin: str = "") -> None:
    """``armband status`` as a process."""
    environ = {**os.environ, "ARMBAND_PIN": pin} if pin else dict(os.environ)
    program = Path(sys.executable).parent / "armband"
    process = await asyncio.create_subprocess_exec(
        program, "status", "--data", folder, env=environ, stdout=subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def measure(home: Path, households: int) -> None:
    """Everything, on two stores that hold the same."""
    environment = real_environment()
    make_certificate(home, OFFICE, environment.now_ms())
    pem = await asyncio.to_thread((home / CERTIFICATE_FILE).read_text, "ascii")
    folders = [founded(home / word, pem, word) for word in (OFF, ON)]
    keys = [keyring.key_of(folder) for folder in folders]
    print(f"{'':40} {'plain':>10} {'encrypted':>10}", flush=True)
    stores = [await Store.open(f / STORE_FILE, k) for f, k in zip(folders, keys, strict=True)]
    who = Who(OFFICE, "示范街道", "t-1", "测量员", "street", (OFFICE,), Policy())
    terminals = []
    try:
        await first_sync(stores, households)
        for store in stores:
            engine = Engine(store, environment, who, await store.status())
            terminals.append(Terminal(engine))
        await work(terminals)
    finally:
        for store in stores:
            await store.close()
    paths = [folder / STORE_FILE for folder in folders]
    opens = [partial(opened_and_closed, p, k) for p, k in zip(paths, keys, strict=True)]
    await in_turns("opening the store", opens, OPENINGS)
    await in_turns("armband status", [partial(started, f) for f in folders], STARTS)
    keyring.set_pin(folders[1], "张三", PIN, environment)
    with_pin = [partial(started, folders[0]), partial(started, folders[1], PIN)]
    await in_turns("armband status with a PIN", with_pin, STARTS)
    took, worked = unlock_ms(folders[1])
    print(f"{'unlocking, Argon2id':40} {took:21.0f} ms, {worked:.0f} ms of a processor")
    sizes = [path.stat().st_size / 1e6 for path in paths]
    print(f"{'size':40} {sizes[0]:10.1f} {sizes[1]:10.1f} MB")


def unlock_ms(folder: Path) -> tuple[float, float]:
    """The medians of some, by the clock and of the processor."""
    spent, worked = [], []
    for _number in range(UNLOCKS):
        keyring.lock(folder)
        begin, busy = time.perf_counter(), time.process_time()
        keyring.unlock(folder, "张三", PIN, real_environment())
        spent.append((time.perf_counter() - begin) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return statistics.median(spent), statistics.median(worked)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=22_000)
    with tempfile.TemporaryDirectory(prefix="armband-encryption-") as folder:
        asyncio.run(measure(Path(folder), parser.parse_args().households))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"load of the machine: {load} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
