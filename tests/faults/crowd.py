"""Many terminals of one process: bare keys over real sockets, quick enough for hundreds."""

from __future__ import annotations

from pathlib import Path

from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.office import open_office
from armband.shared import handshake
from armband.shared.permissions import Role
from support.office_rig import unit_drafts
from support.peer import Key, Peer
from support.real_office import HOUR_MS, new_office


async def office_with_keys(directory: Path, count: int) -> tuple[bytes, list[Key]]:
    """Make an office with the units of the rig that lists ``count`` keys; its epoch, and the keys.

    Nobody serves it yet.
    """
    environment = real_environment()
    await new_office(directory)
    keys = [Key() for _ in range(count)]
    async with open_office(directory, environment) as office:
        await office.upsert(unit_drafts(), "office")
        for key in keys:
            expires_ms = environment.now_ms() + HOUR_MS
            code = await office.create_invite("lianhu/yg", Role.GRID, "张三", expires_ms)
            await office.take_invite(handshake.invite_id(code), key.public)
        return office.epoch, keys


async def admitted(url: str, key: Key, epoch: bytes = b"") -> Peer:
    """A welcomed connection; with an epoch it is not taken for a terminal that pushes all anew."""
    peer = Peer(await open_unpinned(url), key)
    await peer.welcome(real_environment().now_ms(), epoch=epoch)
    return peer


def resident_kib(pid: int | str = "self") -> int:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS in /proc")


def forget(peer: Peer) -> None:
    """What a peer has read and sent is not looked at again; its lists must not grow for ever."""
    peer.seen.clear()
    peer.frames.clear()
    peer.sent.clear()
