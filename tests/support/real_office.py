"""An office behind a real socket with TLS: in this process, or a server of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armband.client.enrolment import enrol
from armband.client.holding import hold_online
from armband.client.link import Link
from armband.client.terminal import Terminal
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.certificate import make_certificate
from armband.server.office import create_office
from armband.server.service import Service, serve_office
from armband.shared.permissions import Role
from support.office_rig import OFFICE, unit_drafts
from support.terminals import is_live
from support.waiting import until

HOUR_MS = 3_600_000
TOOLS = Path(sys.executable).parent


async def new_office(directory: Path, certificate_at_ms: int | None = None) -> None:
    """Make an office with the units of the rig; its certificate may be of another time."""
    environment = real_environment()
    await create_office(directory, OFFICE, "莲湖街道", environment)
    make_certificate(directory, OFFICE, certificate_at_ms or environment.now_ms())


@asynccontextmanager
async def serving(directory: Path, port: int = 0) -> AsyncIterator[Service]:
    """Serve the office in ``directory`` on loopback."""
    async with serve_office(directory, real_environment(), "127.0.0.1", port) as service:
        await service.office.upsert(unit_drafts(), "office")
        yield service


@asynccontextmanager
async def real_office(directory: Path) -> AsyncIterator[Service]:
    """A new office, served."""
    await new_office(directory)
    async with serving(directory) as service:
        yield service


async def invited(
    service: Service, unit: str = "lianhu/yg", role: Role = Role.GRID, hours: int = 1
) -> str:
    """A new enrolment code."""
    expires_ms = real_environment().now_ms() + hours * HOUR_MS
    return await service.office.create_invite(unit, role, "张三", expires_ms)


@asynccontextmanager
async def real_terminal(
    service: Service, folder: Path, unit: str = "lianhu/yg", role: Role = Role.GRID
) -> AsyncIterator[tuple[Terminal, Link]]:
    """A terminal enrolled over the socket; online, it has caught up."""
    code = await invited(service, unit, role)
    await enrol(folder, code, service.url, real_environment(), open_unpinned)
    async with hold_online(folder, real_environment()) as (terminal, link):
        terminal.go_online()
        await until(lambda: is_live(terminal), "the terminal catches up", 10)
        yield terminal, link


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def in_english() -> dict[str, str]:
    """The environment of a user who reads English and has set nothing of Armband."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ARMBAND")}
    return {**clean, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}


def run_command(program: str, *words: str | Path, **environ: str) -> Ran:
    """Run ``armband`` or ``armband-server`` as a user would, in English, for a minute at most."""
    return run_within(60, program, *words, **environ)


def run_within(timeout_s: float, program: str, /, *words: str | Path, **environ: str) -> Ran:
    """The same with another limit.

    Raises:
        subprocess.TimeoutExpired: it has not ended by then, and was killed.
    """
    done = subprocess.run(
        [TOOLS / program, *words],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**in_english(), **environ},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def server_process(directory: Path, listen: str = "127.0.0.1:0") -> Iterator[str]:
    """``armband-server run`` until the block ends; gives the address it listens on."""
    words: Sequence[str | Path] = ("run", "--data", directory, "--listen", listen, "--json")
    process = subprocess.Popen(
        [TOOLS / "armband-server", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, process.communicate()[1]
        yield json.loads(first)["listening"]
    finally:
        process.terminate()
        process.communicate(timeout=20)
