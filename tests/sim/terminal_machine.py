"""A terminal in a simulation: the product's own process on a real file, which may be a copy."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path

from armband.client.engine import Engine
from armband.client.keys import TerminalKey, key_from_seed
from armband.client.link import Link
from armband.client.model import Identity
from armband.client.store import derive
from armband.client.store.migrations import migrate
from armband.client.store.store import Store
from armband.client.terminal import Terminal
from armband.shared.policy import Policy
from armband.shared.transport import Transport
from sim.beside import Beside
from sim.clock import Clock, environment
from sim.database import TERMINAL_SIDE, SimDatabase, opened
from sim.names import OFFICE, OFFICE_NAME, Person
from sim.net import Network
from sim.release import NAMES, EarlierRelease, protocol_of

WATCH_DEPTH = 4
RELEASES = (6, 2, 2)
"""Of ten terminals, how many run this release, the one before, and the one before that."""
UPDATED = 0.3
"""How often a terminal that comes up again has been brought up to date meanwhile."""


class TerminalMachine:
    """A terminal's process: up or down, with its file between.

    Attributes:
        saved: the operations (op, record) that its screen called saved and that its file must hold.
        copied: how often its file has been cloned or replaced by an older one.
        damaged: a row of its base was lost, and it has not noticed yet.
        release: by how many protocols its program is older than the office's.
    """

    def __init__(
        self, folder: Path, net: Network, person: Person, seed: int, twin: TerminalMachine | None
    ) -> None:
        self.person = person
        self.twin_of = twin
        self._folder = folder
        self._net = net
        self._seed = seed
        self._clones = 0
        self.name = twin.next_clone() if twin is not None else person.name
        self.path = folder / f"{self.name}.db"
        self._copy = folder / f"{self.name}-copy.db"
        self.clock: Clock = Clock(twin.clock.skew_ms if twin is not None else 0)
        self._environment = environment(self.clock, f"{seed} {self.name}")
        self._rng = random.Random(f"{seed} {self.name} disk")
        self._updates = random.Random(f"{seed} {self.name} release")
        (drawn,) = self._updates.choices(range(len(NAMES)), RELEASES)
        self.release: int = twin.release if twin is not None else drawn
        self.key: TerminalKey = twin.key if twin is not None else self._new_key()
        self.beside = Beside()
        self.lock = asyncio.Lock()
        self.database: SimDatabase | None = None
        self.terminal: Terminal | None = None
        self.saved: dict[bytes, bytes] = dict(twin.saved) if twin is not None else {}
        self.copied = 0
        self.damaged: bool = twin.damaged if twin is not None else False
        self._copy_is_damaged = False
        self.starts = 0

    def _new_key(self) -> TerminalKey:
        return key_from_seed(self._environment.random_bytes(32))

    def next_clone(self) -> str:
        """The name of another machine with a copy of this one's file."""
        self._clones += 1
        return f"{self.name}{'bcdefgh'[self._clones - 1]}"

    async def start(self) -> Terminal:
        """Come up on whatever the file holds, and go online."""
        self.starts += 1
        if self.starts > 1 and self._updates.random() < UPDATED:
            self.release = 0
        self.database = SimDatabase(self.path, self._rng, side=TERMINAL_SIDE, alone=True)
        self.database.prepare(migrate)
        await self.database.write(derive.refresh_if_old)
        store = Store(self.database)
        if not await store.is_enrolled():
            await store.enrol(self.key.key_id, self._first_identity())
        engine = Engine(store, self._environment, await store.identity(), await store.status())
        terminal = Terminal(engine)
        terminal.attach(Link(engine, self.key, OFFICE, self._connect, self._environment))
        await terminal.watch_rollup(OFFICE, "", "", WATCH_DEPTH)
        terminal.go_online()
        self.terminal = terminal
        return terminal

    async def _connect(self) -> Transport:
        line = await self._net.connect(self.name)
        return EarlierRelease(line, protocol_of(self.release)) if self.release else line

    def connection(self) -> AbstractContextManager[sqlite3.Connection]:
        """The file, for the checks."""
        return opened(self.path, self.database)

    async def crash(self) -> None:
        """The process is killed."""
        if self.database is None:
            return
        database, terminal = self.database, self.terminal
        database.kill()
        self._net.cut(self.name)
        await self.beside.end()
        if terminal is not None:
            with suppress(asyncio.CancelledError):
                await terminal.close()
        await database.close()
        self.database, self.terminal = None, None

    async def stop(self) -> None:
        """End in an orderly way."""
        await self.beside.end()
        if self.terminal is not None:
            await self.terminal.close()
        if self.database is not None:
            await self.database.close()
        self.database, self.terminal = None, None

    async def rest(self) -> None:
        """The person at it goes home; the process runs on."""
        await self.beside.end()

    # -- copies ----------------------------------------------------------------------------------

    def copy_to(self, target: Path) -> None:
        """Copy the file as it is at this moment."""
        with self.connection() as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)

    def back_up(self) -> None:
        """Keep a copy of the file."""
        self.copy_to(self._copy)
        self._copy_is_damaged = self.damaged

    def put_back(self) -> bool:
        """Replace the file by the copy kept last, while the process is down; False without one."""
        if not self._copy.exists():
            return False
        shutil.copyfile(self._copy, self.path)
        self.damaged = self._copy_is_damaged
        self.copied += 1
        with self.connection() as own:
            there = {op for (op,) in own.execute("SELECT id FROM ops")}
        self.saved = {op: record for op, record in self.saved.items() if op in there}
        return True

    def clone(self) -> TerminalMachine:
        """Another machine with a copy of this one's file and key, down."""
        other = TerminalMachine(self._folder, self._net, self.person, self._seed, self)
        self.copy_to(other.path)
        self.copied += 1
        other.copied += 1
        with other.connection() as own:
            there = {op for (op,) in own.execute("SELECT id FROM ops")}
        other.saved = {op: record for op, record in other.saved.items() if op in there}
        return other

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
