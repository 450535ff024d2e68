"""Disks that fail to write or to sync, at every position of a program's work, one at a time.

What was sent: checks of a real terminal, while the N-th write, sync or truncation of the server's
or of the terminal's store threads fails with EIO (strace). What must be there afterwards: no
receipt for what is not in the office's files and no "saved" for what is not in the terminal's,
looked up after a SIGKILL right behind the error; and otherwise a program that goes on without being
started again, with everything handed in, once.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from armband.client.errors import ClientError
from armband.client.exit_codes import ExitCode
from armband.client.handover import RECORD, ask_holder
from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from faults.crew import LOOK_S, Station, check_lines, make_office
from faults.processes import OfficeProcess, rows_of
from faults.verdict import Verdict, drain, judge
from support.waiting import until

TRUNCATIONS = 4
FAR_IN = 3000
TRIES = 400
"""Handed-over pieces of work after which a position is given up as never reached."""
_RECEIPTS = "SELECT id, seq, eff FROM ops WHERE state = 1"
_ID = "SELECT lower(hex(record)), count(*) FROM ops GROUP BY 1"


@dataclass
class DiskReport(Verdict):
    """What came of a number of errors.

    Attributes:
        positions: how many errors were asked for, ``hits`` by call how many happened.
        at_start: of these, while the program opened its store: it ended with exit code 5.
        killed: followed by a SIGKILL at once.
        stuck: programs that did not go on by themselves, or ended otherwise.
    """

    positions: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    at_start: int = 0
    killed: int = 0
    operations: int = 0
    stuck: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return super().is_clean and not self.stuck and bool(self.hits)

    def __str__(self) -> str:
        hits = ", ".join(f"{n} {call}" for call, n in sorted(self.hits.items()))
        return (
            f"{self.positions} positions, {sum(self.hits.values())} errors ({hits}), "
            f"{self.at_start} at the start, {self.killed} killed right after: {self.found} of "
            f"{self.operations:,} operations, {len(self.stuck)} did not go on"
        )


class _Failing:
    """The words that make one call of a program fail, and whether it has."""

    def __init__(self, folder: Path, call: str, position: int) -> None:
        assert shutil.which("strace"), "this fault needs strace"
        self.log = folder / f"{call}-{position}.log"
        self.log.unlink(missing_ok=True)
        self.words: Sequence[str | Path] = (
            "strace", "-D", "-f", "-I", "2", "-o", self.log, "-e", f"trace={call}",
            "-e", f"inject={call}:error=EIO:when={position}",
        )  # fmt: skip

    @property
    def has_failed(self) -> bool:
        return self.log.exists() and "(INJECTED)" in self.log.read_text()

    @staticmethod
    async def relent(pid: int) -> None:
        """No more errors: strace counts for each thread anew, and a reopened store has new ones."""
        tracer = _tracer(pid)
        if tracer:
            os.kill(tracer, signal.SIGTERM)
            await until(lambda: not _tracer(pid), "strace lets go", 10)


def _tracer(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("TracerPid:"):
            return int(line.split()[1])
    return 0


def _positions(times: int, random: Random) -> Iterator[tuple[str, int]]:
    """Syncs and writes 1 to ``times``, the few truncations there are, and writes far in.

    Those fall into checkpoints too.
    """
    for n in range(1, times + 1):
        yield "fdatasync", n
        yield "pwrite64", n
        if n <= TRUNCATIONS:
            yield "ftruncate", n
        elif n % 2:
            yield "pwrite64", random.randint(times, FAR_IN)


async def eio_office(home: Path, times: int, seed: int) -> DiskReport:
    """Errors under the server."""
    random, report = Random(seed), DiskReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    station = await Station.enrolled(office, home / "t")
    await station.start()
    try:
        for call, position in _positions(times, random):
            report.positions += 1
            office.stop()
            failing = _Failing(home, call, position)
            office.through = failing.words
            await _office_once(office, station, failing, random, report)
            report.hits[call] += failing.has_failed
            office.stop()
            office.through = ()
            office.spawn()
            await office.ready()
        station.stop()
        await asyncio.to_thread(drain, [station.folder])
    finally:
        station.kill()
        office.stop()
    return await _judged(home, office, station, report)


async def _office_once(
    office: OfficeProcess,
    station: Station,
    failing: _Failing,
    random: Random,
    report: DiskReport,
) -> None:
    office.spawn()
    try:
        await office.ready()
    except AssertionError:
        report.at_start += 1
        if await office.program.ended() != ExitCode.STORE:
            report.stuck.append(f"{failing.log.stem}: ended otherwise: {office.program.problem()}")
        return
    for _ in range(TRIES):
        await station.record(random, most=3)
        if failing.has_failed:
            break
        await asyncio.sleep(LOOK_S)
    if random.random() < 0.5:
        report.killed += 1
        office.kill()
        _unfounded_receipts(office, station, report)
        return
    await failing.relent(office.pid)
    await _goes_on(station, failing, report)


def _unfounded_receipts(office: OfficeProcess, station: Station, report: DiskReport) -> None:
    aside = station.folder.with_suffix(".aside")
    rows = rows_of(office.directory / OFFICE_FILE, "SELECT id, seq, eff FROM ops", aside)
    there = {op: (seq, eff) for op, seq, eff in rows}
    for op, seq, eff in rows_of(station.folder / TERMINAL_FILE, _RECEIPTS, aside):
        if there.get(op) != (seq, eff):
            report.lost.append(f"receipt of {op.hex()}")


async def _goes_on(station: Station, failing: _Failing, report: DiskReport) -> None:
    try:
        await station.reaches("it goes on", 20, waiting=0, connected=True, office_writable=True)
    except AssertionError as error:
        report.stuck.append(f"{failing.log.stem}: {error}")


# -- the terminal ----------------------------------------------------------------------------------


async def eio_terminal(home: Path, times: int, seed: int) -> DiskReport:
    """Errors under ``armband sync``, which records what it is handed and pushes it meanwhile."""
    random, report = Random(seed), DiskReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    station = await Station.enrolled(office, home / "t")
    unsaved: list[dict[str, Any]] = []
    try:
        for call, position in _positions(times, random):
            report.positions += 1
            failing = _Failing(home, call, position)
            station.through = failing.words
            unsaved = await _terminal_once(station, failing, random, unsaved, report)
            report.hits[call] += failing.has_failed
            station.kill()
        await asyncio.to_thread(drain, [station.folder])
    finally:
        station.kill()
        office.stop()
    return await _judged(home, office, station, report)


async def _terminal_once(
    station: Station,
    failing: _Failing,
    random: Random,
    lines: list[dict[str, Any]],
    report: DiskReport,
) -> list[dict[str, Any]]:
    """Record until the error has come; the lines that were refused at last."""
    try:
        await station.start()
    except AssertionError:
        report.at_start += 1
        if await station.program.ended() != ExitCode.STORE:
            report.stuck.append(f"{failing.log.stem}: ended otherwise: {station.program.problem()}")
        return lines
    for _ in range(TRIES):
        lines = await _hand_over(station, lines or check_lines(random, most=3))
        if failing.has_failed:
            break
    if random.random() < 0.5:
        report.killed += 1
        station.kill()
        found = dict(rows_of(station.folder / TERMINAL_FILE, _ID, failing.log.with_suffix(".d")))
        report.lost += [record for record in station.saved if record not in found]
        report.doubled += sum(count > 1 for count in found.values())
        return lines
    await failing.relent(station.program.pid)

    async def all_saved() -> None:
        nonlocal lines
        while lines:
            lines = await _hand_over(station, lines)
            await asyncio.sleep(LOOK_S)

    try:
        await asyncio.wait_for(all_saved(), 10)
    except TimeoutError:
        report.stuck.append(f"{failing.log.stem}: takes nothing any more")
        return lines
    await _goes_on(station, failing, report)
    return lines


async def _hand_over(station: Station, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines that were not saved; the same ids once more are the same records."""
    try:
        answer = await ask_holder(station.folder, RECORD, {"lines": lines})
    except ClientError as error:
        if error.exit_code != ExitCode.STORE:
            raise
        return lines
    station.saved += [line["id"] for line in answer["saved"]]
    refused = {line["line"] for line in answer["refused"]}
    assert bool(refused) == bool(answer["problem"]), answer
    return [line for line in lines if line["line"] in refused]


async def _judged(
    home: Path, office: OfficeProcess, station: Station, report: DiskReport
) -> DiskReport:
    report.operations = len(station.saved)
    folders = [station.folder]
    await asyncio.to_thread(judge, office.directory, folders, station.saved, home / "aside", report)
    return report
