"""An office put back to an older copy while its terminals live on.

What was sent: checks of real terminals, through the real programs; a backup of the office while it
runs; more checks; then the server is killed and the backup restored. What must be there afterwards:
every operation that any terminal holds, once, at the place that its receipt says; no difference in
the audit; the same bytes in every base as at the office.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from armband.server.office.opening import STORE_FILE
from faults.crew import LOOK_S, Station, make_office
from faults.processes import OfficeProcess, rows_of
from faults.verdict import Verdict, drain, judge
from support.real_office import Ran, run_command

_SEQ = "SELECT seq, epoch FROM offices"


@dataclass
class RestoreReport(Verdict):
    """What came of a number of restored offices.

    Attributes:
        operations: that the terminals recorded in all.
        beyond: of these, held by the office when it was killed and not in the copy.
        same_epoch: restores after which no new epoch was minted although something was missing.
    """

    restores: int = 0
    operations: int = 0
    beyond: int = 0
    same_epoch: int = 0

    @property
    def is_clean(self) -> bool:
        return super().is_clean and not self.same_epoch

    def __str__(self) -> str:
        return (
            f"{self.restores} restores, {self.operations:,} operations, {self.beyond:,} of them not"
            f" in the copies: {self.found}, {self.same_epoch} not noticed"
        )


async def restore_office(home: Path, times: int, seed: int, terminals: int = 3) -> RestoreReport:
    """Put an older copy back, ``times`` times, while the terminals' processes run on."""
    random, report = Random(seed), RestoreReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    crew = [await Station.enrolled(office, home / f"t{n}") for n in range(terminals)]
    try:
        for station in crew:
            await station.start()
        for _ in range(times):
            await _restore_once(home, office, crew, random, report)
        for station in crew:
            await station.reaches("it drains by itself", waiting=0, connected=True)
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


async def _restore_once(
    home: Path,
    office: OfficeProcess,
    crew: Sequence[Station],
    random: Random,
    report: RestoreReport,
) -> None:
    report.restores += 1
    copy = home / f"office-{report.restores}.backup"
    await _work(crew, random)
    _work_done, seq = await asyncio.gather(_work(crew, random), _backup(office, copy))
    now = seq
    while now <= seq:
        await _work(crew, random)
        now, epoch = _place(office.directory, home / "aside")
    office.kill()
    now, epoch = _place(office.directory, home / "aside")
    report.beyond += now - seq
    await _command("restore", copy, office.directory)
    office.spawn()
    await office.ready()
    await _work(crew, random)
    for station in crew:
        await station.reaches("it drains by itself", waiting=0, connected=True)
    report.same_epoch += _place(office.directory, home / "aside")[1] == epoch


async def _work(crew: Sequence[Station], random: Random) -> None:
    for station in random.sample(list(crew), len(crew)):
        await station.record(random)
        await asyncio.sleep(random.uniform(0, LOOK_S))


async def _backup(office: OfficeProcess, file: Path) -> int:
    """As an operator does it beside the running server; the seq that the copy has."""
    made = await _command("backup", file, office.directory)
    seq: int = made.json["seq"]
    return seq


async def _command(verb: str, file: Path, directory: Path) -> Ran:
    words = (verb, file, "--data", directory, "--json")
    done = await asyncio.to_thread(run_command, "armband-server", *words)
    assert done.code == 0, done
    return done


def _place(directory: Path, aside: Path) -> tuple[int, bytes]:
    ((seq, epoch),) = rows_of(directory / STORE_FILE, _SEQ, aside)
    return seq, bytes(epoch)
