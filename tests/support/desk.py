"""The terminal's app over a real store, driven by keys: what tests of the screens start from."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from textual import events
from textual.message import Message
from textual.pilot import Pilot

from armband.client.i18n import CHINESE, set_language
from armband.client.terminal import Terminal
from armband.client.tui.app import ArmbandApp
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from support.local import OFFICE, Clock, acting_as, identity, local_terminal
from support.waiting import until

COMMUNITY = "lianhu/yangguang"
FIRST, THIRD = f"{COMMUNITY}/a1/g1", f"{COMMUNITY}/a2/g3"
SMALL, LARGE = (80, 24), (120, 40)
SNAPSHOTS = Path(__file__).parent.parent / "tui" / "snapshots"
_KEYS = {
    "\r": "enter",
    "\x7f": "backspace",
    "\x13": "ctrl+s",
    " ": "space",
    "-": "minus",
    ".": "full_stop",
    "+": "plus",
}


@dataclass
class Desk:
    """The running app and its parts."""

    app: ArmbandApp
    pilot: Pilot[None]
    terminal: Terminal
    clock: Clock
    messages: list[Message] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        """Keys as fast as the terminal can hand them on; nothing is waited for between them."""
        for char in text:
            assert self.app._driver is not None
            self.app._driver.send_message(events.Key(_KEYS.get(char, char), char))
            await asyncio.sleep(0)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """The screen as text, blanks at the ends of rows left out."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines())

    def shows(self, *words: str) -> bool:
        text = self.text()
        return all(word in text for word in words)

    async def sees(self, *words: str, timeout_s: float = 5.0) -> None:
        """Wait until the screen shows all of ``words``."""
        try:
            await until(lambda: self.shows(*words), f"the screen shows {words}", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    async def gone(self, word: str) -> None:
        await until(lambda: not self.shows(word), f"the screen shows no {word!r} any more")

    def heard(self, kind: type[Message]) -> list[Message]:
        """Messages of a kind, each once although it passes by several widgets."""
        once = {id(message): message for message in self.messages if isinstance(message, kind)}
        return list(once.values())

    async def matches_snapshot(self, name: str) -> None:
        """Wait until it looks like the snapshot; ARMBAND_UPDATE_SNAPSHOTS=1 writes it anew."""
        path = SNAPSHOTS / f"{name}.txt"
        if os.environ.get("ARMBAND_UPDATE_SNAPSHOTS"):
            path.write_text(self.text() + "\n", "utf-8")
        wanted = path.read_text("utf-8")
        with suppress(AssertionError):
            await until(lambda: self.text() + "\n" == wanted, f"it looks like {path.name}")
        assert self.text() + "\n" == wanted, f"the screen differs from {path.name}"


def record_id(kind: str, *key: str) -> bytes:
    return natural_record_id(OFFICE, kind, *key)


def small_community() -> list[Draft]:
    """Two areas with two grids each, two checkpoints, five doors, a liaison."""
    units = [(OFFICE, "莲湖街道", "office"), (COMMUNITY, "阳光花苑社区", "community")]
    for area in (1, 2):
        units.append((f"{COMMUNITY}/a{area}", f"第{area}片区", "area"))
        grids = (2 * area - 1, 2 * area)
        units.extend((f"{COMMUNITY}/a{area}/g{grid}", f"第{grid}网格", "grid") for grid in grids)
    drafts = [
        Draft("unit", record_id("unit", code), code, {"name": name, "level": level})
        for code, name, level in units
    ]
    drafts.extend(
        Draft("checkpoint", record_id("checkpoint", name), COMMUNITY, {"name": name})
        for name in ("阳光花苑东门", "阳光花苑北门")
    )
    drafts.extend(_doors())
    return drafts


def _doors() -> list[Draft]:
    drafts = []
    people = (
        (THIRD, "3-2-502", "李雪婷", "13800001111", "123X"),
        (FIRST, "1-1-301", "李小婷", "13800002222", "2222"),
        (FIRST, "3-1-201", "王建国", "13800003333", "3333"),
        (FIRST, "5-2-302", "赵梅", "13800004444", "4444"),
        (THIRD, "2-1-101", "李小天", "13800005555", "5555"),
    )
    for unit, door, name, phone, tail in people:
        household = record_id("household", unit, door)
        fields: Patch = {"door": door, "head": name, "phone": phone, "people": 3}
        drafts.append(Draft("household", household, unit, fields))
        person: Patch = {
            "name": name,
            "household": household.hex(),
            "phone": phone,
            "id_tail": tail,
        }
        drafts.append(Draft("resident", record_id("resident", name), unit, person))
    return drafts


@asynccontextmanager
async def desk(
    folder: Path,
    *,
    size: tuple[int, int] = SMALL,
    language: str = CHINESE,
    role: str = "community",
    drafts: list[Draft] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Desk]:
    """The app over the store in ``folder``, with a small community in it when it is new."""
    set_language(language)
    async with local_terminal(folder, clock, identity(COMMUNITY, role=role)) as local:
        if local.terminal.status.written == 0:
            with acting_as(local.terminal):
                await local.terminal.record(small_community() if drafts is None else drafts)
        app = ArmbandApp(local.terminal, local.clock.environment)
        messages: list[Message] = []
        async with app.run_test(
            size=size, notifications=True, message_hook=messages.append
        ) as pilot:
            running = Desk(app, pilot, local.terminal, local.clock, messages)
            await until(lambda: running.app.current_mode == "lane", "the lane is shown")
            await until(lambda: running.shows("F9"), "the lane is drawn")
            yield running
