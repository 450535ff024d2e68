"""A terminal's folder put back to an older copy, and one folder living on two computers.

What was sent: checks of real terminals, through the real programs, before and after the folder was
copied, open or closed. What must be there afterwards: everything that a living file holds, once;
what the office had a receipt for, though the file that held it is gone; an audit without
differences; the same bytes in every base; the fork in the office's list, and a terminal that says
that it must be enrolled anew.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from armband.client.store.store import STORE_FILE
from faults.crew import Station, make_office
from faults.processes import OfficeProcess, rows_of
from faults.verdict import Verdict, drain, judge
from support.real_office import run_command

_HELD = "SELECT lower(hex(record)) FROM ops WHERE state = 1"
_ENROL_ANEW = "enrol it anew"


@dataclass
class CopyReport(Verdict):
    """What came of a number of folders that were copied.

    Attributes:
        copies: how many, ``open_ones`` of them while a process held the folder.
        operations: that were called saved.
        gone: of these, recorded after the copy, never handed in, and on no disk any more.
        unlisted: forks that the office does not list.
        unsaid: forks of which no terminal says that it must be enrolled anew.
    """

    copies: int = 0
    open_ones: int = 0
    operations: int = 0
    gone: int = 0
    unlisted: int = 0
    unsaid: int = 0

    @property
    def is_clean(self) -> bool:
        return super().is_clean and not (self.unlisted or self.unsaid)

    def __str__(self) -> str:
        return (
            f"{self.copies} copies ({self.open_ones} of open folders), {self.operations:,} "
            f"operations, {self.gone} on no disk any more: {self.found}, {self.unlisted} forks not "
            f"listed, {self.unsaid} not said"
        )


Life = Callable[[Station, Random, CopyReport], Awaitable[list[Station]]]
"""What happens to one station's folder; the stations whose folders exist afterwards."""


async def restore_terminal(home: Path, times: int, seed: int, bystanders: int = 1) -> CopyReport:
    """A folder goes back to an older copy of itself and works on."""
    return await _live(home, times, seed, bystanders, _put_back)


async def clone_terminal(home: Path, times: int, seed: int, bystanders: int = 1) -> CopyReport:
    """A folder and its copy both work on."""
    return await _live(home, times, seed, bystanders, _two_of_it)


async def _live(home: Path, times: int, seed: int, bystanders: int, life: Life) -> CopyReport:
    random, report = Random(seed), CopyReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    everyone = [await Station.enrolled(office, home / f"bystander{n}") for n in range(bystanders)]
    families: list[list[Path]] = []
    try:
        for number in range(times):
            report.copies += 1
            station = await Station.enrolled(office, home / f"t{number}")
            try:
                await _before(station, random)
                alive = await life(station, random, report)
            finally:
                station.kill()
            families.append([one.folder for one in alive])
            everyone += alive
        folders = [station.folder for station in everyone]
        await asyncio.to_thread(drain, folders)
        await asyncio.to_thread(_look_at_forks, office.directory, families, report)
    finally:
        office.stop()
    saved = {record for station in everyone for record in station.saved}
    report.operations = len(saved) + report.gone
    await asyncio.to_thread(judge, office.directory, folders, saved, home / "aside", report)
    return report


async def _before(station: Station, random: Random) -> None:
    await station.record(random)
    await station.start()
    await station.record(random)
    if random.random() < 0.5:
        await station.reaches("the first are held", waiting=0, connected=True)


async def _copied(station: Station, copy: Path, random: Random, report: CopyReport) -> None:
    """The folder as it lies there, under a running process or after it."""
    if random.random() < 0.5:
        report.open_ones += 1
        # Not in the middle of a write: that is another fault (`torn`).
        await station.reaches("it is quiet", waiting=0, connected=True)
    else:
        station.stop()
    shutil.copytree(station.folder, copy, ignore=shutil.ignore_patterns("*.sock"))
    station.stop()


async def _put_back(station: Station, random: Random, report: CopyReport) -> list[Station]:
    copy = station.folder.with_name(f"{station.folder.name}-older")
    await _copied(station, copy, random, report)
    before = len(station.saved)
    await station.start()
    await station.record(random)
    await station.reaches("the later ones are held", waiting=0, connected=True)
    if random.random() < 0.5:
        # Some that the office never sees: with the file they are gone.
        station.kill()
        await station.record(random)
    station.kill()
    held = {r for (r,) in rows_of(station.folder / STORE_FILE, _HELD, copy.with_suffix(".look"))}
    lost_with_it = [record for record in station.saved[before:] if record not in held]
    report.gone += len(lost_with_it)
    station.saved = [record for record in station.saved if record not in set(lost_with_it)]
    shutil.rmtree(station.folder)
    copy.rename(station.folder)
    if random.random() < 0.5:
        await station.record(random)
    await station.start()
    await station.record(random)
    await station.reaches("the older copy drains", waiting=0, connected=True)
    station.stop()
    return [station]


async def _two_of_it(station: Station, random: Random, report: CopyReport) -> list[Station]:
    twin = Station(station.folder.with_name(f"{station.folder.name}-twin"))
    await _copied(station, twin.folder, random, report)
    both = random.sample([station, twin], 2)
    try:
        for one in both:
            await one.record(random)
        if random.random() < 0.5:
            # Both at once: the office lets in the one who came last.
            for one in both:
                await one.start()
            for one in both:
                await one.record(random)
        else:
            for one in (*both, *both):
                await one.start()
                await one.record(random)
                await one.reaches("it drains", waiting=0, connected=True)
                one.stop()
    finally:
        for one in both:
            one.stop()
    return both


def _look_at_forks(directory: Path, families: Sequence[list[Path]], report: CopyReport) -> None:
    listed = run_command("armband-server", "terminals", "--data", directory, "--json")
    forks = sum(found["forks"] > 0 for found in listed.json["terminals"])
    report.unlisted += len(families) - forks
    for folders in families:
        stands = [run_command("armband", "status", "--data", folder) for folder in folders]
        report.unsaid += not any(_ENROL_ANEW in ran.err for ran in stands)
