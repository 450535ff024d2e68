"""A live office that somebody attacks from another address, while a terminal works beside it.

The server is a process of its own, behind real TLS sockets. What must never come out of it carries
`MARK`; the attacks come from addresses of loopback that the terminal does not use.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect

from armband.client.websocket import WebsocketTransport
from armband.client.world import real_environment
from armband.server.office import Office, open_office
from armband.shared import handshake, wire
from armband.shared.drafts import Draft
from armband.shared.permissions import Role
from armband.shared.tokens import Token, token_text
from faults.crowd import forget, resident_kib
from faults.processes import OfficeProcess
from support.office_rig import G1, unit_drafts
from support.peer import Key, Peer, check_patch, record_id
from support.real_office import HOUR_MS, new_office
from support.waiting import until

MARK = "王机密"
"""Name of who lives outside of the attackers' scope."""
ELSEWHERE = "lianhu/hy/g1"
SECRET_RECORD = record_id(77)
ATTACKER = "127.0.0.66"
GROWTH_KIB = 48 * 1024
"""Memory that the server may take during one attack: a few dozen frames and their copies."""
SLOWEST_S = 5.0
"""The longest that a receipt may take meanwhile, on a busy machine."""
PAUSE_S = 0.02


@dataclass
class Target:
    """The office under attack, and the keys that it has listed."""

    office: OfficeProcess
    epoch: bytes
    worker: Key
    insider: Key
    revoked: Key
    token: str
    code: str
    worked: int = 0
    landed: tuple[bytes, int] = (bytes(16), 0)
    """The worker's newest operation that the office is known to hold, and its counter."""

    @property
    def address(self) -> tuple[str, int]:
        host, _colon, port = self.office.url.removeprefix("wss://").rpartition(":")
        return host, int(port)


async def prepared(directory: Path) -> Target:
    """Make the office; nobody serves it yet."""
    environment = real_environment()
    await new_office(directory)
    async with open_office(directory, environment) as office:
        await office.upsert(unit_drafts(), "office")
        secret = Draft("resident", SECRET_RECORD, ELSEWHERE, {"name": MARK})
        assert await office.upsert([secret], "office") == ["new"]
        worker, insider, revoked = [await _listed(office) for _number in range(3)]
        await office.revoke(revoked.id)
        expires_ms = environment.now_ms() + HOUR_MS
        token_id, secret_part = await office.create_token(G1, expires_ms)
        token = token_text(Token(token_id, secret_part, b"f" * 32))
        code = await office.create_invite(G1, Role.GRID, "张三", expires_ms)
        process = OfficeProcess(directory)
        return Target(process, office.epoch, worker, insider, revoked, token, code)


async def _listed(office: Office) -> Key:
    key = Key()
    expires_ms = real_environment().now_ms() + HOUR_MS
    code = await office.create_invite(G1, Role.GRID, "张三", expires_ms)
    await office.take_invite(handshake.invite_id(code), key.public)
    return key


def anyones_context() -> ssl.SSLContext:
    """TLS of somebody who does not care who answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def reach(target: Target, key: Key | None = None, address: str = ATTACKER) -> Peer:
    """Connect from an address; nothing is said yet."""
    connection = await connect(
        target.office.url,
        ssl=anyones_context(),
        proxy=None,
        compression=None,
        max_size=None,
        local_addr=(address, 0),
    )
    tls: ssl.SSLObject = connection.transport.get_extra_info("ssl_object")
    transport = WebsocketTransport(connection, tls.getpeercert(binary_form=True) or b"")
    return Peer(transport, key)


async def inside(target: Target, key: Key, address: str = ATTACKER) -> Peer:
    """Connect and be welcomed."""
    peer = await reach(target, key, address)
    await peer.welcome(real_environment().now_ms(), epoch=target.epoch)
    return peer


def leaks(peer: Peer) -> bool:
    """Whether anything that the peer was sent holds what it must not see, packed or not."""
    for frame in peer.frames:
        texts = [frame]
        body = getattr(wire.decode_from_office(frame), "body", b"")
        if body:
            texts.append(wire.unpack(body))
        if any(MARK.encode() in text or SECRET_RECORD in text for text in texts):
            return True
    return False


async def ended(peer: Peer) -> int:
    """Read until the office closes; its code. Nothing may have leaked."""
    code = (await peer.closed(10)).code
    assert not leaks(peer)
    return code


@asynccontextmanager
async def undisturbed(target: Target, landed: int = 0) -> AsyncIterator[None]:
    """A terminal records beside what happens in the block, and nothing else lands.

    Args:
        landed: operations of others that may land all the same.

    Raises:
        AssertionError: it was cut, or waited too long; something landed; or the server grew.
    """
    worker = await inside(target, target.worker, "127.0.0.1")
    first = await _work_once(target, worker)
    before_kib = resident_kib(target.office.pid)
    # From here on the system notes the most that the server ever holds, not only what is left.
    Path(f"/proc/{target.office.pid}/clear_refs").write_text("5")
    waits_s: list[float] = []
    last = [first]

    async def work() -> None:
        while True:
            begun_s = time.monotonic()
            last[0] = await _work_once(target, worker)
            waits_s.append(time.monotonic() - begun_s)
            await pause()

    working = asyncio.create_task(work())
    try:
        yield
        done = len(waits_s)
        await until(lambda: working.done() or len(waits_s) >= done + 2, "the terminal works on")
        assert not working.done(), working
    finally:
        working.cancel()
        await asyncio.wait([working])
    # The one under way when the work was broken off has perhaps landed, and nobody counted it.
    forget(worker)
    worker.transport.abort()
    grown_kib = _most_kib(target.office.pid) - before_kib
    assert grown_kib < GROWTH_KIB, f"the server grew by {grown_kib} KiB"
    assert max(waits_s) < SLOWEST_S, f"a receipt took {max(waits_s):.2f} s"
    assert last[0] - first == len(waits_s) + landed, "nothing else lands"


def _most_kib(pid: int) -> int:
    """The most memory that a process has held since that was last forgotten."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError("no VmHWM in /proc")


async def pause(seconds: float = PAUSE_S) -> None:
    """Keep to a pace; what is waited for is asked afterwards."""
    await asyncio.sleep(seconds)


async def _work_once(target: Target, worker: Peer) -> int:
    """Record a check; the seq at which it landed."""
    target.worked += 1
    now_ms = real_environment().now_ms()
    record = record_id(100_000 + target.worked)
    await worker.record(now_ms, record, "check", G1, check_patch(G1, now_ms, "2022-06-12"))
    pushed = (worker.key.prev, worker.key.counter)
    while True:
        answer = await worker.next(wire.Receipts, 10)
        if answer.items:
            assert answer.items[0].status == wire.STATUS_ACCEPTED
            target.landed = pushed
            return answer.items[0].seq
