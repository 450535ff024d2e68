"""How a command gets at an office, whether a server runs there or not. One writer, always.

Whoever gets the folder's lock opens the office itself; else a server (or another command) has it:
a server answers on its control socket, another command is soon done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from armband.server.admin import Admin
from armband.server.control import ControlClient, Progress, remove_stale_socket
from armband.server.errors import StoreMissing
from armband.server.lock import OfficeLock
from armband.server.office import open_office
from armband.server.office.opening import STORE_FILE
from armband.shared.environment import Environment

WAIT_S = 5.0
"""How long a command waits for another one that holds the office."""
POLL_S = 0.05
"""How often it looks again."""


class Desk(Protocol):
    """An office within reach."""

    async def call(
        self, verb: str, args: dict[str, Any] | None = None, progress: Progress | None = None
    ) -> Any:
        """Run an administration verb (see `admin.Admin`).

        Args:
            args: plain data or Structs, as MessagePack carries them.
            progress: called with (done, total) while a long verb runs.

        Returns:
            Plain data: dicts, lists, texts, numbers, bytes.

        Raises:
            ServerError: the verb was refused; `exits.exit_code_of` tells the exit code.
        """


class _DirectDesk:
    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    async def call(
        self, verb: str, args: dict[str, Any] | None = None, progress: Progress | None = None
    ) -> Any:
        # Through MessagePack like the control socket, so that both ways take and give the same.
        result = await self._admin.call(verb, plain(args or {}), progress or _silent)
        return plain(result)


class _RemoteDesk:
    def __init__(self, client: ControlClient) -> None:
        self._client = client

    async def call(
        self, verb: str, args: dict[str, Any] | None = None, progress: Progress | None = None
    ) -> Any:
        return await self._client.call(verb, args or {}, progress)


@asynccontextmanager
async def open_desk(directory: Path, environment: Environment) -> AsyncIterator[Desk]:
    """The office in ``directory``, by the way that is open.

    Raises:
        StoreMissing: there is no office.
        OfficeBusy: its holder does not answer.
        StoreDamaged: its file cannot be used.
    """
    require_office(directory)
    lock = OfficeLock(directory)
    client = await lock_or_client(directory, lock)
    if client is not None:
        try:
            yield _RemoteDesk(client)
        finally:
            await client.close()
        return
    try:
        remove_stale_socket(directory)
        async with open_office(directory, environment) as office:
            yield _DirectDesk(Admin(office, environment))
    finally:
        lock.release()


def require_office(directory: Path) -> None:
    """Look before a lock file is left in a folder that is no office's.

    Raises:
        StoreMissing: there is none.
    """
    if not (directory / STORE_FILE).is_file():
        raise StoreMissing(f"there is no office in {directory}: armband-server init makes one")


async def lock_or_client(directory: Path, lock: OfficeLock) -> ControlClient | None:
    """A connection to the server that holds the office, or None once the lock is ours.

    Raises:
        OfficeBusy: the holder neither answers nor ends within `WAIT_S`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_S
    while not lock.try_acquire():
        try:
            return await ControlClient.connect(directory)
        except OSError:
            # A server that is starting or stopping, or a command at work: look again.
            if loop.time() > deadline:
                raise lock.busy() from None
        await asyncio.sleep(POLL_S)
    return None


def plain(value: Any) -> Any:
    """A value as MessagePack carries it: Structs become maps, tuples lists."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value))


def _silent(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""
