"""Real terminals of the tests: real folders, stores and links, against the office of a rig."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from armband.client.founding import make_terminal
from armband.client.keys import Enrolment, Identity, key_from_seed
from armband.client.link import Link
from armband.client.terminal import Terminal, open_terminal
from armband.server.model import Terminal as Listed
from armband.shared import handshake
from armband.shared.environment import Environment
from armband.shared.permissions import Role
from support.fake_wire import FakeTransport, fake_pair
from support.office_rig import OFFICE, Rig
from support.waiting import until

PEM = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
"""Stands where a fake wire has no certificate."""


@dataclass
class Wire:
    """Connects a terminal to a rig; ``up`` False is an office that does not answer."""

    rig: Rig
    up: bool = True
    newest: FakeTransport | None = None
    attempts: int = 0

    async def connect(self) -> FakeTransport:
        from armband.client.errors import OfficeUnreachable

        self.attempts += 1
        if not self.up:
            raise OfficeUnreachable("the office cannot be reached")
        ours, theirs = fake_pair()
        self.rig.ends.append(ours)
        self.rig.tasks.append(asyncio.create_task(self.rig.gateway.serve(ours)))
        self.newest = theirs
        return theirs

    def cut(self) -> None:
        """The cable is pulled; the office may be reached again."""
        assert self.newest is not None
        self.newest.abort()


@dataclass
class Place:
    """A terminal under test, its link and its wire."""

    terminal: Terminal
    link: Link
    wire: Wire
    folder: Path


async def enrolled(rig: Rig, folder: Path, unit: str, role: Role) -> Listed:
    """Make ``folder`` a terminal of the rig's office, without the handshake."""
    key = key_from_seed(rig.environment.random_bytes(32))
    code = await rig.office.create_invite(unit, role, "张三", rig.clock() + 3_600_000)
    listed = await rig.office.take_invite(handshake.invite_id(code), key.public)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    # Plain: the tests look into it and damage it with plain SQLite, and rigs repeat their draws.
    enrolment = Enrolment(OFFICE, "莲湖街道", listed.name, "wss://x:1", role.value, [unit], "off")
    make_terminal(folder, Identity(enrolment, key, PEM))
    return listed


@asynccontextmanager
async def place(
    rig: Rig, folder: Path, unit: str = "lianhu/yg", role: Role = Role.GRID, *, online: bool = True
) -> AsyncIterator[Place]:
    """An opened terminal, enrolled when it is not; online, it has caught up."""
    from armband.client.keys import is_enrolled, load_identity

    if not is_enrolled(folder):
        await enrolled(rig, folder, unit, role)
    wire = Wire(rig)
    environment = Environment(rig.clock, rig.environment.random_bytes)
    async with open_terminal(folder, environment) as terminal:
        key = load_identity(folder).key
        link = Link(terminal.replica, key, OFFICE, wire.connect, environment)
        terminal.attach(link)
        if online:
            terminal.go_online()
            await until(lambda: is_live(terminal), "the terminal catches up")
        yield Place(terminal, link, wire, folder)


def is_live(terminal: Terminal) -> bool:
    return terminal.status.connected and not terminal.status.catching_up
