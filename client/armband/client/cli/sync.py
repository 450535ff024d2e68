"""``armband sync``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from armband.client.cli.output import Output
from armband.client.cli.status_words import print_figures, print_status, status_line
from armband.client.cli.until_told import run_until_told
from armband.client.errors import ClientError, Revoked
from armband.client.exit_codes import ExitCode
from armband.client.holding import hold_online
from armband.client.model import Event, StatusChanged, SyncStatus
from armband.client.wiping import end_of_revoked, is_finished
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Exchange with the office: once, or until Ctrl-C."""
    exchange = _once if arguments.once else _stay
    try:
        return run_until_told(exchange(arguments.data, output))
    except Revoked:
        raise end_of_revoked(arguments.data) from None


async def _once(data_dir: Path, output: Output) -> ExitCode:
    """Drain and leave. What the store says is printed in any case; the error decides the code."""
    async with hold_online(data_dir, real_environment()) as (terminal, link):
        try:
            await link.drain()
            await terminal.settled()
            if terminal.status.waiting:
                # That a case has arrived is told to its dispatcher now, not at the next sync.
                await link.drain()
        except ClientError:
            print_figures(terminal.status, output)
            raise
        status = terminal.status
    print_status(status, output)
    return ExitCode.REFUSED if status.refused else ExitCode.DONE


async def _stay(data_dir: Path, output: Output) -> ExitCode:
    """Keep in touch until interrupted; each change of the counts is printed."""
    async with hold_online(data_dir, real_environment()) as (terminal, link):
        shown = _Shown(output)
        terminal.listen(shown.hear)
        shown.show(terminal.status)
        running = asyncio.ensure_future(link.run())
        revoked = asyncio.ensure_future(shown.revoked.wait())
        try:
            await asyncio.wait((running, revoked), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            for task in (running, revoked):
                task.cancel()
            await asyncio.gather(running, revoked, return_exceptions=True)
    raise Revoked


class _Shown:
    """Prints the status when what it says has changed; ``last_contact`` alone is no news."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._shown: tuple[object, ...] = ()
        self.revoked = asyncio.Event()

    def hear(self, event: Event) -> None:
        """One event of the terminal."""
        if not isinstance(event, StatusChanged):
            return
        if _told(event.status) != self._shown:
            self.show(event.status)
        if is_finished(event.status):
            self.revoked.set()

    def show(self, status: SyncStatus) -> None:
        """One line, or one JSON document."""
        self._shown = _told(status)
        if self._output.as_json:
            self._output.json(status)
        else:
            self._output.line(status_line(status))


def _told(status: SyncStatus) -> tuple[object, ...]:
    return (
        status.written,
        status.held,
        status.waiting,
        status.refused,
        status.conflicts,
        status.connected,
        status.problem,
    )
