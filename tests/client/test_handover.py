"""One process per store: the second hands its lines to the first, or says who holds it."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from armband.client.errors import NotAllowed, StoreHeld
from armband.client.exit_codes import ExitCode
from armband.client.handover import SOCKET_FILE, HandoverServer, HolderRefused, ask_holder
from armband.client.lock import LOCK_FILE, hold
from support.waiting import within


async def say(args: Mapping[str, Any]) -> Any:
    return {"said": args["words"]}


async def refuse(_args: Mapping[str, Any]) -> Any:
    raise NotAllowed("not here")


HANDLERS = {"say": say, "refuse": refuse}


async def test_the_holder_answers_and_others_read_its_answer(tmp_path: Path) -> None:
    async with HandoverServer(tmp_path, HANDLERS):
        mode = (tmp_path / SOCKET_FILE).stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        answers = await asyncio.gather(
            *(ask_holder(tmp_path, "say", {"words": f"第{n}"}) for n in range(20))
        )
        assert answers == [{"said": f"第{n}"} for n in range(20)]
    assert not (tmp_path / SOCKET_FILE).exists()


async def test_what_the_holder_refuses_keeps_its_exit_code(tmp_path: Path) -> None:
    async with HandoverServer(tmp_path, HANDLERS):
        with pytest.raises(HolderRefused, match="not here") as caught:
            await ask_holder(tmp_path, "refuse", {})
        assert caught.value.exit_code is ExitCode.NOT_ALLOWED
        with pytest.raises(HolderRefused, match="not understood") as caught:
            await ask_holder(tmp_path, "fly", {})
        assert caught.value.exit_code is ExitCode.USAGE


async def test_nobody_there_is_an_os_error_also_beside_a_stale_socket(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await ask_holder(tmp_path, "say", {})
    server = HandoverServer(tmp_path, HANDLERS)
    async with server:
        os.link(tmp_path / SOCKET_FILE, tmp_path / "stale")
    (tmp_path / "stale").rename(tmp_path / SOCKET_FILE)
    with pytest.raises(OSError, match="refused"):
        await ask_holder(tmp_path, "say", {})
    async with HandoverServer(tmp_path, HANDLERS):
        assert await ask_holder(tmp_path, "say", {"words": "again"}) == {"said": "again"}


async def test_a_folder_with_a_long_name_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    async with HandoverServer(deep, HANDLERS):
        assert await ask_holder(deep, "say", {"words": "x"}) == {"said": "x"}


async def test_a_holder_that_leaves_in_the_middle_is_noticed(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def never(_args: Mapping[str, Any]) -> Any:
        asked.set()
        await asyncio.Event().wait()

    server = HandoverServer(tmp_path, {"never": never})
    await server.__aenter__()
    waiting = asyncio.create_task(ask_holder(tmp_path, "never", {}))
    await within(asked.wait(), "the question arrives")
    await within(server.__aexit__(None, None, None), "it closes")
    with pytest.raises(ConnectionResetError):
        await within(waiting, "an end")


async def test_rubbish_on_the_socket_harms_nobody(tmp_path: Path) -> None:
    async with HandoverServer(tmp_path, HANDLERS):
        for rubbish in (b"\x00\x00\x00\x01\xc1", b"\xff" * 8, b"GET / HTTP/1.1\r\n\r\n", b"\x00"):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / SOCKET_FILE))
            writer.write(rubbish)
            writer.write_eof()
            assert await within(reader.read(), "an end") == b""
            writer.close()
        assert await ask_holder(tmp_path, "say", {"words": "fine"}) == {"said": "fine"}


def test_the_lock_names_its_holder(tmp_path: Path) -> None:
    with hold(tmp_path):
        with pytest.raises(StoreHeld, match=str(os.getpid())) as caught:
            hold(tmp_path)
        assert caught.value.pid == os.getpid()
        assert stat.S_IMODE((tmp_path / LOCK_FILE).stat().st_mode) == 0o600
    with hold(tmp_path):
        pass


def test_a_lock_file_that_a_dead_process_left_is_free(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text("999999999\n")
    with hold(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"
