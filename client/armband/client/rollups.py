"""Roll-ups from an office: where they come from, once or with each change.

`armband.client.api` is what scripts use; the commands use this. Nothing here imports the screens.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from armband.client.backoff import Backoff
from armband.client.errors import OfficeUnreachable, Usage
from armband.client.i18n import _
from armband.client.i18n.errors import error_words
from armband.client.keys import is_enrolled, load_enrolment
from armband.client.script_link import read_with_token
from armband.client.websocket import checked_url, pinned_by_fingerprint
from armband.client.world import default_data_dir, real_environment
from armband.shared import tokens, wire
from armband.shared.days import is_day
from armband.shared.errors import InvalidUnit
from armband.shared.rollup_report import RollupReport
from armband.shared.units import MAX_DEPTH, check_unit

URL_VARIABLE = "ARMBAND_URL"
TOKEN_VARIABLE = "ARMBAND_TOKEN"  # noqa: S105 the name of a variable, no secret
MAX_DAYS = 366
"""Days of one request, as the office bounds them."""
_SUBSCRIPTION = 1


@dataclass(frozen=True, slots=True)
class Query:
    """Which figures, checked.

    Attributes:
        unit: empty for the terminal's or the token's own.
        depth: levels below it, 0 to 12.
        first, last: days as YYYY-MM-DD, both empty for the office's today.
    """

    unit: str = ""
    depth: int = 1
    first: str = ""
    last: str = ""


def make_query(
    unit: str = "", depth: int = 1, day: str = "", day_from: str = "", day_to: str = ""
) -> Query:
    """A checked query.

    Raises:
        Usage: a unit, depth or day that makes no sense; the message says what would.
    """
    if unit:
        try:
            check_unit(unit)
        except InvalidUnit as error:
            raise Usage(error_words(error)) from None
    if not 0 <= depth <= MAX_DEPTH:
        raise Usage(_("the depth is a number from 0 to {most}").format(most=MAX_DEPTH))
    if day and (day_from or day_to):
        raise Usage(_("give either one day, or the first and the last"))
    first, last = day or day_from or day_to, day or day_to or day_from
    for given in (first, last):
        if given and not is_day(given):
            raise Usage(_("{day} is no day: YYYY-MM-DD").format(day=given))
    if first:
        days = date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal() + 1
        if not 1 <= days <= MAX_DAYS:
            raise Usage(
                _("from {first} to {last} are {days} days: 1 to {most} can be asked for").format(
                    first=first, last=last, days=max(days, 0), most=MAX_DAYS
                )
            )
    return Query(unit, depth, first, last)


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from: a terminal's folder, or else an office's address and a token."""

    data_dir: Path | None = None
    url: str = ""
    token: str = ""


def find_source(data_dir: Path | None = None, url: str = "", token: str = "") -> Source:
    """The source for what was given, in this order.

    A token that is given; the terminal enrolled in ``data_dir`` (or in the default folder); the
    token of ARMBAND_TOKEN.

    Raises:
        Usage: nothing of that is there.
    """
    folder = data_dir or default_data_dir(os.environ)
    if not token and is_enrolled(folder):
        return Source(data_dir=folder)
    token = token or os.environ.get(TOKEN_VARIABLE, "")
    url = url or os.environ.get(URL_VARIABLE, "")
    if token and not url and is_enrolled(folder):
        url = load_enrolment(folder).url
    if token and url:
        return Source(url=checked_url(url), token=token)
    raise Usage(
        _(
            "no terminal is enrolled in {folder}: "
            "give --url and --token (or ARMBAND_URL and ARMBAND_TOKEN)"
        ).format(folder=folder)
    )


async def fetch_async(query: Query, source: Source) -> RollupReport:
    """The office's newest figures.

    Raises:
        Usage: there is no such unit.
        OfficeUnreachable: the office cannot be reached.
        NotAllowed: the unit is outside of the scope, or the token does not count.
    """
    async with aclosing(_connection(query, source)) as reports:
        async for report in reports:
            return _of_a_unit(report)
    raise OfficeUnreachable(_("the connection to the office broke"))


async def watch(
    query: Query, source: Source, since: int = -1
) -> AsyncGenerator[RollupReport, None]:
    """The figures, then again with each change, for as long as the caller reads.

    A reader that is slow gets fewer and newer reports. A connection that breaks is made again;
    only the first one must succeed.

    Args:
        since: begin with the first report whose ``as_of.seq`` is above this.

    Raises:
        OfficeUnreachable: the office cannot be reached at the start.
        NotAllowed: the unit is outside of the scope, or the token does not count.
    """
    backoff = Backoff(real_environment())
    heard = False
    while True:
        try:
            async with aclosing(_connection(query, source)) as reports:
                async for report in reports:
                    if not heard:
                        _of_a_unit(report)
                    heard = True
                    backoff.reset()
                    if report.as_of.seq > since:
                        since = report.as_of.seq
                        yield report
        except OfficeUnreachable:
            if not heard:
                raise
        await asyncio.sleep(backoff.wait_s())


def _of_a_unit(report: RollupReport) -> RollupReport:
    """The report, unless it has not even a row for what was asked for.

    Raises:
        Usage: the office has no such unit; figures of 0 would be a lie.
    """
    if not report.rows:
        raise Usage(_("the office has no unit {unit}").format(unit=report.unit))
    return report


def _connection(query: Query, source: Source) -> AsyncGenerator[RollupReport, None]:
    if source.data_dir is not None:
        # Imported here: a script with a token needs no store.
        from armband.client.terminal_figures import read_from_terminal

        return read_from_terminal(source.data_dir, query)
    try:
        fingerprint = tokens.parse_token(source.token).fingerprint
    except ValueError as error:
        raise Usage(str(error)) from None
    subscription = wire.Subscribe(_SUBSCRIPTION, query.unit, query.depth, query.first, query.last)
    connect = pinned_by_fingerprint(source.url, fingerprint)
    return read_with_token(connect, source.token, subscription)
