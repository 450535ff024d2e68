"""Bits that flip in both stores while nobody looks.

What was sent: a store as a day leaves it, and one flipped bit in a byte of it that says something
(a flip that changes neither what the tables hold nor SQLite's own check is drawn anew). What must
be there afterwards: a doctor that says so; on the terminal the damaged file, untouched, and in the
new store every unsent operation that the flip itself did not hit, under its own id.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from armband.client.doctor import look, repair
from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from armband.server.store.examine import examine
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from support.office_rig import G1, START_MS, check, office_rig, terminal
from support.terminals import place
from support.waiting import until

Dump = dict[str, object]
_MARKS = ("user_version", "application_id")
"""Numbers in the file's header that say something to a program of ours."""
_WAITING = "SELECT id FROM ops WHERE state = 0"


@dataclass
class RotReport:
    """What became of a number of flips. ``unseen``: where each was that no doctor noticed."""

    flips: int = 0
    found: int = 0
    repaired: int = 0
    salvaged: int = 0
    unsaved: int = 0
    overwritten: int = 0
    unseen: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.unseen or self.unsaved or self.overwritten)

    def __str__(self) -> str:
        return (
            f"{self.flips:,} flips: {self.found:,} found, {len(self.unseen)} not found; "
            f"{self.repaired:,} repaired with {self.salvaged:,} unsent operations, "
            f"{self.unsaved} unsaved, {self.overwritten} damaged files touched"
        )


def dump(path: Path) -> Dump:
    """What each table holds; the error's text where it cannot be read."""
    found: Dump = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        conn.text_factory = bytes
        try:
            tables = conn.execute("SELECT name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
            marks = [conn.execute(f"PRAGMA {name}").fetchall() for name in _MARKS]
            found["schema"] = (tables, marks)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            return {"schema": str(error)}
        for name, sql in tables:
            if not sql or not sql.startswith(b"CREATE TABLE"):
                continue
            table = name.decode()
            try:
                rows = conn.execute(f'SELECT * FROM "{table}" NOT INDEXED')
                names = [str(column[0]) for column in rows.description]
                found[table] = (names, rows.fetchall())
            except (sqlite3.Error, UnicodeDecodeError) as error:
                found[table] = str(error)
        try:
            found["integrity"] = conn.execute("PRAGMA integrity_check(1)").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            found["integrity"] = str(error)
    return found


def _flip(path: Path, random: Random, sound: bytes) -> int:
    raw = bytearray(sound)
    at = random.randrange(len(raw))
    raw[at] ^= 1 << random.randrange(8)
    path.write_bytes(raw)
    return at


def _touched(before: Dump, after: Dump) -> list[str]:
    """What differs: columns where a table's rows are still the same ones, else whole tables."""
    touched: list[str] = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        touched += _columns(name, old, new) or [name]
    return touched


def _columns(table: str, old: object, new: object) -> list[str]:
    match old, new:
        case (list(names), list(was)), (list(same), list(now)) if (names, len(was)) == (
            same,
            len(now),
        ):
            unlike = {
                index
                for first, second in zip(was, now, strict=True)
                for index in range(len(names))
                if first[index] != second[index]
            }
            return [f"{table}.{names[index]}" for index in sorted(unlike)]
    return []


def rot(
    folder: Path,
    file: str,
    times: int,
    seed: int,
    judge: Callable[[Path, list[str], bytes, RotReport], bool],
) -> RotReport:
    """Flip one bit at a time in ``file`` of ``folder``; ``judge`` says whether it was found."""
    random, report, path = Random(seed), RotReport(), folder / file
    sound, before = path.read_bytes(), dump(path)
    while report.flips < times:
        at = _flip(path, random, sound)
        damaged = path.read_bytes()
        touched = _touched(before, dump(path))
        if not touched:
            continue
        report.flips += 1
        if judge(folder, touched, damaged, report):
            report.found += 1
        else:
            report.unseen.append(f"byte {at}: {', '.join(touched)}")
        for left in folder.glob(f"{file}*"):
            left.unlink()
        path.write_bytes(sound)
    return report


# -- the office ------------------------------------------------------------------------------------


def rot_office(home: Path, times: int, seed: int) -> RotReport:
    """Flips in an office's store."""
    asyncio.run(_office_day(home / "office"))
    _into_one_file(home / "office" / OFFICE_FILE)
    return rot(home / "office", OFFICE_FILE, times, seed, _office_doctor)


async def _office_day(directory: Path) -> None:
    async with office_rig(directory) as rig:
        peer = await terminal(rig, G1)
        for number in range(150):
            await check(rig, peer, number, note="记" * (number % 40))
            await peer.next(wire.Receipts)
        await check(rig, peer, 1000, unit="lianhu/hy")
        await until(lambda: rig.office.seq == 156, "the office has all of them")


def _office_doctor(folder: Path, _touched: list[str], damaged: bytes, report: RotReport) -> bool:
    found = examine(folder / OFFICE_FILE)
    report.overwritten += (folder / OFFICE_FILE).read_bytes() != damaged
    return not found.is_sound


# -- the terminal ----------------------------------------------------------------------------------


def rot_terminal(home: Path, times: int, seed: int) -> RotReport:
    """Flips in a terminal's store; each damaged one is repaired."""
    folder = home / "t"
    asyncio.run(_terminal_day(home / "office", folder))
    _into_one_file(folder / TERMINAL_FILE)
    shutil.copy(folder / TERMINAL_FILE, home / "sound.db")
    with closing(sqlite3.connect(home / "sound.db")) as conn:
        unsent = {op for (op,) in conn.execute(_WAITING)}

    def doctor(folder: Path, touched: list[str], damaged: bytes, report: RotReport) -> bool:
        if look(folder).is_sound:
            return False
        _check_repair(folder, touched, damaged, unsent, report)
        return True

    return rot(folder, TERMINAL_FILE, times, seed, doctor)


def _check_repair(
    folder: Path, _touched: list[str], damaged: bytes, unsent: set[bytes], report: RotReport
) -> None:
    done = repair(folder, Environment(lambda: START_MS, bytes))
    report.repaired += 1
    report.overwritten += done.aside is None or done.aside.read_bytes() != damaged
    with closing(sqlite3.connect(folder / TERMINAL_FILE)) as conn:
        there = {op for (op,) in conn.execute(_WAITING)}
    report.salvaged += len(there & unsent)
    # One bit hits one operation; a page of the tree may hide more, and then the file says so.
    lost = len(unsent - there)
    told = len(done.salvaged.broken) + len(done.salvaged.missing)
    report.unsaved += max(0, lost - told)


async def _terminal_day(directory: Path, folder: Path) -> None:
    async with office_rig(directory) as rig:
        async with place(rig, folder) as here:
            for _ in range(8):
                await here.terminal.record([_check(here.terminal) for _ in range(10)])
            await until(lambda: here.terminal.status.held == 80, "the first are held")
        async with place(rig, folder, online=False) as here:
            for _ in range(8):
                await here.terminal.record([_check(here.terminal) for _ in range(10)])


def _check(here) -> Draft:
    return Draft(
        "check",
        here.new_id(),
        G1,
        {"code": "green", "decision": "passed", "temp_tenths": 365, "note": "记" * 30},
    )


def _into_one_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
