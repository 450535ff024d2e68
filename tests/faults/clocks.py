"""Real terminals whose clocks are a year off, and jump.

What was sent: checks of terminals whose clocks are right, a year ahead, a year behind or jumping
between those, and one record that they change in turns, each having seen the last change. What must
be there afterwards: every record once; on that one, the last that was written; no stamp beyond the
office's time and five minutes; and the doubt, on what came from a wrong clock and on nothing else.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from armband.shared import hlc
from armband.shared.merge import decode_state, view
from faults import shifted_clock
from faults.crew import Station, make_office
from faults.processes import OfficeProcess, rows_of
from faults.verdict import Verdict, drain, judge
from support.real_office import run_command
from support.waiting import until

YEAR_MS = 365 * 86_400_000
JUMPS_MS = (0, 0, -YEAR_MS, YEAR_MS, 600_000, -600_000, 1_000, -1_000, 30 * YEAR_MS, -60 * YEAR_MS)
_STAMPS = "SELECT count(*), max(eff) FROM ops"
_CURSOR = "SELECT cursor FROM sync"


@dataclass
class ClockReport(Verdict):
    """What came of a number of jumps.

    Attributes:
        beyond_ms: how far the highest stamp was ever ahead of the office's clock.
        overruled: later changes that did not win.
        doubted, undoubted: operations of the clocks that were always wrong.
        wronged: operations of the clock that was always right and are in doubt nevertheless.
        unsaid: wrong clocks that the office's list or the terminal's own line do not show.
    """

    jumps: int = 0
    operations: int = 0
    beyond_ms: int = -YEAR_MS
    overruled: int = 0
    doubted: int = 0
    undoubted: int = 0
    wronged: int = 0
    unsaid: int = 0

    @property
    def is_clean(self) -> bool:
        in_bounds = self.beyond_ms <= hlc.DRIFT_MS
        right = not (self.overruled or self.undoubted or self.wronged or self.unsaid)
        return super().is_clean and in_bounds and right and self.doubted > 0

    def __str__(self) -> str:
        return (
            f"{self.jumps} jumps, {self.operations:,} operations: {self.found}, {self.overruled} "
            f"later changes overruled, stamps at most {self.beyond_ms / 1000:.0f} s ahead, "
            f"{self.doubted:,} in doubt, {self.undoubted} not but should be, {self.wronged} are but"
            f" should not be, {self.unsaid} wrong clocks not shown"
        )


class _Clocked(Station):
    """A station with a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder.with_suffix(".clock")
        self.set(0)
        super().__init__(folder, through=(sys.executable, Path(shifted_clock.__file__), self.clock))

    def set(self, offset_ms: int) -> None:
        shifted_clock.set_offset(self.clock, offset_ms)


async def clock_jumps(home: Path, times: int, seed: int) -> ClockReport:
    """Four terminals: right, a year ahead, a year behind, and one that jumps each time."""
    random, report = Random(seed), ClockReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    crew = [await _Clocked.enrolled(office, home / f"t{n}") for n in range(4)]
    right, ahead, behind, jumping = crew
    ahead.set(YEAR_MS)
    behind.set(-YEAR_MS)
    try:
        for station in crew:
            await station.start()
        await right.record(random, most=1)
        contested = right.saved[0]
        for _ in range(times):
            report.jumps += 1
            jumping.set(random.choice(JUMPS_MS))
            await asyncio.gather(*(station.record(random) for station in crew))
            await _in_turns(office, crew, contested, random, home / "aside", report)
        await _shown(office, (ahead, behind), report)
        for station in crew:
            station.stop()
        folders = [station.folder for station in crew]
        await asyncio.to_thread(drain, folders)
        _doubts(office, right, (ahead, behind), home / "aside", report)
    finally:
        for station in crew:
            station.kill()
        office.stop()
    # One record has many operations, all of them wanted.
    saved = [record for station in crew for record in station.saved if record != contested]
    report.operations = len(saved)
    await asyncio.to_thread(judge, office.directory, folders, saved, home / "aside", report)
    return report


async def _in_turns(
    office: OfficeProcess,
    crew: Sequence[Station],
    contested: str,
    random: Random,
    aside: Path,
    report: ClockReport,
) -> None:
    """Each changes the record once it has seen all that was before."""
    for station in random.sample(list(crew), len(crew)):
        seq = await _settled(office, crew, aside, report)
        note = f"{report.jumps}: {station.folder.name} at {seq}"
        await station.change(contested, note=note)
        await _settled(office, crew, aside, report)
        sql = f"SELECT state FROM records WHERE hex(id) = '{contested.upper()}'"
        ((state,),) = rows_of(office.directory / OFFICE_FILE, sql, aside)
        report.overruled += view(decode_state(bytes(state))).text("note") != note


async def _settled(
    office: OfficeProcess, crew: Sequence[Station], aside: Path, report: ClockReport
) -> int:
    """Everybody has handed in all and has all; the office's seq."""
    for station in crew:
        await station.reaches("it drains", waiting=0, connected=True)
    ((seq, top),) = rows_of(office.directory / OFFICE_FILE, _STAMPS, aside)
    ahead_ms = hlc.stamp_ms(top) - time.time_ns() // 1_000_000
    report.beyond_ms = max(report.beyond_ms, ahead_ms)
    for station in crew:
        path = station.folder / TERMINAL_FILE
        await until(partial(_has_all, path, seq, aside), "it has the others'", 30)
    return seq


def _has_all(path: Path, seq: int, aside: Path) -> bool:
    return rows_of(path, _CURSOR, aside) == [(seq,)]


async def _shown(office: OfficeProcess, wrong: Sequence[Station], report: ClockReport) -> None:
    words = ("terminals", "--data", office.directory, "--json")
    listed = (await asyncio.to_thread(run_command, "armband-server", *words)).json["terminals"]
    said = [abs(found["clock_offset_ms"]) > YEAR_MS // 2 for found in listed]
    report.unsaid += max(0, len(wrong) - sum(said))
    for station in wrong:
        offset_ms = (await station.status())["clock_offset_ms"]
        report.unsaid += abs(offset_ms) < YEAR_MS // 2


def _doubts(
    office: OfficeProcess,
    right: Station,
    wrong: Sequence[Station],
    aside: Path,
    report: ClockReport,
) -> None:
    for station in (right, *wrong):
        key = "SELECT key_id FROM sync"
        ((key_id,),) = rows_of(station.folder / TERMINAL_FILE, key, aside)
        sql = f"SELECT suspect FROM ops WHERE hex(key_id) = '{key_id.hex().upper()}'"
        marks = [bool(mark) for (mark,) in rows_of(office.directory / OFFICE_FILE, sql, aside)]
        if station is right:
            report.wronged += sum(marks)
        else:
            report.doubted += sum(marks)
            report.undoubted += len(marks) - sum(marks)
