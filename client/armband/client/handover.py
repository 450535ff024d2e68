"""How a command reaches the process that holds the store: a Unix socket in DIR.

One process per store writes. A second `armband record` or `check` hands its lines to the first,
which saves them through the same path and answers as if the command had done it itself. Only the
owner of DIR can connect. Both ways travel MessagePack maps, each after its length in four bytes:
``{"verb", "args"}`` up, ``{"result"}`` or ``{"error", "code"}`` (an exit code) down.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from armband.client.errors import ClientError
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.errors import error_words
from armband.shared.errors import ArmbandError

SOCKET_FILE = "terminal.sock"
RECORD, CHECK, STATUS, ROLLUPS, ASK = "record", "check", "status", "rollups", "ask"
"""What the holder of a store does for others."""
MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message: only the owner of DIR can send any."""
_LONGEST_PATH = 100
"""A Unix socket's address holds 104 to 108 bytes, depending on the system."""

Handler = Callable[[Mapping[str, Any]], Awaitable[Any]]
"""One verb: its arguments in, what the command would have printed out."""


class HolderRefused(ClientError):
    """The process that holds the store refused; carries its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = ExitCode(code)


@contextmanager
def _address(data_dir: Path) -> Iterator[str]:
    """The socket's address, short enough for the system wherever DIR lies."""
    path = str(data_dir / SOCKET_FILE)
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    # Linux names an open directory shortly; elsewhere a long path fails with the system's message.
    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_FILE}"
    finally:
        os.close(descriptor)


class HandoverServer:
    """Answers other commands while this process holds the store.

    Args:
        data_dir: whose lock this process holds, so that an old socket file is nobody's.
        handlers: by verb.
    """

    def __init__(self, data_dir: Path, handlers: Mapping[str, Handler]) -> None:
        self._data_dir = data_dir
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._serving: dict[int, asyncio.Task[Any]] = {}

    async def __aenter__(self) -> HandoverServer:
        """Listen.

        Raises:
            OSError: the socket cannot be made.
        """
        _remove_socket(self._data_dir)
        with _address(self._data_dir) as address:
            mask = os.umask(0o177)
            try:
                self._server = await asyncio.start_unix_server(self._serve, address)
            finally:
                os.umask(mask)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._server is not None:
            self._server.close()
            # A save is finished by the engine in any case; only the answer is lost, and the
            # command asks again.
            for task in list(self._serving.values()):
                task.cancel()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)
            await self._server.wait_closed()
        _remove_socket(self._data_dir)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        self._serving[id(task)] = task
        try:
            while True:
                answer = await self._answer(await _read(reader))
                _write(writer, answer)
                await writer.drain()
        except (EOFError, ConnectionError):
            pass  # The command has left; what it handed over is saved or was refused.
        finally:
            self._serving.pop(id(task), None)
            writer.close()

    async def _answer(self, request: Any) -> dict[str, Any]:
        try:
            handler = self._handlers[request["verb"]]
            return {"result": await handler(request["args"])}
        except ClientError as error:
            return {"error": str(error), "code": int(error.exit_code)}
        except ArmbandError as error:
            return {"error": error_words(error), "code": int(ExitCode.REFUSED)}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"not understood: {error}", "code": int(ExitCode.USAGE)}


async def ask_holder(data_dir: Path, verb: str, args: Mapping[str, Any]) -> Any:
    """What the process that holds the store in ``data_dir`` answers.

    Raises:
        HolderRefused: with its message and exit code.
        OSError: nobody answers there, or it went away before it answered.
    """
    with _address(data_dir) as address:
        reader, writer = await asyncio.open_unix_connection(address)
    try:
        _write(writer, {"verb": verb, "args": args})
        await writer.drain()
        answer = await _read(reader)
    except EOFError:
        raise ConnectionResetError(_("the other armband left before it answered")) from None
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    if "error" in answer:
        raise HolderRefused(answer["error"], answer["code"])
    return answer["result"]


def _remove_socket(data_dir: Path) -> None:
    path = data_dir / SOCKET_FILE
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()


async def _read(reader: asyncio.StreamReader) -> Any:
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > MAX_MESSAGE:
        raise ConnectionResetError(f"a message of {size} bytes, at most {MAX_MESSAGE}")
    raw = await reader.readexactly(size)
    try:
        return msgspec.msgpack.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConnectionResetError(f"no message: {error}") from None


def _write(writer: asyncio.StreamWriter, message: Mapping[str, Any]) -> None:
    raw = msgspec.msgpack.encode(message)
    writer.write(len(raw).to_bytes(4, "big") + raw)
