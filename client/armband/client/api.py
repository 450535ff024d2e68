"""Armband for scripts: the public Python API. Nothing here imports the screens.

    from armband.client.api import connect

    office = connect(url="wss://office:8443", token="armband1.…")   # or ARMBAND_URL, ARMBAND_TOKEN
    report = office.rollups("lianhu/yangguang", depth=1, day="2022-03-31")
    for row in report.rows:
        print(row.name, row.metrics.get("checks.total", 0))

    for report in office.watch(depth=0, since=report.as_of.seq):     # goes on with each change
        ...

A token reads the totals of its unit. Where a terminal is enrolled, ``connect(data_dir=…)`` reads
what that terminal may, and `Office.status` says where its records stand. `connect_async` is the
same for programs that run an event loop.

What a report holds is the JSON contract of ``armband rollups``: keys may be added, never renamed.
Every error is a `ClientError` with an ``exit_code``: 2 wrong use, 3 the office cannot be reached,
4 not allowed, 5 the terminal's store is damaged or locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from armband.client.errors import ClientError, NotAllowed, OfficeUnreachable, Usage
from armband.client.i18n import _
from armband.client.model import SyncStatus
from armband.client.rollups import Source, fetch_async, find_source, make_query, watch
from armband.shared.rollup_report import AsOf, CoverageReport, RollupReport, Row

__all__ = [
    "AsOf",
    "AsyncOffice",
    "ClientError",
    "CoverageReport",
    "NotAllowed",
    "Office",
    "OfficeUnreachable",
    "RollupReport",
    "Row",
    "SyncStatus",
    "Usage",
    "connect",
    "connect_async",
]


def connect(data_dir: Path | None = None, url: str = "", token: str = "") -> Office:
    """An office to ask; nothing is sent yet.

    The source is, in this order: the token that is given; the terminal enrolled in ``data_dir`` (or
    in the default folder); ARMBAND_URL and ARMBAND_TOKEN.

    Raises:
        Usage: nothing of that is there.
    """
    return Office(connect_async(data_dir, url, token))


def connect_async(data_dir: Path | None = None, url: str = "", token: str = "") -> AsyncOffice:
    """The same, for a program that runs an event loop."""
    return AsyncOffice(find_source(data_dir, url, token))


class AsyncOffice:
    """An office as a script sees it; made by `connect_async`."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def rollups(
        self,
        unit: str = "",
        *,
        depth: int = 1,
        day: str = "",
        day_from: str = "",
        day_to: str = "",
    ) -> RollupReport:
        """The office's newest figures.

        Args:
            unit: a unit code within the scope; by default the terminal's or the token's own.
            depth: levels below the unit that get rows of their own, 0 to 12.
            day: one day as YYYY-MM-DD, else ``day_from`` to ``day_to`` (up to 366 days), else the
                office's today.

        Raises:
            Usage: what was asked for makes no sense, or there is no such unit.
            OfficeUnreachable: the office cannot be reached.
            NotAllowed: the unit is outside of the scope, or the token does not count.
        """
        return await fetch_async(make_query(unit, depth, day, day_from, day_to), self._source)

    def watch(
        self, unit: str = "", *, depth: int = 1, day: str = "", since: int = -1
    ) -> AsyncGenerator[RollupReport, None]:
        """The figures, then again with each change, for as long as the caller reads.

        A slow reader gets fewer and newer reports. A connection that breaks is made again; only the
        first one must succeed. Close the generator (``contextlib.aclosing``) to leave.

        Args:
            since: begin with the first report whose ``as_of.seq`` is above this: what a script
                keeps to go on where it stopped.

        Raises:
            Usage, OfficeUnreachable, NotAllowed: as `rollups`.
        """
        return watch(make_query(unit, depth, day), self._source, since)

    async def status(self) -> SyncStatus:
        """Where the records of the terminal on this machine stand.

        Raises:
            Usage: the source is a token, not a terminal.
        """
        if self._source.data_dir is None:
            raise Usage(_("a token has no records of its own: give the folder of a terminal"))
        # Imported here: a script with a token needs no store.
        from armband.client.standing import status_of

        return await status_of(self._source.data_dir)


class Office:
    """An office as a script sees it, call by call; made by `connect`. See `AsyncOffice`."""

    def __init__(self, office: AsyncOffice) -> None:
        self._office = office

    def rollups(
        self,
        unit: str = "",
        *,
        depth: int = 1,
        day: str = "",
        day_from: str = "",
        day_to: str = "",
    ) -> RollupReport:
        """See `AsyncOffice.rollups`."""
        asked = self._office.rollups(unit, depth=depth, day=day, day_from=day_from, day_to=day_to)
        return asyncio.run(asked)

    def watch(
        self, unit: str = "", *, depth: int = 1, day: str = "", since: int = -1
    ) -> Iterator[RollupReport]:
        """See `AsyncOffice.watch`.

        The connection is served while the caller waits for the next report. A caller who works for
        long on one finds it closed, and it is made again: nothing newer is missed.
        """
        with asyncio.Runner() as runner:
            reports = self._office.watch(unit, depth=depth, day=day, since=since)
            try:
                while True:
                    yield runner.run(_next(reports))
            finally:
                runner.run(reports.aclose())

    def status(self) -> SyncStatus:
        """See `AsyncOffice.status`."""
        return asyncio.run(self._office.status())


async def _next(reports: AsyncGenerator[RollupReport, None]) -> RollupReport:
    """The next one; there always is one, for `rollups.watch` never ends by itself."""
    return await anext(reports)
