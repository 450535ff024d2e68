"""One member of the demo's crew at a real terminal: its store, its link, and a cable to pull."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from armband.client.enrolment import enrol, split_code
from armband.client.errors import OfficeUnreachable
from armband.client.keys import load_identity
from armband.client.lane import NeedsChoice, Ready, parse, resolve, settle
from armband.client.model import Entry, LedgerQuery
from armband.client.terminal import Terminal, open_terminal
from armband.client.websocket import WebsocketTransport, open_unpinned, pinned
from armband.client.world import real_environment
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from scripts.demo_crew import Member
from scripts.demo_office import DemoFailed
from scripts.demo_tally import Tally

POLL_S = 0.05
PAGE = 200
NEWS_TIMEOUT_S = 30.0


class Cable:
    """The way to the office: the real one, until somebody pulls it out."""

    def __init__(self, url: str, certificate_pem: str) -> None:
        self._connect = pinned(url, certificate_pem)
        self._transport: WebsocketTransport | None = None
        self._pulled = False

    async def connect(self) -> WebsocketTransport:
        """See `sync_port.Connect`."""
        if self._pulled:
            raise OfficeUnreachable("the cable is out")
        transport = await self._connect()
        assert isinstance(transport, WebsocketTransport)
        self._transport = transport
        return transport

    def pull(self) -> None:
        """No network from now on."""
        self._pulled = True
        if self._transport is not None:
            self._transport.abort()

    def plug_in(self) -> None:
        """The network is back; the link finds out by itself."""
        self._pulled = False


class Post:
    """A member at work. Everything goes the way it goes when somebody types it."""

    def __init__(
        self, member: Member, terminal: Terminal, cable: Cable, tally: Tally, seed: int
    ) -> None:
        self.member = member
        self.terminal = terminal
        self.cable = cable
        self.rng = random.Random(f"{seed} {member.key}")
        self._tally = tally

    @property
    def drained(self) -> bool:
        """Whether all that was written here is at the office, and the base is up to date."""
        status = self.terminal.status
        return status.connected and not status.catching_up and status.waiting == 0

    async def households(self, unit: str) -> list[Entry]:
        """The doors of a unit, as this terminal knows them."""
        found: list[Entry] = []
        while True:
            page = await self.terminal.ledger(LedgerQuery("household", unit=unit), len(found), PAGE)
            found.extend(page.entries)
            if not page.entries or len(found) >= page.total:
                return found

    async def visit(self, door: Entry, channel: str, outcome: str, **more: str | int) -> bytes:
        """Record a visit of a household."""
        record = self.terminal.new_id()
        fields: Patch = {"household": door.view.id.hex(), "channel": channel, "outcome": outcome}
        await self.terminal.record([Draft("visit", record, door.view.unit, {**fields, **more})])
        self._tally.visit(record, channel, outcome)
        return record

    async def checkpoint(self, name: str) -> Entry:
        """The checkpoint of that name, once this terminal has heard of it.

        Raises:
            DemoFailed: it has not, in time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + NEWS_TIMEOUT_S
        while loop.time() < deadline:
            for place in await self.terminal.checkpoints():
                if place.view.text("name") == name:
                    return place
            await asyncio.sleep(POLL_S)
        raise DemoFailed(f"{self.member.key} has not heard of {name}")

    async def check(self, line: str, place: Entry) -> bytes:
        """Record what the lane makes of ``line``; asked who is meant, the guard takes a stranger if
        there is one, else the first.

        Raises:
            DemoFailed: the lane would have asked for something else.
        """
        parsed = parse(line)
        matches = {piece: await self.terminal.match([piece.terms], PAGE) for piece in parsed.pieces}
        policy = self.terminal.identity.policy
        outcome = resolve(parsed, matches, policy)
        if isinstance(outcome, NeedsChoice):
            strangers = [check for check in outcome.candidates if check.person is None]
            outcome = settle((strangers or outcome.candidates)[0], policy)
        if not isinstance(outcome, Ready):
            raise DemoFailed(f"the lane asks about {line!r}: {outcome}")
        check = outcome.check
        record = self.terminal.new_id()
        fields = {**check.fields(), "checkpoint": place.view.id.hex()}
        await self.terminal.record([Draft("check", record, place.view.unit, fields)])
        assert check.code is not None
        assert check.decision is not None
        assert check.temp_tenths is not None
        self._tally.check(record, check.code, check.decision, check.temp_tenths)
        return record

    async def void(self, record: bytes, reason: str) -> None:
        """Take a record back."""
        await self.terminal.void(record, reason)
        self._tally.void(record)


@asynccontextmanager
async def at_post(
    member: Member, folder: Path, url: str, code: str, tally: Tally, seed: int
) -> AsyncIterator[Post]:
    """Enrol a new terminal for ``member`` and keep it open and online."""
    environment = real_environment()
    await enrol(folder, split_code(code)[0], url, environment, open_unpinned)
    cable = Cable(url, load_identity(folder).certificate_pem)
    async with open_terminal(folder, environment, cable.connect) as terminal:
        terminal.go_online()
        yield Post(member, terminal, cable, tally, seed)


async def all_drained(posts: Sequence[Post], timeout_s: float) -> list[Post]:
    """Wait until every post is drained; those that are not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while True:
        left = [post for post in posts if not post.drained]
        if not left or loop.time() > deadline:
            return left
        await asyncio.sleep(POLL_S)
