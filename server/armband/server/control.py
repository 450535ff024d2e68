"""The control socket: how a command reaches the office that a running server holds.

A Unix socket in the data directory, for its owner alone. Either way travel MessagePack maps, each
after its length in four bytes: ``{"verb", "args"}`` up, then any number of ``{"progress": [done,
total]}`` down and at last ``{"result"}``, or ``{"error", "code"}`` with the exit code.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from armband.server.account import peer_account
from armband.server.audit_log import acting
from armband.server.exit_codes import ExitCode
from armband.server.exits import ControlRefused, exit_code_of
from armband.shared.errors import ArmbandError

SOCKET_FILE = "control.sock"
MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message: only the owner of the data directory can send any."""
_LONGEST_PATH = 100
"""A Unix socket's address holds 104 to 108 bytes, depending on the system."""

Progress = Callable[[int, int], None]
Handler = Callable[[str, dict[str, Any], Progress], Awaitable[Any]]


@contextmanager
def _address(directory: Path) -> Iterator[str]:
    """The socket's address, short enough for the system wherever the directory lies."""
    path = str(directory / SOCKET_FILE)
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    # Linux names an open directory shortly; elsewhere a long path fails with the system's message.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_FILE}"
    finally:
        os.close(descriptor)


class ControlServer:
    """Answers on the control socket. The caller holds the office's lock, so an old socket file is
    nobody's and is replaced."""

    def __init__(self, directory: Path, handler: Handler) -> None:
        self._directory = directory
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._peers: dict[int, asyncio.Task[Any]] = {}

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the socket cannot be made.
        """
        remove_stale_socket(self._directory)
        with _address(self._directory) as address:
            mask = os.umask(0o177)
            try:
                self._server = await asyncio.start_unix_server(self._serve, address)
            finally:
                os.umask(mask)

    async def stop(self) -> None:
        """Stop listening, close what is open, remove the socket."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        peers = list(self._peers.values())
        for peer in peers:
            peer.cancel()
        if peers:
            await asyncio.wait(peers)
        await server.wait_closed()
        remove_stale_socket(self._directory)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        self._peers[id(task)] = task
        # For this task alone: everything that it asks for is by this account.
        acting.set(peer_account(writer.get_extra_info("socket")))
        try:
            while self._server is not None:
                request = await _read(reader)
                _write(writer, await self._answer(request, writer))
                await writer.drain()
        except (EOFError, ConnectionError):
            pass  # The command has left; what it asked for is done or was refused.
        except asyncio.CancelledError:
            pass  # By `stop`; asyncio's streams log a cancelled task as an error.
        finally:
            del self._peers[id(task)]
            writer.close()

    async def _answer(self, request: Any, writer: asyncio.StreamWriter) -> dict[str, Any]:
        def progress(done: int, total: int) -> None:
            _write(writer, {"progress": [done, total]})

        try:
            result = await self._handler(str(request["verb"]), dict(request["args"]), progress)
        except ArmbandError as error:
            return {"error": str(error), "code": int(exit_code_of(error))}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"not understood: {error}", "code": int(ExitCode.USAGE)}
        return {"result": result}


class ControlClient:
    """A connection to a running office."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, directory: Path) -> ControlClient:
        """Reach the office that holds ``directory``.

        Raises:
            OSError: nobody answers there.
        """
        with _address(directory) as address:
            return cls(*await asyncio.open_unix_connection(address))

    async def call(self, verb: str, args: dict[str, Any], progress: Progress | None = None) -> Any:
        """Run a verb at the office.

        Raises:
            ControlRefused: the office refused it.
            ConnectionError: the office went away before it answered.
        """
        _write(self._writer, {"verb": verb, "args": args})
        await self._writer.drain()
        while True:
            try:
                answer = await _read(self._reader)
            except EOFError:
                raise ConnectionResetError("the office went away before it answered") from None
            if "progress" in answer:
                if progress is not None:
                    progress(*answer["progress"])
            elif "error" in answer:
                raise ControlRefused(answer["error"], ExitCode(answer["code"]))
            else:
                return answer["result"]

    async def close(self) -> None:
        """Leave."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


def remove_stale_socket(directory: Path) -> None:
    """Remove the socket file of a server that is gone; only for the holder of the office's lock."""
    path = directory / SOCKET_FILE
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()


async def _read(reader: asyncio.StreamReader) -> Any:
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > MAX_MESSAGE:
        raise ConnectionResetError(f"a control message of {size} bytes, at most {MAX_MESSAGE}")
    raw = await reader.readexactly(size)
    try:
        return msgspec.msgpack.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConnectionResetError(f"no control message: {error}") from None


def _write(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    raw = msgspec.msgpack.encode(message)
    writer.write(len(raw).to_bytes(4, "big") + raw)
