"""How long the lane takes from a key to what is painted, over a full store.

    python scripts/measure_store.py --keep FOLDER       fills the store (22,000 households)
    python scripts/measure_lane.py FOLDER

"echo" is the first paint after a key, "preview" the paint that shows what the line comes to.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import RenderableType
from textual import events
from textual.message import Message
from textual.screen import Screen

from armband.client import tui
from armband.client.engine import Engine
from armband.client.lane import parse
from armband.client.store.store import STORE_FILE, Store
from armband.client.terminal import Terminal
from armband.client.tui.app import ArmbandApp
from armband.client.tui.screens.lane import LaneScreen
from armband.client.tui.widgets.lane_box import LaneBox
from armband.shared.environment import Environment

LINES = (
    "lxt365g",
    "3-2-0101 366g",
    "wjg 371 y",
    "13800011001 365 g",
    "李雪婷 36.5 绿",
    "0101 365g",
)
ROUNDS = 5
KEYS = {" ": "space", "-": "minus", ".": "full_stop"}


class TimedApp(ArmbandApp):
    """Notes when it paints, and when a line is looked up."""

    CSS_PATH = str(Path(tui.__file__).with_name("app.tcss"))

    def __init__(self, terminal: Terminal, environment: Environment) -> None:
        super().__init__(terminal, environment)
        self.painted_s: list[float] = []
        self.read: dict[str, float] = {}

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.painted_s.append(time.perf_counter())

    def hear(self, message: Message) -> None:
        """Textual's hook on every message."""
        if isinstance(message, LaneBox.Read):
            self.read[message.text] = time.perf_counter()


async def spin(condition: Callable[[], bool]) -> None:
    """Wait without letting the loop sleep, so that the wait adds nothing to what is measured."""
    while not condition():  # noqa: ASYNC110 -- an event would wake us one turn later
        await asyncio.sleep(0)


async def one_key(app: TimedApp, char: str, text: str) -> tuple[float, float]:
    """Seconds from a key to its echo, and to the preview of the whole line."""
    app.painted_s.clear()
    app.read.clear()
    assert app._driver is not None
    start = time.perf_counter()
    app._driver.send_message(events.Key(KEYS.get(char, char), char))
    await spin(lambda: bool(app.painted_s))
    echo = app.painted_s[0] - start
    if not parse(text).pieces:  # nobody to look up: all of it was in the first paint
        return echo, echo
    await spin(lambda: text in app.read and app.painted_s[-1] >= app.read[text])
    return echo, app.painted_s[-1] - start


async def measure(folder: Path) -> None:
    """Open the app on the store in ``folder`` and type."""
    environment = Environment(lambda: time.time_ns() // 1_000_000, os.urandom)
    store = await Store.open(folder / STORE_FILE)
    engine = Engine(store, environment, await store.identity(), await store.status())
    terminal = Terminal(engine)
    app = TimedApp(terminal, environment)
    times: list[tuple[float, float]] = []
    start = time.perf_counter()
    try:
        async with app.run_test(size=(80, 24), message_hook=app.hear) as pilot:
            await spin(lambda: bool(app.painted_s) and isinstance(app.screen, LaneScreen))
            assert isinstance(app.screen, LaneScreen)
            print(f"first paint of the lane after {(time.perf_counter() - start) * 1000:.0f} ms")
            await pilot.pause(1.0)
            for line in LINES * ROUNDS:
                for place, char in enumerate(line, 1):
                    times.append(await one_key(app, char, line[:place]))
                    await asyncio.sleep(0.05)
                app.screen.box.line.value = ""
                await pilot.pause()
    finally:
        await terminal.close()
    for what, found in (("echo", [t[0] for t in times]), ("preview", [t[1] for t in times])):
        ranked = sorted(seconds * 1000 for seconds in found)
        count = len(ranked)
        print(
            f"{what:8} {count} keys  p50 {ranked[count // 2]:.1f}  "
            f"p99 {ranked[count * 99 // 100]:.1f}  max {ranked[-1]:.1f} ms"
        )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of a store that measure_store.py has filled")
    asyncio.run(measure(parser.parse_args().folder))


if __name__ == "__main__":
    main()
