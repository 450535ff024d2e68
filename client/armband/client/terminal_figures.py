"""Roll-ups through a terminal: over its link, or from the process that holds its store."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec

from armband.client.errors import NotAllowed, OfficeUnreachable, StoreHeld
from armband.client.handover import ROLLUPS, ask_holder
from armband.client.holding import hold_online
from armband.client.i18n import _
from armband.client.link import Link
from armband.client.model import Event
from armband.client.rollups import Query
from armband.client.terminal import Terminal
from armband.client.world import real_environment
from armband.shared.permissions import totals_scope
from armband.shared.rollup_report import RollupReport
from armband.shared.units import in_scope

FIRST_TIMEOUT_S = 30.0
"""From the start to the first figures."""


async def read_from_terminal(data_dir: Path, query: Query) -> AsyncGenerator[RollupReport, None]:
    """The figures, then again with each change.

    Raises:
        OfficeUnreachable: no connection, or not in time; ``local`` holds what is known here.
        NotAllowed: the unit is outside of the terminal's scope.
    """
    try:
        async with hold_online(data_dir, real_environment()) as (terminal, link):
            terminal.go_online()
            async with aclosing(follow(terminal, link, query)) as reports:
                async for report in reports:
                    yield report
    except StoreHeld as held:
        async with aclosing(_from_holder(data_dir, query, held)) as reports:
            async for report in reports:
                yield report


async def follow(
    terminal: Terminal, link: Link, query: Query
) -> AsyncGenerator[RollupReport, None]:
    """The figures over the running link of an open terminal.

    Raises:
        OfficeUnreachable: no connection, or not in time; ``local`` holds what is known here.
        NotAllowed: the unit is outside of the terminal's office, or the terminal is revoked.
    """
    _check_trusted(terminal)
    scope = terminal.identity.scope
    unit = query.unit or (scope[0] if scope else "")
    visible = totals_scope(scope, is_script=False)
    if not in_scope(unit, visible):
        raise NotAllowed(
            _("{unit} is outside of this terminal's office: {office}").format(
                unit=unit, office=", ".join(visible)
            )
        )
    with link.read_figures(unit, query.depth, query.first, query.last) as reading:
        try:
            await _first(terminal, link, reading.changed)
        except OfficeUnreachable as error:
            day = query.last or terminal.today
            error.local = await terminal.rollup(unit, day, query.depth)
            raise
        while True:
            reading.changed.clear()
            yield reading.figures.report()
            await reading.changed.wait()


def _check_trusted(terminal: Terminal) -> None:
    if terminal.status.revoked:
        raise NotAllowed(_("the office has revoked this terminal"))


async def _first(terminal: Terminal, link: Link, changed: asyncio.Event) -> None:
    """Wait for the first figures, but not when the office cannot be reached."""
    news = asyncio.Event()

    def hear(_event: Event) -> None:
        news.set()

    stop = terminal.listen(hear)
    try:
        async with asyncio.timeout(FIRST_TIMEOUT_S):
            while not changed.is_set():
                _check_trusted(terminal)
                if link.failure is not None:
                    raise link.failure
                news.clear()
                await news.wait()
    except TimeoutError:
        raise OfficeUnreachable(_("the office did not answer")) from None
    finally:
        stop()


async def _from_holder(
    data_dir: Path, query: Query, held: StoreHeld
) -> AsyncGenerator[RollupReport, None]:
    """Ask again and again: the holder answers when there is something newer than ``since``."""
    since = -1
    while True:
        args = {**dataclasses.asdict(query), "since": since}
        try:
            answer = await ask_holder(data_dir, ROLLUPS, args)
        except OSError:
            raise held from None
        report = msgspec.convert(answer, RollupReport)
        since = report.as_of.seq
        yield report


async def answer_rollups(terminal: Terminal, link: Link, args: Mapping[str, Any]) -> Any:
    """What the holder of the store answers to `_from_holder`."""
    asked = msgspec.convert(args, _Asked)
    query = Query(asked.unit, asked.depth, asked.first, asked.last)
    async with aclosing(follow(terminal, link, query)) as reports:
        async for report in reports:
            if report.as_of.seq > asked.since:
                return msgspec.to_builtins(report)
    raise OfficeUnreachable(_("the connection to the office broke"))


class _Asked(msgspec.Struct, frozen=True):
    unit: str
    depth: int
    first: str
    last: str
    since: int = -1
