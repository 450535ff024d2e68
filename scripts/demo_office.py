"""The demo's office: real ``armband-server`` commands, and one running server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

COMMANDS = Path(sys.executable).parent
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 15.0


class DemoFailed(Exception):
    """The demo cannot go on; the text says which step and what it printed."""


async def verb(data_dir: Path, name: str, *arguments: str) -> dict[str, Any]:
    """Run one ``armband-server`` command with ``--json`` and return what it printed.

    Raises:
        DemoFailed: it ended with another exit code than 0.
    """
    return await command("armband-server", name, *arguments, "--data", str(data_dir), "--json")


async def command(program: str, *arguments: str) -> dict[str, Any]:
    """Run one command of Armband and return the JSON that it printed.

    Raises:
        DemoFailed: it ended with another exit code than 0.
    """
    process = await asyncio.create_subprocess_exec(
        str(COMMANDS / program),
        *arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        said = (err or out).decode(errors="replace").strip()[-2000:]
        raise DemoFailed(f"{program} {arguments[0]} ended with {process.returncode}: {said}")
    answer: dict[str, Any] = json.loads(out) if out.strip() else {}
    return answer


@asynccontextmanager
async def running(data_dir: Path, log: Path) -> AsyncIterator[str]:
    """The server of ``data_dir`` on a free port of loopback; yields its ``wss://`` address.

    It has its own process group, so that a Ctrl-C at the keyboard reaches it only through here,
    after the terminals have been closed.

    Raises:
        DemoFailed: it did not start.
    """
    with log.open("ab") as notes:
        process = await asyncio.create_subprocess_exec(
            str(COMMANDS / "armband-server"),
            "run",
            "--data",
            str(data_dir),
            "--listen",
            "127.0.0.1:0",
            "--json",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=notes,
            start_new_session=True,
        )
        try:
            yield await _address(process, log)
        finally:
            await _stop(process)


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
        address: str = json.loads(line)["listening"]
    except (TimeoutError, ValueError, KeyError):
        raise DemoFailed(f"the office did not start: {_tail(log)}") from None
    return address


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").strip()[-2000:]


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
