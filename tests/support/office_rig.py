"""A real office on a real file, its gateway, and terminals that reach it through a fake wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from armband.server.gateway import Gateway
from armband.server.model import Terminal
from armband.server.office import Office, create_office, open_office
from armband.server.office.opening import STORE_FILE
from armband.server.store.driver import SqliteDatabase, open_database
from armband.server.store.sqlite import SqliteStore
from armband.shared import handshake, wire
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Value
from armband.shared.ids import natural_record_id
from armband.shared.permissions import Role
from support.fake_wire import FakeTransport, fake_pair
from support.peer import Key, Peer, check_patch, record_id
from support.waiting import within

START_MS = 1_655_000_000_000
"""2022-06-12 in Shanghai, in the morning."""
OFFICE = "lianhu"
G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"
UNITS = (
    ("lianhu/yg", "阳光社区", "community"),
    (G1, "第1网格", "grid"),
    (G2, "第2网格", "grid"),
    ("lianhu/hy", "花园社区", "community"),
    ("lianhu/hy/g1", "花园第1网格", "grid"),
)


@dataclass
class Clock:
    """A wall clock that a test moves by hand."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Rig:
    """A serving office."""

    office: Office
    gateway: Gateway
    environment: Environment
    clock: Clock
    database: SqliteDatabase
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    ends: list[FakeTransport] = field(default_factory=list)

    async def enrol(self, unit: str, role: Role) -> tuple[Key, Terminal]:
        """A listed key, without the handshake."""
        key = Key()
        code = await self.office.create_invite(unit, role, "张三", self.clock() + 3_600_000)
        return key, await self.office.take_invite(handshake.invite_id(code), key.public)

    def connect(self, key: Key | None = None, room: int = 64, fingerprint: bytes = b"") -> Peer:
        """A new connection; the hello is still to be said.

        Args:
            room: how many frames fit into the line towards the terminal.
            fingerprint: of the certificate that the terminal sees, when it is not the office's.
        """
        ours, theirs = fake_pair(room=room)
        if fingerprint:
            theirs.fingerprint = fingerprint
        self.ends.append(ours)
        self.tasks.append(asyncio.create_task(self.gateway.serve(ours)))
        return Peer(theirs, key)

    async def fill_disk(self, full: bool = True) -> None:
        """Let the store grow no further, as on a full disk, or let it grow again."""
        pages = 1 if full else 1_000_000
        # SQLite keeps the limit at the present size when it is asked for less.
        await self.database.write(
            lambda conn: conn.execute(f"PRAGMA max_page_count = {pages}").fetchone()
        )

    async def settle(self) -> None:
        """Wait until every connection has ended."""
        for task in self.tasks:
            await within(task, "a connection ends")


async def terminal(rig: Rig, unit: str = G1, role: Role = Role.GRID) -> Peer:
    """A welcomed and caught-up terminal that knows the office's epoch."""
    key, _listed = await rig.enrol(unit, role)
    peer = rig.connect(key)
    await peer.welcome(rig.clock(), epoch=rig.office.epoch)
    await peer.next(wire.CaughtUp)
    peer.skip()
    return peer


async def check(rig: Rig, peer: Peer, number: int, unit: str = G1, **more: Value) -> None:
    """Push a check, whose record id follows from its number."""
    patch = check_patch(unit, rig.clock(), rig.office.today, **more)
    await peer.record(rig.clock(), record_id(number), "check", unit, patch)


def unit_drafts() -> list[Draft]:
    """The units of the rig."""
    return [
        Draft("unit", natural_record_id(OFFICE, "unit", code), code, {"name": name, "level": level})
        for code, name, level in UNITS
    ]


@asynccontextmanager
async def office_rig(directory: Path, seed: int = 1) -> AsyncIterator[Rig]:
    """A new office with a few units, served."""
    random, clock = Random(seed), Clock()
    environment = Environment(clock, random.randbytes)
    await create_office(directory, OFFICE, "莲湖街道", environment)
    async with _served(directory, environment, clock) as rig:
        outcomes = await rig.office.upsert(unit_drafts(), "office")
        assert set(outcomes) == {"new"}
        yield rig


@asynccontextmanager
async def reopened_rig(directory: Path, seed: int = 2) -> AsyncIterator[Rig]:
    """The office that an `office_rig` has left in ``directory``, or a copy of it, served again."""
    clock = Clock()
    async with _served(directory, Environment(clock, Random(seed).randbytes), clock) as rig:
        yield rig


@asynccontextmanager
async def _served(directory: Path, environment: Environment, clock: Clock) -> AsyncIterator[Rig]:
    database = await open_database(directory / STORE_FILE)
    async with open_office(SqliteStore(database, OFFICE), environment) as office:
        gateway = Gateway(office, environment)
        gateway.start()
        rig = Rig(office, gateway, environment, clock, database)
        try:
            yield rig
        finally:
            await gateway.stop()
            for end in rig.ends:
                end.abort()
            await rig.settle()
