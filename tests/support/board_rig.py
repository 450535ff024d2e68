"""A small served office with its control socket, and its board in a browser."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from websockets.asyncio.client import connect
from websockets.typing import Origin

from armband.server.board.feed import BoardFeed
from armband.server.board.gather import SILENT_AFTER_MS
from armband.server.board.web import passphrase
from armband.server.board.web.site import Site
from armband.server.certificate import load_certificate, make_certificate
from armband.server.office import Office, create_office
from armband.server.service import serve_office
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Value
from support.office_rig import G1, OFFICE, Clock, unit_drafts
from support.peer import check_patch, record_id

PASSPHRASE = "莲湖街道2022"


@dataclass
class BoardRig:
    """The office, its folder and its clock."""

    office: Office
    folder: Path
    clock: Clock
    environment: Environment

    async def checks(self, first: int, count: int, **more: Value) -> None:
        """Checks of today in the first grid."""
        drafts = [
            Draft(
                "check",
                record_id(number),
                G1,
                check_patch(G1, self.clock(), self.office.today, **more),
            )
            for number in range(first, first + count)
        ]
        for draft in drafts:
            del draft.fields["unit"]
        assert set(await self.office.upsert(drafts, "office")) == {"new"}


@asynccontextmanager
async def board_rig(folder: Path) -> AsyncIterator[BoardRig]:
    """An office with a few units, served on loopback."""
    clock = Clock()
    environment = Environment(clock, Random(1).randbytes)
    await create_office(folder, OFFICE, "莲湖街道", environment)
    make_certificate(folder, OFFICE, clock())
    async with serve_office(folder, environment, "127.0.0.1", 0) as service:
        await service.office.upsert(unit_drafts(), "office")
        yield BoardRig(service.office, folder, clock, environment)


def cheap_hash(text: str, environment: Environment) -> passphrase.Passphrase:
    """The hash of a passphrase that takes no time to try."""
    return passphrase.hashed(text, environment, memory_kib=64, passes=1)


@asynccontextmanager
async def board_site(rig: BoardRig, idle_s: float = 60.0) -> AsyncIterator[str]:
    """Its board in a browser; yields ``HOST:PORT``."""
    passphrase.save(rig.folder, cheap_hash(PASSPHRASE, rig.environment))
    feed = BoardFeed(rig.folder, SILENT_AFTER_MS, fresh_s=0.05)
    site = Site(
        rig.folder,
        feed,
        rig.environment,
        unit="",
        language="zh",
        idle_s=idle_s,
        names=[],
        period_s=0.1,
    )
    try:
        url = await site.start("127.0.0.1", 0, load_certificate(rig.folder))
        yield url.removeprefix("https://").rstrip("/")
    finally:
        await site.stop()
        await feed.close()


def trusting() -> ssl.SSLContext:
    """TLS to a certificate that only this machine has made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def line_to(address: str, origin: str | None = None) -> connect:
    """The line of a page of that origin, of the board's own when none is named."""
    return connect(
        f"wss://{address}/live",
        ssl=trusting(),
        origin=Origin(origin or f"https://{address}"),
        proxy=None,
        open_timeout=5,
    )
