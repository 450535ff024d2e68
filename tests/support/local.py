"""A terminal with a real store and no network, and an office reduced to what a feed needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from armband.client.engine import Engine
from armband.client.model import Identity
from armband.client.store.store import STORE_FILE, Store
from armband.client.terminal import Terminal
from armband.shared.environment import Environment
from armband.shared.ops import key_id_of
from armband.shared.policy import Policy

START_MS = 1_648_080_000_000
"""2022-03-24 08:00 in Zhengzhou."""
OFFICE = "lianhu"
GRID = "lianhu/yangguang/a1/g3"
KEY_ID = key_id_of(b"a terminal of the tests".ljust(32))


@dataclass
class Clock:
    """A clock that goes when it is told to, and randomness that repeats."""

    now_ms: int = START_MS
    drawn: int = 0

    def random_bytes(self, count: int) -> bytes:
        self.drawn += 1
        return blake2b(self.drawn.to_bytes(8, "big"), digest_size=count).digest()

    @property
    def environment(self) -> Environment:
        return Environment(lambda: self.now_ms, self.random_bytes)


@dataclass
class Local:
    """One terminal and its parts."""

    terminal: Terminal
    store: Store
    clock: Clock = field(default_factory=Clock)


def identity(*scope: str, role: str = "grid") -> Identity:
    return Identity(OFFICE, "莲湖街道", "t-1", "李雪婷", role, scope or (GRID,), Policy())


@asynccontextmanager
async def local_terminal(
    folder: Path, clock: Clock | None = None, who: Identity | None = None
) -> AsyncIterator[Local]:
    """The terminal whose store is in ``folder``; made when it is not there yet."""
    clock = clock or Clock()
    store = await Store.open(folder / STORE_FILE)
    if not await store.is_enrolled():
        await store.enrol(KEY_ID, who or identity())
    engine = Engine(store, clock.environment, await store.identity(), await store.status())
    terminal = Terminal(engine)
    try:
        yield Local(terminal, store, clock)
    finally:
        await terminal.close()


@contextmanager
def acting_as(terminal: Terminal, role: str = "street") -> Iterator[None]:
    """What others would have recorded is recorded here: until the block ends, by their role."""
    engine = terminal.replica
    own = engine.identity
    engine.identity = replace(own, role=role)
    try:
        yield
    finally:
        engine.identity = replace(engine.identity, role=own.role)
