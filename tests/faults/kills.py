"""SIGKILL of the real server and of real recording terminals, at random moments under load.

What was sent: records of real terminals over TLS, through the real programs. What must be there
afterwards: every operation whose receipt a terminal held when the server died, with the sequence
and stamp of that receipt, looked up before anybody could send it again; every record that a
terminal's process had called saved when it died; nothing twice; an audit without differences; and
the same bytes in every base as at the office.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from armband.client.errors import ClientError
from armband.client.handover import RECORD, ask_holder
from armband.client.link import Link
from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.client.terminal import Terminal
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from faults.crew import UNIT, check_lines, enrol, make_office
from faults.processes import OfficeProcess, Program, rows_of
from faults.verdict import Verdict, audit, compare, once_each
from support.real_office import run_command
from support.stores import opened
from support.waiting import until

WAITING_MAX = 60
"""A terminal records no further while so many of its operations wait."""
EARLY = 0.1
"""The share of kills that fall into a process's own start."""


@dataclass
class KillReport(Verdict):
    """What a run of kills came to. ``promised``: receipts, or records called saved."""

    kills: int = 0
    early: int = 0
    promised: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.early} while it started), {self.promised:,} promised: "
            f"{self.found}"
        )


# -- the server --------------------------------------------------------------------------------


