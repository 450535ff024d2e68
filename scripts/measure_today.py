"""How fast Today and the search are on a terminal with a month of work.

    python -m scripts.measure_today [--households 22000] [--visits 100000] [--keep FOLDER]

Every household is visited by the way in thirty days, each visit says when the next one is due. Then
it is the day after. Prints one line per figure, and how long Today takes from the key to the rows.
All people are invented.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from armband.client.engine import Engine
from armband.client.model import Identity, LedgerQuery
from armband.client.search.terms import query_pieces
from armband.client.store.store import STORE_FILE, Store
from armband.client.terminal import Terminal
from armband.client.tui.app import ArmbandApp
from armband.client.tui.screens.today import TodayScreen
from armband.shared import wire
from armband.shared.days import add_days, day_of
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.hlc import stamp_at
from armband.shared.ids import new_record_id
from armband.shared.kinds.duties import Rank
from armband.shared.limits import FEED_PAGE_ROWS
from armband.shared.merge import State, Write, encode_state
from armband.shared.policy import Policy
from scripts.measure_store import OFFICE, START_MS, state_rows, timed

DAYS = 30
DAY_MS = 86_400_000
NOW_MS = START_MS + DAYS * DAY_MS
OPENINGS = 20


def all_rows(
    households: int, visits: int, lots: random.Random
) -> Iterator[tuple[str, bytes, Patch]]:
    """The registers, then the visits of thirty days in their order."""
    doors: list[tuple[str, str]] = []
    for kind, record, fields in state_rows(households, 0, lots):
        if kind == "household":
            doors.append((record.hex(), str(fields["unit"])))
        yield kind, record, fields
    for number in range(visits):
        at = START_MS + number * DAYS * DAY_MS // visits
        day = day_of(at, Policy())
        home, unit = lots.choice(doors)
        yield (
            "visit",
            new_record_id(at, lots.randbytes(10)),
            {
                "unit": unit,
                "household": home,
                "channel": lots.choice(("door", "phone", "wechat")),
                "outcome": lots.choice(("met", "met", "no_answer")),
                "at": at,
                "day": day,
                "next_day": add_days(day, lots.randrange(1, 15)),
            },
        )


async def fill(store: Store, households: int, visits: int) -> None:
    """First sync."""
    seq, page = 0, list[wire.FeedRow]()
    begin = time.perf_counter()

    async def send() -> None:
        feed = wire.Feed(page[0].seq - 1, seq, bytes(16), b"", [])
        await store.apply_feed(feed, page, NOW_MS)
        page.clear()

    for kind, record, fields in all_rows(households, visits, random.Random(7)):
        seq += 1
        op = seq.to_bytes(16, "big")
        write = Write(stamp_at(START_MS) + seq, op, op, 1, 0, "office", False, fields)
        page.append(wire.FeedRow(seq, encode_state(State(record, kind, (write,)))))
        if len(page) == FEED_PAGE_ROWS:
            await send()
    if page:
        await send()
    print(f"{'first sync':44} {seq} rows in {time.perf_counter() - begin:.1f} s")


async def measure_engine(terminal: Terminal) -> None:
    """What the screens ask the engine for."""
    todo = await terminal.todo()
    count, late = todo.counts.get(Rank.VISIT, 0), todo.late.get(Rank.VISIT, 0)
    print(f"{'open tasks':44} {count}, {late} of them late")
    await timed("todo: the first 200", terminal.todo, 40)
    await timed("todo: 200 far down", partial(terminal.todo, "-", 200, offset=count - 200), 40)
    urgent = (Rank.CALL_UP, Rank.CLOCK)
    await timed("todo: what cannot wait", partial(terminal.todo, "-", 50, ranks=urgent), 40)
    for text in ("lxt", "lx", "l", "李雪", "3-2-0101", "0001"):
        pieces = query_pieces(text)
        await timed(f"match: {text}", partial(terminal.match, pieces, 8))
        query = LedgerQuery("household", text=text)
        await timed(f"ledger of households: {text}", partial(terminal.ledger, query, 0, 6))
    for text in ("lxt", "lx", "l"):
        query = LedgerQuery("visit", text=text)
        await timed(f"ledger of visits: {text}", partial(terminal.ledger, query, 0, 40))


async def measure_screen(terminal: Terminal, environment: Environment) -> None:
    """From the key to the rows, over the whole app; the first time and later ones."""
    app = ArmbandApp(terminal, environment)
    async with app.run_test(size=(120, 40)) as pilot:
        times = []
        for _number in range(OPENINGS):
            await pilot.press("f2")
            await pilot.pause()
            begin = time.perf_counter()
            await app.action_go("today")
            screen = app.screen
            assert isinstance(screen, TodayScreen)
            while not screen.rows.loaded:  # noqa: ASYNC110 nothing tells a script of it
                await asyncio.sleep(0.001)
            times.append(time.perf_counter() - begin)
        first, *later = times
        later.sort()
        print(
            f"{'Today: from the key to the rows':44} first {first * 1000:.0f} ms, "
            f"then p50 {later[len(later) // 2] * 1000:.0f} ms"
        )


async def measure(folder: Path, households: int, visits: int) -> None:
    """Fill the store and measure it."""
    environment = Environment(lambda: NOW_MS, os.urandom)
    who = Identity(OFFICE, "示范街道", "t-1", "测量员", "street", (OFFICE,), Policy())
    store = await Store.open(folder / STORE_FILE)
    fresh = not await store.is_enrolled()
    if fresh:
        await store.enrol(bytes(16), who)
    terminal = Terminal(Engine(store, environment, who, await store.status()))
    try:
        if fresh:
            await fill(store, households, visits)
        await measure_engine(terminal)
        await measure_screen(terminal, environment)
    finally:
        await terminal.close()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=22_000)
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="folder of the store; measured again when full")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        asyncio.run(measure(given.keep, given.households, given.visits))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), given.households, given.visits))


if __name__ == "__main__":
    main()
