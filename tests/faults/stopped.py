"""Processes that stand still: a machine that sleeps, swaps, or is out of processor time.

What was sent: checks of real terminals, while a terminal's process or the server's is stopped
(SIGSTOP) for longer than the other side waits, and goes on (SIGCONT) as if nothing had been. What
must be there afterwards: sessions that were given up in time and taken up again, every record once,
an audit without differences, the same bytes in every base.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from faults.crew import Station, make_office
from faults.processes import OfficeProcess
from faults.verdict import Verdict, drain, judge

QUIET_S = 0.3
"""Within this nothing is on its way any more on one machine."""


@dataclass
class StopReport(Verdict):
    """What came of a number of stops.

    Attributes:
        server_stops, terminal_stops: how many, of whom.
        stop_s: how long each.
        given_up: stops during which the other side ended the session.
        operations: that were called saved.
    """

    stop_s: float = 0.0
    server_stops: int = 0
    terminal_stops: int = 0
    given_up: int = 0
    operations: int = 0

    def __str__(self) -> str:
        return (
            f"{self.server_stops} stops of the server, {self.terminal_stops} of terminals, "
            f"{self.stop_s:.0f} s each, {self.given_up} sessions given up meanwhile, "
            f"{self.operations:,} operations: {self.found}"
        )


async def stopped(
    home: Path, times: int, seed: int, stop_s: float = 45.0, terminals: int = 3
) -> StopReport:
    """Stop the server and the terminals in turns, in the middle of their work."""
    random, report = Random(seed), StopReport(stop_s=stop_s)
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    crew = [await Station.enrolled(office, home / f"t{n}") for n in range(terminals)]
    try:
        for station in crew:
            await station.start()
        for number in range(times):
            await _work(crew, random)
            if number % 2:
                await _stop_terminal(crew, random, report)
            else:
                await _stop_server(office, crew, random, report)
            for station in crew:
                await station.reaches("it drains", waiting=0, connected=True)
        for station in crew:
            station.stop()
        folders = [station.folder for station in crew]
        await asyncio.to_thread(drain, folders)
    finally:
        for station in crew:
            station.kill()
        office.stop()
    saved = [record for station in crew for record in station.saved]
    report.operations = len(saved)
    await asyncio.to_thread(judge, office.directory, folders, saved, home / "aside", report)
    return report


async def _stop_server(
    office: OfficeProcess, crew: Sequence[Station], random: Random, report: StopReport
) -> None:
    report.server_stops += 1
    working = asyncio.gather(*(station.record(random) for station in crew))
    await asyncio.sleep(random.uniform(0, 0.05))
    office.program.signal(signal.SIGSTOP)
    await working
    # Staff go on; what they record waits, and the terminals notice that nobody answers.
    await asyncio.sleep(report.stop_s)
    await _work(crew, random)
    gone = [not (await station.status())["connected"] for station in crew]
    report.given_up += sum(gone)
    office.program.signal(signal.SIGCONT)


async def _stop_terminal(crew: Sequence[Station], random: Random, report: StopReport) -> None:
    report.terminal_stops += 1
    asleep, *awake = random.sample(list(crew), len(crew))
    await asleep.record(random)
    await asyncio.sleep(random.uniform(0, 0.05))
    asleep.program.signal(signal.SIGSTOP)
    lines = len(asleep.program.said())
    await _work(awake, random)
    for station in awake:
        await station.reaches("the others go on", waiting=0, connected=True)
    await asyncio.sleep(report.stop_s)
    asleep.program.signal(signal.SIGCONT)
    await asyncio.sleep(QUIET_S)
    said = asleep.program.said()[lines:]
    report.given_up += any('"connected":false' in line for line in said)


async def _work(crew: Sequence[Station], random: Random) -> None:
    for station in crew:
        await station.record(random)
