"""The control socket, over a real Unix socket."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from armband.server.control import SOCKET_FILE, ControlClient, ControlServer, Progress
from armband.server.errors import BadRequest, NotFound, StoreFull
from armband.server.exit_codes import ExitCode
from armband.server.exits import ControlRefused
from support.waiting import within


async def answer(verb: str, args: dict[str, Any], progress: Progress) -> Any:
    match verb:
        case "echo":
            return args
        case "count":
            for done in range(1, 4):
                progress(done, 3)
            return {"counted": 3}
        case "missing":
            raise NotFound("no terminal is called T009")
        case "full":
            raise StoreFull("the disk is full")
        case _:
            raise BadRequest(f"no verb is called {verb!r}")


@asynccontextmanager
async def serving(directory: Path) -> AsyncIterator[ControlClient]:
    server = ControlServer(directory, answer)
    await server.start()
    client = await ControlClient.connect(directory)
    try:
        yield client
    finally:
        await client.close()
        await within(server.stop(), "the control socket closes")


async def test_a_verb_gets_its_arguments_and_gives_its_result(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        args = {"text": "红袖章", "bytes": b"\x00\xff", "list": [1, None, {"a": True}]}
        assert await client.call("echo", args) == args
        assert await client.call("echo", {}) == {}


async def test_progress_comes_before_the_result(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    async with serving(tmp_path) as client:
        result = await client.call("count", {}, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert result == {"counted": 3}


@pytest.mark.parametrize(
    ("verb", "code", "text"),
    [
        ("missing", ExitCode.REFUSED, "T009"),
        ("full", ExitCode.STORE, "full"),
        ("nonsense", ExitCode.USAGE, "nonsense"),
    ],
)
async def test_a_refusal_keeps_its_words_and_exit_code(
    tmp_path: Path, verb: str, code: ExitCode, text: str
) -> None:
    async with serving(tmp_path) as client:
        with pytest.raises(ControlRefused, match=text) as raised:
            await client.call(verb, {})
        assert raised.value.exit_code is code
        assert await client.call("echo", {"still": "there"}) == {"still": "there"}


async def test_only_the_owner_may_speak_to_it(tmp_path: Path) -> None:
    async with serving(tmp_path):
        assert stat.S_IMODE((tmp_path / SOCKET_FILE).stat().st_mode) == 0o600


async def test_a_folder_with_a_long_path_works_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    async with serving(deep) as client:
        assert await client.call("echo", {"deep": 1}) == {"deep": 1}


async def test_the_file_of_a_dead_server_is_replaced_and_removed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / SOCKET_FILE))
    async with serving(tmp_path) as client:
        assert await client.call("echo", {}) == {}
    assert not (tmp_path / SOCKET_FILE).exists()


async def test_nonsense_closes_that_connection_and_no_other(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        reader, writer = await asyncio.open_unix_connection(tmp_path / SOCKET_FILE)
        writer.write((5).to_bytes(4, "big") + b"\xc1\xc1\xc1\xc1\xc1")
        assert await within(reader.read(), "the office hangs up") == b""
        writer.close()
        assert await client.call("echo", {}) == {}


async def test_an_office_that_goes_away_is_said(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def vanish(_verb: str, _args: dict[str, Any], _progress: Progress) -> Any:
        asked.set()
        await asyncio.Event().wait()

    server = ControlServer(tmp_path, vanish)
    await server.start()
    client = await ControlClient.connect(tmp_path)
    call = asyncio.create_task(client.call("anything", {}))
    await within(asked.wait(), "the verb arrives")
    await server.stop()
    with pytest.raises(ConnectionError):
        await within(call, "the call ends")
    await client.close()
