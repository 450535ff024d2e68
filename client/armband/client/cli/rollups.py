"""``armband rollups``."""

from __future__ import annotations

import argparse
from contextlib import aclosing

from armband.client.cli.output import Output
from armband.client.cli.rollup_formats import Printer
from armband.client.cli.status_words import moment_words
from armband.client.cli.until_told import run_until_told
from armband.client.errors import OfficeUnreachable
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.rollups import Query, Source, fetch_async, find_source, make_query, watch


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print the figures, once or with each change."""
    query = make_query(
        arguments.unit,
        arguments.depth,
        arguments.day or "",
        arguments.day_from or "",
        arguments.day_to or "",
    )
    source = find_source(arguments.data, arguments.url or "", arguments.token or "")
    form = arguments.format or ("json" if output.as_json else "table")
    printer = Printer(output, form)
    try:
        if arguments.watch:
            run_until_told(_watch(query, source, arguments.since, printer))
        else:
            run_until_told(_once(query, source, arguments.since, printer, output))
    except OfficeUnreachable as error:
        # What is known here is better than nothing for a person; a script sees the exit code.
        if error.local is not None:
            printer.print(error.local)
            output.note(
                _("armband: these are the figures known here, as of {at}").format(
                    at=moment_words(error.local.as_of.at)
                )
            )
        raise
    return ExitCode.DONE


async def _once(query: Query, source: Source, since: int, printer: Printer, output: Output) -> None:
    report = await fetch_async(query, source)
    if report.as_of.seq > since:
        printer.print(report)
    else:
        output.note(_("armband: nothing is newer than seq {seq}").format(seq=since))


async def _watch(query: Query, source: Source, since: int, printer: Printer) -> None:
    async with aclosing(watch(query, source, since)) as reports:
        async for report in reports:
            printer.print(report)