async def kill_server(home: Path, times: int, seed: int, terminals: int = 3) -> KillReport:
    """Kill ``armband-server run`` while real terminals record and push."""
    random, report = Random(seed), KillReport()
    office = OfficeProcess(home / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    async with AsyncExitStack() as stack:
        stack.callback(office.stop)
        crew = [await _joined(stack, office, home / f"t{n}") for n in range(terminals)]
        recording = [asyncio.create_task(_record(t, random)) for t, _link in crew]
        for task in recording:
            stack.callback(task.cancel)
        seen: dict[bytes, tuple[int, int]] = {}
        for _ in range(times):
            await _kill_once(office, crew, random, report)
            _note_receipts(home, terminals, seen)
            _missing(office.directory, seen, home / "copy", report)
        for task in recording:
            task.cancel()
        await _settle(home, crew)
        report.promised = len(seen)
    office.stop()
    for number in range(terminals):
        compare(office.directory, home / f"t{number}", home / "copy", report)
    audit(office.directory, report)
    return report


async def _kill_once(
    office: OfficeProcess, crew: list[tuple[Terminal, Link]], random: Random, report: KillReport
) -> None:
    report.kills += 1
    if random.random() < EARLY:
        report.early += 1
        office.kill()
        office.spawn()
        await asyncio.sleep(random.uniform(0, 0.8))
        office.kill()
    else:
        held = _held(crew)
        await until(lambda: _held(crew) > held, "receipts come", 30)
        await asyncio.sleep(random.uniform(0, 0.1))
        office.kill()
    # What the dead server had sent is on its way: a receipt that still arrives counts.
    await until(lambda: not any(t.status.connected for t, _l in crew), "the links notice", 10)
    office.spawn()
    await office.ready()
    for _terminal, link in crew:
        link.hurry()


def _held(crew: list[tuple[Terminal, Link]]) -> int:
    return sum(terminal.status.held for terminal, _link in crew)


def _note_receipts(home: Path, terminals: int, seen: dict[bytes, tuple[int, int]]) -> None:
    for number in range(terminals):
        with opened(home / f"t{number}" / TERMINAL_FILE) as conn:
            rows = conn.execute("SELECT id, seq, eff FROM ops WHERE state = 1").fetchall()
        for op, seq, eff in rows:
            assert seen.setdefault(op, (seq, eff)) == (seq, eff), "a receipt changed"


def _missing(
    directory: Path, seen: dict[bytes, tuple[int, int]], aside: Path, report: KillReport
) -> None:
    """Receipts that the office's files do not bear out, before anybody can push again."""
    rows = rows_of(directory / OFFICE_FILE, "SELECT id, seq, eff FROM ops", aside)
    there = {op: (seq, eff) for op, seq, eff in rows}
    report.doubled += len(rows) - len(there)
    report.lost += [op.hex() for op, receipt in seen.items() if there.get(op) != receipt]


async def _record(terminal: Terminal, random: Random) -> None:
    while True:
        if terminal.status.waiting < WAITING_MAX:
            await terminal.record([_check(terminal) for _ in range(random.randint(1, 6))])
        await asyncio.sleep(random.uniform(0, 0.03))


def _check(terminal: Terminal) -> Draft:
    fields: Patch = {"code": "green", "decision": "passed", "temp_tenths": 365}
    return Draft("check", terminal.new_id(), UNIT, fields)


async def _settle(home: Path, crew: list[tuple[Terminal, Link]]) -> None:
    for _terminal, link in crew:
        link.hurry()

    def drained() -> bool:
        written = sum(terminal.status.written for terminal, _link in crew)
        return all(not t.status.waiting and not t.status.catching_up for t, _l in crew) and all(
            _base_count(home / f"t{n}") >= written for n in range(len(crew))
        )

    await until(drained, "everything is everywhere", 60)


def _base_count(folder: Path) -> int:
    with opened(folder / TERMINAL_FILE) as conn:
        count: int = conn.execute(
            "SELECT count(*) FROM base JOIN view USING (record) WHERE kind = 'check'"
        ).fetchone()[0]
    return count


# -- terminals ---------------------------------------------------------------------------------


async def kill_terminal(home: Path, times: int, seed: int) -> KillReport:
    """Kill ``armband sync``, which records what it is handed and pushes it meanwhile."""
    random, report = Random(seed), KillReport()
    office, folder = OfficeProcess(home / "office"), home / "t"
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    saved: set[str] = set()
    unanswered: list[dict[str, Any]] = []
    try:
        enrol(office, folder)
        for _ in range(times):
            unanswered = await _record_until_killed(folder, random, unanswered, saved, report)
            _unsaved(folder, saved, home / "copy", report)
        done = run_command("armband", "sync", "--once", "--data", folder, "--json")
        assert done.code == 0, done.err
        assert done.json["waiting"] == 0
    finally:
        office.stop()
    report.promised = len(saved)
    once_each(office.directory, saved, home / "copy", report)
    compare(office.directory, folder, home / "copy", report)
    audit(office.directory, report)
    return report


async def _record_until_killed(
    folder: Path,
    random: Random,
    lines: list[dict[str, Any]],
    saved: set[str],
    report: KillReport,
) -> list[dict[str, Any]]:
    """Hand over lines until the process is dead; what it never answered goes to the next one."""
    report.kills += 1
    program = Program("armband", "sync", "--data", folder)
    if random.random() < EARLY:
        report.early += 1
        await asyncio.sleep(random.uniform(0, 0.6))
        program.kill()
        return lines
    await program.first_line()
    kill_at: asyncio.TimerHandle | None = None
    try:
        while True:
            lines = lines or check_lines(random)
            answer = await ask_holder(folder, RECORD, {"lines": lines})
            assert not answer["refused"], answer
            saved.update(line["id"] for line in answer["saved"])
            lines = []
            # From the first answer on: a fresh process takes its time to load what it needs.
            if kill_at is None:
                loop = asyncio.get_running_loop()
                kill_at = loop.call_later(random.uniform(0, 0.15), program.kill)
    except (OSError, ClientError):
        return lines
    finally:
        program.kill()


def _unsaved(folder: Path, saved: set[str], aside: Path, report: KillReport) -> None:
    """Records that were called saved and are not in the files, before anybody opens them again."""
    rows = rows_of(folder / TERMINAL_FILE, "SELECT record, count(*) FROM ops GROUP BY 1", aside)
    report.doubled += sum(count > 1 for _record, count in rows)
    report.lost += sorted(saved - {record.hex() for record, _count in rows})


# -- both --------------------------------------------------------------------------------------


async def _joined(
    stack: AsyncExitStack, office: OfficeProcess, folder: Path
) -> tuple[Terminal, Link]:
    from armband.client.holding import hold_online
    from armband.client.world import real_environment

    await asyncio.to_thread(enrol, office, folder)
    terminal, link = await stack.enter_async_context(hold_online(folder, real_environment()))
    terminal.go_online()
    await until(lambda: terminal.status.connected, "the terminal is in", 20)
    return terminal, link
