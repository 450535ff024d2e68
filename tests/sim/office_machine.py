"""The office's server in a simulation: up or down, with its real file between."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import AbstractContextManager, AsyncExitStack, suppress
from pathlib import Path

from armband.server.backup import Backup
from armband.server.gateway import Gateway
from armband.server.office import Office, found_office, open_office
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared.ids import ID_BYTES
from armband.shared.policy import Policy
from sim.backups import Backups
from sim.beside import Beside
from sim.clock import Clock, environment
from sim.database import SimDatabase, opened
from sim.names import OFFICE, OFFICE_NAME
from sim.net import Network

COPIES_MAX = 4
POLICY = Policy(keep_days=0)
"""No day goes by in a run: a terminal drops what is backed up at once."""


class OfficeMachine:
    """One machine with one file."""

    def __init__(self, folder: Path, net: Network, seed: int) -> None:
        self.path = folder / "office.db"
        self._folder = folder
        self._copies: list[Path] = []
        self.backups = Backups(folder)
        self._copied = 0
        self.clock = Clock()
        self._environment = environment(self.clock, f"{seed} office")
        self._rng = random.Random(f"{seed} office disk")
        self._net = net
        self._stack = AsyncExitStack()
        self.beside = Beside()
        self.lock = asyncio.Lock()
        self.database: SimDatabase | None = None
        self.office: Office | None = None

    async def found(self) -> None:
        """Make the office's file."""
        database = SimDatabase(self.path, self._rng)
        await migrated(database)
        await found_office(
            SqliteStore(database, OFFICE), OFFICE, OFFICE_NAME, self._environment, POLICY
        )
        await database.close()

    async def start(self) -> Office:
        """Come up on whatever the file holds, and take connections."""
        self.database = SimDatabase(self.path, self._rng)
        await migrated(self.database)
        store = SqliteStore(self.database, OFFICE)
        self.office = await self._stack.enter_async_context(open_office(store, self._environment))
        gateway = Gateway(self.office, self._environment)
        gateway.start()
        self._stack.push_async_callback(gateway.stop)
        self._net.accept = gateway.serve
        return self.office

    async def stop(self) -> None:
        """End in an orderly way."""
        self._net.accept = None
        await self.beside.end()
        await self._stack.aclose()
        self._forget()

    def connection(self) -> AbstractContextManager[sqlite3.Connection]:
        """The file, for the checks."""
        return opened(self.path, self.database)

    def peek(self) -> sqlite3.Connection | None:
        """The file as it is on the disk at this moment; None while the office is down."""
        return self.database.shown if self.office is not None and self.database else None

    async def crash(self) -> None:
        """The process is killed."""
        if self.database is None:
            return
        database = self.database
        database.kill()
        await self._net.office_gone()
        await self.beside.end()
        with suppress(asyncio.CancelledError):
            await self._stack.aclose()
        await database.close()
        self._forget()

    def _forget(self) -> None:
        self._stack, self.database, self.office = AsyncExitStack(), None, None

    # -- backups -------------------------------------------------------------------------------

    def make_backup(self, damage: random.Random | None = None) -> Backup:
        """A backup by the product; see `Backups.make`."""
        return self.backups.make(self._environment.now_ms(), damage)

    def put_backup_back(self) -> bool | None:
        """The newest backup by the product, while the process is down; see `Backups.put_back`."""
        epoch = self._environment.random_bytes(ID_BYTES)
        return self.backups.put_back(epoch, self._environment.now_ms())

    # -- copies ----------------------------------------------------------------------------------

    def back_up(self) -> None:
        """Copy the file as it is at this moment, while the process runs or not."""
        self._copied += 1
        copy = self._folder / f"office-{self._copied}.db"
        with self.connection() as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        self._copies.append(copy)
        if len(self._copies) > COPIES_MAX:
            self._copies.pop(0).unlink()

    def put_back(self) -> bool:
        """Replace the file by some older copy, while the process is down; False without one."""
        if not self._copies:
            return False
        shutil.copyfile(self._rng.choice(self._copies), self.path)
        return True
