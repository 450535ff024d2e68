"""How fast a terminal's store is when it is full: first sync, ledger pages, lane matches, saving.

    python scripts/measure_store.py [--households 22000] [--checks 100000] [--keep FOLDER]

Prints one line per figure. All people are invented.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from armband.client.engine import Engine
from armband.client.model import Identity, LedgerQuery, Page
from armband.client.search.terms import query_pieces
from armband.client.store.store import STORE_FILE, Store
from armband.client.terminal import Terminal
from armband.shared import wire
from armband.shared.days import day_of
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.hlc import stamp_at
from armband.shared.ids import natural_record_id, new_record_id
from armband.shared.limits import FEED_PAGE_ROWS
from armband.shared.merge import State, Write, encode_state
from armband.shared.policy import Policy

START_MS = 1_648_080_000_000
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗单曾查解翟区仇"
GIVEN = "雪婷建国梅芳伟强磊静丽敏军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
OFFICE = "lianhu"
SAMPLES = 300


def state_rows(
    households: int, checks: int, lots: random.Random
) -> Iterator[tuple[str, bytes, Patch]]:
    """Kind, id and fields of every record of the invented office."""
    units = [f"{OFFICE}/yangguang/a{g % 6 + 1}/g{g}/m{m:02}" for g in range(12) for m in range(5)]
    for unit in units:
        yield (
            "unit",
            natural_record_id(OFFICE, "unit", unit),
            {
                "unit": unit,
                "name": unit.rpartition("/")[2],
                "level": "microgrid",
            },
        )
    people: list[tuple[str, str, str]] = []
    for number in range(households):
        unit = lots.choice(units)
        floor = number % 100 // 4 + 1
        door = f"{number // 400 + 1}-{number // 100 % 4 + 1}-{floor:02}0{number % 4 + 1}"
        name = lots.choice(SURNAMES) + "".join(lots.choices(GIVEN, k=lots.choice((1, 2))))
        phone = f"1{lots.randrange(3_000_000_000, 9_999_999_999)}"
        home = natural_record_id(OFFICE, "household", unit, door)
        yield (
            "household",
            home,
            {"unit": unit, "door": door, "head": name, "phone": phone, "people": 3},
        )
        person = natural_record_id(OFFICE, "resident", home.hex(), name)
        yield (
            "resident",
            person,
            {
                "unit": unit,
                "name": name,
                "household": home.hex(),
                "phone": phone,
                "id_tail": f"{lots.randrange(1000):03}X",
            },
        )
        people.append((home.hex(), person.hex(), unit))
    for number in range(checks):
        home_hex, person_hex, unit = lots.choice(people)
        at = START_MS + number * 20_000
        yield (
            "check",
            new_record_id(at, lots.randbytes(10)),
            {
                "unit": unit,
                "code": "green",
                "decision": "passed",
                "temp_tenths": 365,
                "at": at,
                "day": day_of(at, Policy()),
                "household": home_hex,
                "resident": person_hex,
            },
        )


def feeds(households: int, checks: int) -> Iterator[tuple[wire.Feed, list[wire.FeedRow]]]:
    """The pages of the first sync."""
    lots = random.Random(7)
    seq = 0
    page: list[wire.FeedRow] = []
    for kind, record, fields in state_rows(households, checks, lots):
        seq += 1
        op = seq.to_bytes(16, "big")
        write = Write(stamp_at(START_MS) + seq, op, op, 1, 0, "office", False, fields)
        page.append(wire.FeedRow(seq, encode_state(State(record, kind, (write,)))))
        if len(page) == FEED_PAGE_ROWS:
            yield wire.Feed(page[0].seq - 1, seq, bytes(16), b"", []), page
            page = []
    if page:
        yield wire.Feed(page[0].seq - 1, seq, bytes(16), b"", []), page


async def timed(what: str, call: Callable[[], Awaitable[object]], count: int = SAMPLES) -> None:
    """Print p50, p99 and the worst of ``count`` calls."""
    times = []
    for _number in range(count):
        start = time.perf_counter()
        await call()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print(
        f"{what:44} p50 {times[count // 2]:7.2f}  p99 {times[count * 99 // 100]:7.2f}  "
        f"max {times[-1]:7.2f} ms"
    )


async def fill(store: Store, households: int, checks: int) -> None:
    """First sync."""
    rows, spent = 0, 0.0
    for feed, page in feeds(households, checks):
        start = time.perf_counter()
        await store.apply_feed(feed, page, START_MS)
        spent += time.perf_counter() - start
        rows += len(page)
    print(f"{'first sync':44} {rows} rows in {spent:.1f} s: {rows / spent:,.0f} rows/s")


async def measure(folder: Path, households: int, checks: int) -> None:
    """Fill the store and measure it."""
    environment = Environment(lambda: time.time_ns() // 1_000_000, os.urandom)
    who = Identity(OFFICE, "示范街道", "t-1", "测量员", "street", (OFFICE,), Policy())
    store = await Store.open(folder / STORE_FILE)
    fresh = not await store.is_enrolled()
    if fresh:
        await store.enrol(bytes(16), who)
    terminal = Terminal(Engine(store, environment, who, await store.status()))
    try:
        if fresh:
            await fill(store, households, checks)
        print(f"{'size':44} {(folder / STORE_FILE).stat().st_size / 1e6:.0f} MB")
        await measure_reads(terminal)
        await measure_saves(terminal)
    finally:
        await terminal.close()


async def measure_reads(terminal: Terminal) -> None:
    """Ledger and lane."""
    lots = random.Random(11)
    checks, homes = LedgerQuery("check"), LedgerQuery("household")
    total = (await terminal.ledger(checks, 0, 1)).total
    grid = f"{OFFICE}/yangguang/a4/g3"
    day = LedgerQuery("check", day_from="2022-04-01", day_to="2022-04-02")
    grids = LedgerQuery("check", unit=grid)
    named = [LedgerQuery("check", text=name) for name in NAMES]

    def page_of(query: LedgerQuery, below: int, limit: int = 40) -> Callable[[], Awaitable[Page]]:
        return lambda: terminal.ledger(query, lots.randrange(below), limit)

    asked = {
        "checks, first page of 200": page_of(checks, 1, 200),
        "checks, 40 rows near the top": page_of(checks, 400),
        "checks, 40 rows anywhere": page_of(checks, total),
        "checks, the last 40 rows": lambda: terminal.ledger(checks, total - 40, 40),
        "checks of two days": page_of(day, 4_000),
        "checks of a grid": page_of(grids, 400),
        "checks of a name": lambda: terminal.ledger(lots.choice(named), 0, 40),
        "households, 40 rows anywhere": page_of(homes, 20_000),
        "checks, counted anew": lambda: count_anew(terminal, checks),
    }
    for what, call in asked.items():
        await timed(f"ledger: {what}", call)
    for text in ("lxt", "lx", "l", "李雪", "3-2", "3-2-0101", "0001", "李 3-2", "w 1"):
        pieces = query_pieces(text)
        found = await terminal.match(pieces, 8)
        await timed(f"match: {text} ({len(found)})", partial(terminal.match, pieces, 8))


NAMES = ("lxt", "李雪婷", "3-2-0101", "wjg")


async def count_anew(terminal: Terminal, query: LedgerQuery) -> None:
    """A page of a query whose total is not known."""
    store = terminal.replica.store
    store.forget_totals()
    await terminal.ledger(query, 0, 40)


async def measure_saves(terminal: Terminal) -> None:
    """Saving a check, with all of it in the store."""
    person = (await terminal.match(query_pieces("lxt"), 1))[0]

    def draft() -> Draft:
        fields: Patch = {
            "code": "green",
            "decision": "passed",
            "temp_tenths": 365,
            "resident": person.id.hex(),
            "household": person.household.hex(),
        }
        return Draft("check", terminal.new_id(), person.unit, fields)

    await timed("save: one check", lambda: terminal.record([draft()]))
    await timed("counted here", lambda: terminal.counted_here(OFFICE, terminal.today), 20)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=22_000)
    parser.add_argument("--checks", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="folder of the store; measured again when full")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        asyncio.run(measure(given.keep, given.households, given.checks))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), given.households, given.checks))


if __name__ == "__main__":
    main()
