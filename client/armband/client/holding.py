"""Holding the store: a terminal with its link, which other commands can hand their lines to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from armband.client.handover import (
    ASK,
    CHECK,
    RECORD,
    ROLLUPS,
    STATUS,
    Handler,
    HandoverServer,
)
from armband.client.headless.checking import check_lines
from armband.client.headless.recording import Line, record_lines
from armband.client.keys import load_identity
from armband.client.link import Link
from armband.client.terminal import Terminal, open_terminal
from armband.client.websocket import pinned
from armband.shared.environment import Environment


@asynccontextmanager
async def hold_online(
    data_dir: Path, environment: Environment
) -> AsyncIterator[tuple[Terminal, Link]]:
    """The terminal in DIR with its link attached, answering other commands until the block ends.

    `Terminal.go_online` runs the link.

    Raises:
        NotEnrolled: DIR is no terminal's.
        StoreHeld: another process holds it.
        StoreUnusable: the store is damaged, or the disk refuses.
    """
    async with open_terminal(data_dir, environment) as terminal:
        identity = load_identity(data_dir)
        connect = pinned(identity.enrolment.url, identity.certificate_pem)
        office = identity.enrolment.office
        link = Link(terminal.replica, identity.key, office, connect, environment)
        terminal.attach(link)
        async with HandoverServer(data_dir, handlers(terminal, link)):
            yield terminal, link


def handlers(terminal: Terminal, link: Link) -> Mapping[str, Handler]:
    """What the holder of a store does for other commands, by verb."""

    def by(args: Mapping[str, Any]) -> Terminal:
        """The terminal for who asks: the command has unlocked it for itself."""
        return terminal.recording_as(str(args.get("person", "")))

    async def record(args: Mapping[str, Any]) -> Any:
        lines = msgspec.convert(args["lines"], list[Line])
        return msgspec.to_builtins(await record_lines(by(args), lines))

    async def check(args: Mapping[str, Any]) -> Any:
        lines = msgspec.convert(args["lines"], list[str])
        ids = msgspec.convert(args["ids"], list[str])
        outcome = await check_lines(by(args), lines, str(args["checkpoint"]), ids)
        return msgspec.to_builtins(outcome)

    async def status(_args: Mapping[str, Any]) -> Any:
        return msgspec.to_builtins(terminal.status)

    async def rollups(args: Mapping[str, Any]) -> Any:
        # Imported here: only a command that asks for figures needs them.
        from armband.client.terminal_figures import answer_rollups

        return await answer_rollups(terminal, link, args)

    async def ask(args: Mapping[str, Any]) -> Any:
        from armband.client.headless.reports import answer

        return await answer(terminal, args)

    return {RECORD: record, CHECK: check, STATUS: status, ROLLUPS: rollups, ASK: ask}
