"""The machines of a simulation: the product's own code on a simulated clock, disk and network."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from armband.client.engine import Engine
from armband.client.keys import key_from_seed
from armband.client.link import Link
from armband.client.model import Identity
from armband.client.store.migrations import migrate as migrate_terminal
from armband.client.store.store import Store
from armband.client.terminal import Terminal
from armband.server.gateway import Gateway
from armband.server.office import Office, found_office, open_office
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared.environment import Environment
from armband.shared.policy import Policy
from sim.database import SimDatabase
from sim.net import Network

OFFICE = "lianhu"
OFFICE_NAME = "莲湖街道办事处"
START_MS = 1_648_684_800_000
"""2022-03-31 08:00 in Zhengzhou."""


class Clock:
    """A wall clock that may be wrong by ``skew_ms``."""

    def __init__(self, skew_ms: int = 0) -> None:
        self.skew_ms = skew_ms

    def now_ms(self) -> int:
        """What it shows."""
        return START_MS + round(asyncio.get_running_loop().time() * 1000) + self.skew_ms


def environment(clock: Clock, seed: str) -> Environment:
    """A machine's clock and randomness."""
    return Environment(clock.now_ms, random.Random(seed).randbytes)


class OfficeMachine:
    """The office's server: up or down, with its file between."""

    def __init__(self, folder: Path, net: Network, seed: int) -> None:
        self.path = folder / "office.db"
        self._backup = folder / "office-backup.db"
        self.clock = Clock()
        self._environment = environment(self.clock, f"{seed} office")
        self._rng = random.Random(f"{seed} office disk")
        self._net = net
        self._stack = AsyncExitStack()
        self._database: SimDatabase | None = None
        self.office: Office | None = None

    async def found(self) -> None:
        """Make the office's file."""
        database = SimDatabase(self.path, self._rng)
        await migrated(database)
        await found_office(
            SqliteStore(database, OFFICE), OFFICE, OFFICE_NAME, self._environment, Policy()
        )
        await database.close()

    async def start(self) -> Office:
        """Come up on whatever the file holds, and take connections."""
        self._database = SimDatabase(self.path, self._rng)
        await migrated(self._database)
        store = SqliteStore(self._database, OFFICE)
        self.office = await self._stack.enter_async_context(open_office(store, self._environment))
        gateway = Gateway(self.office, self._environment)
        gateway.start()
        self._stack.push_async_callback(gateway.stop)
        self._net.accept = gateway.serve
        return self.office

    async def stop(self) -> None:
        """End in an orderly way."""
        self._net.accept = None
        await self._stack.aclose()
        self._stack, self._database, self.office = AsyncExitStack(), None, None

    def connection(self) -> sqlite3.Connection:
        """The file, for the checks."""
        return sqlite3.connect(self.path)

    def back_up(self) -> None:
        """Copy the file, as it is at this moment."""
        with (
            closing(self.connection()) as source,
            closing(sqlite3.connect(self._backup)) as target,
        ):
            source.backup(target)

    def put_back(self) -> bool:
        """Replace the file by the last copy, while the process is down; False without a copy."""
        if not self._backup.exists():
            return False
        shutil.copyfile(self._backup, self.path)
        return True

    def forget_one_operation(self) -> None:
        """A fault that no code of ours makes, so that the checks are seen to see it."""
        with closing(self.connection()) as connection, connection:
            connection.execute("DELETE FROM ops WHERE seq = (SELECT max(seq) FROM ops)")

    async def crash(self) -> None:
        """The process is killed."""
        if self._database is None:
            return
        self._database.kill()
        await self._net.office_gone()
        with suppress(asyncio.CancelledError):
            await self._stack.aclose()
        self._stack, self._database, self.office = AsyncExitStack(), None, None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose terminal it is."""

    name: str
    role: str
    unit: str


class TerminalMachine:
    """A terminal's process: up or down, with its file between."""

    def __init__(self, folder: Path, net: Network, person: Person, seed: int) -> None:
        self.person = person
        self.name = person.name
        self.path = folder / f"{person.name}.db"
        self.clock = Clock()
        self._environment = environment(self.clock, f"{seed} {person.name}")
        self._rng = random.Random(f"{seed} {person.name} disk")
        self._net = net
        self.key = key_from_seed(self._environment.random_bytes(32))
        self._database: SimDatabase | None = None
        self._beside: list[asyncio.Task[None]] = []
        self.terminal: Terminal | None = None

    async def start(self) -> Terminal:
        """Come up on whatever the file holds, and go online."""
        self._database = SimDatabase(self.path, self._rng)
        self._database.prepare(migrate_terminal)
        store = Store(self._database)
        if not await store.is_enrolled():
            await store.enrol(self.key.key_id, self._first_identity())
        engine = Engine(store, self._environment, await store.identity(), await store.status())
        self.terminal = Terminal(engine)
        self.terminal.attach(
            Link(engine, self.key, OFFICE, lambda: self._net.connect(self.name), self._environment)
        )
        self.terminal.go_online()
        return self.terminal

    def connection(self) -> sqlite3.Connection:
        """The file, for the checks."""
        return sqlite3.connect(self.path)

    def beside(self, work: Callable[[Terminal], asyncio.Task[None]]) -> None:
        """Run ``work`` in this process; it dies with it."""
        assert self.terminal is not None
        self._beside.append(work(self.terminal))

    async def crash(self) -> None:
        """The process is killed."""
        if self._database is None or self.terminal is None:
            return
        self._database.kill()
        self._net.cut(self.name)
        await self._end_beside()
        with suppress(asyncio.CancelledError):
            await self.terminal.close()
        self._database, self.terminal = None, None

    async def stop(self) -> None:
        """End in an orderly way."""
        await self._end_beside()
        if self.terminal is not None:
            await self.terminal.close()
        self._database, self.terminal = None, None

    async def _end_beside(self) -> None:
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        self._beside.clear()

    def _first_identity(self) -> Identity:
        return Identity(
            office=OFFICE,
            office_name=OFFICE_NAME,
            terminal=self.name,
            person="",
            role=self.person.role,
            scope=(self.person.unit,),
            policy=Policy(),
        )
