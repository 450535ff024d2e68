"""Stores copied file by file in the middle of writing, and journals cut anywhere.

What was sent: checks of a real terminal to a real server, as fast as they go, and meanwhile copies
of both folders: the file and later its journal, the journal and later its file, or a journal cut at
some byte. What must be there in each copy: a sound older state of what the living store is, or
damage that the doctor names; on the terminal then a repaired store with nothing in it that was
never recorded, and a word on everything that the torn file held and could not give back. Never a
copy that says it is sound and is not, and never a sync that says all is well and is not.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from armband.client.exit_codes import ExitCode
from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from faults.crew import Station, make_office
from faults.processes import OfficeProcess, rows_of
from support.real_office import run_command, run_within

GAP_S = 2.0
"""Between the two files: long enough for a checkpoint and a new journal."""
EACH_LOT = 20
"""Copies of one pair of stores: these grow, and each copy that is synced pushes all there is."""
SYNC_MAX_S = 300.0
"""What a sync may take at most; it pushes the whole store, beside a terminal with the same key."""
PAUSE_S = 0.02
"""Between two pieces of work."""
_OWN = "SELECT counter, id FROM ops ORDER BY counter"
_TAKEN = "SELECT seq, id FROM ops ORDER BY seq"


@dataclass
class TornReport:
    """What came of a number of torn copies.

    Attributes:
        sound: copies that are an older state; ``damaged`` those that the doctor found damaged.
        repaired: terminals' of these, with ``salvaged`` operations in the new stores; in
            ``with_gaps`` of them are operations missing, each told by its place.
        synced: terminals' copies that nobody asked the doctor of and that said all is well after
            a sync.
        well_damaged: those of ``synced`` in which the doctor finds damage all the same.
        sync_s: how long each of these syncs took, whatever its end.
        silent: copies that the doctor called sound and that are no older state: nobody is told.
        wrong: all else that may not be: a repair that hides a gap, an operation that never was,
            a sync that does not end.
    """

    copies: int = 0
    sound: int = 0
    damaged: int = 0
    repaired: int = 0
    salvaged: int = 0
    with_gaps: int = 0
    synced: int = 0
    well_damaged: list[str] = field(default_factory=list)
    sync_s: list[float] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong and not self.silent

    def __str__(self) -> str:
        return (
            f"{self.copies} torn copies: {self.sound} sound at an older state, {self.damaged} found"
            f" damaged ({self.repaired} terminals repaired with {self.salvaged:,} operations, "
            f"{self.with_gaps} with gaps that are told); {len(self.sync_s)} synced unasked in "
            f"{max(self.sync_s, default=0):.0f} s at most, {self.synced} say all is well, "
            f"{len(self.well_damaged)} of these are damaged; {len(self.silent)} silently wrong, "
            f"{len(self.wrong)} wrong otherwise"
        )


async def torn(home: Path, times: int, seed: int) -> TornReport:
    """Tear copies off both stores in turns."""
    random, report = Random(seed), TornReport()
    while report.copies < times:
        lot = home / f"from{report.copies}"
        await _tear_some(lot, min(EACH_LOT, times - report.copies), random, report)
        shutil.rmtree(lot)
    return report


async def _tear_some(home: Path, times: int, random: Random, report: TornReport) -> None:
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    station = await Station.enrolled(office, home / "t")
    await station.start()
    work = asyncio.create_task(_work(station, random))
    try:
        for number in range(times):
            report.copies += 1
            copy = home / f"copy{number}"
            if number % 2:
                how = await _tear(station.folder, TERMINAL_FILE, copy, random)
                await asyncio.to_thread(_judge_terminal, copy, station, how, report)
            else:
                how = await _tear(office.directory, OFFICE_FILE, copy, random)
                await asyncio.to_thread(_judge_office, copy, office, how, report)
            shutil.rmtree(copy)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        station.kill()
        office.stop()


async def _work(station: Station, random: Random) -> None:
    while True:
        await station.record(random, most=20)
        await asyncio.sleep(PAUSE_S)


async def _tear(folder: Path, file: str, copy: Path, random: Random) -> str:
    """Copy a folder that is being written to; in words, how."""
    nothing = shutil.ignore_patterns(f"{file}*", "*.sock", "*.lock")
    shutil.copytree(folder, copy, ignore=nothing)
    parts = random.sample([file, f"{file}-wal"], 2)
    gap_s = random.choice((0, random.uniform(0, GAP_S)))
    for part in parts:
        with suppress(FileNotFoundError):
            shutil.copy(folder / part, copy / part)
        await asyncio.sleep(gap_s)
    how = f"{parts[0]} {gap_s:.2f} s before {parts[1]}"
    journal = copy / f"{file}-wal"
    if random.random() < 0.5 and journal.exists():
        size = random.randint(0, journal.stat().st_size)
        with journal.open("r+b") as end:
            end.truncate(size)
        how += f", cut at {size}"
    return how


def _judge_office(copy: Path, office: OfficeProcess, how: str, report: TornReport) -> None:
    found = run_command("armband-server", "doctor", "--data", copy, "--json")
    if found.code in (ExitCode.STORE, ExitCode.REFUSED):
        report.damaged += 1
        return
    report.sound += 1
    if found.code or not _is_beginning(copy, office.directory, OFFICE_FILE, _TAKEN):
        report.silent.append(f"office, {how}: {found}")


def _judge_terminal(copy: Path, station: Station, how: str, report: TornReport) -> None:
    rashly = copy.with_name(f"{copy.name}-rashly")
    shutil.copytree(copy, rashly)
    found = run_command("armband", "doctor", "--data", copy, "--json")
    if found.code == ExitCode.STORE:
        report.damaged += 1
        _judge_repair(copy, station, how, report)
    else:
        report.sound += 1
        if found.code or not _is_beginning(copy, station.folder, TERMINAL_FILE, _OWN):
            report.silent.append(f"terminal, {how}: {found}")
    # And by somebody who asks no doctor.
    _judge_sync(rashly, station, how, report)
    shutil.rmtree(rashly)


def _judge_sync(copy: Path, station: Station, how: str, report: TornReport) -> None:
    started = time.monotonic()
    words = ("sync", "--once", "--data", copy, "--json")
    try:
        ran = run_within(SYNC_MAX_S, "armband", *words)
    except subprocess.TimeoutExpired as late:
        report.wrong.append(f"terminal synced, {how}: no end after {late.timeout} s")
        return
    report.sync_s.append(time.monotonic() - started)
    if ran.code == ExitCode.DONE:
        report.synced += 1
        after = run_command("armband", "doctor", "--data", copy, "--json")
        if after.code:
            report.well_damaged.append(f"terminal synced, {how}: {after}")
        held = set(rows_of(copy / TERMINAL_FILE, _OWN, copy.with_suffix(".aside")))
        if not held <= set(
            rows_of(station.folder / TERMINAL_FILE, _OWN, copy.with_suffix(".aside"))
        ):
            report.wrong.append(f"terminal synced, {how}: operations that never were")
    elif ran.code not in (ExitCode.STORE, ExitCode.UNREACHABLE) or "Traceback" in ran.err:
        report.wrong.append(f"terminal synced, {how}: {ran}")


def _judge_repair(copy: Path, station: Station, how: str, report: TornReport) -> None:
    torn_file = (copy / TERMINAL_FILE).read_bytes()
    done = run_command("armband", "doctor", "--repair", "--data", copy, "--json")
    if done.code not in (ExitCode.DONE, ExitCode.REFUSED):
        report.wrong.append(f"terminal, not repaired, {how}: {done}")
        return
    told: Any = done.json
    report.repaired += 1
    report.salvaged += told["salvaged"]
    if Path(told["aside"]).read_bytes() != torn_file:
        report.wrong.append(f"terminal, the torn file was touched, {how}")
    again = run_command("armband", "doctor", "--data", copy, "--json")
    held = rows_of(copy / TERMINAL_FILE, _OWN, copy.with_suffix(".aside"))
    whole = rows_of(station.folder / TERMINAL_FILE, _OWN, copy.with_suffix(".aside"))
    # What it could not give back is told, by its place.
    places = {*told["missing"], *(broken["counter"] for broken in told["broken"])}
    last = max((counter for counter, _op in held), default=0)
    report.with_gaps += bool(places)
    untold = set(range(1, last + 1)) - {counter for counter, _op in held} - places
    if again.code or untold or not set(held) <= set(whole):
        report.wrong.append(f"terminal, repaired, {how}: {again}, {sorted(untold)[:9]} not told")


def _is_beginning(copy: Path, living: Path, file: str, sql: str) -> bool:
    """Whether what the copy holds is, from the first on, what the living store holds."""
    held = rows_of(copy / file, sql, copy.with_suffix(".aside"))
    whole = rows_of(living / file, sql, copy.with_suffix(".aside"))
    return held == whole[: len(held)]
