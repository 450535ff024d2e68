"""What must be there in the end, read from the files of an office and of its terminals."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from armband.client.store.store import STORE_FILE as TERMINAL_FILE
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from faults.processes import rows_of
from support.real_office import run_command

SYNC_ROUNDS = 4
"""Exchanges after which every terminal must have handed in all and have all."""


@dataclass
class Verdict:
    """What a run came to. All of these must be empty.

    Attributes:
        lost: records or operations that are not at the office.
        doubled: operations that are there more often than once.
        differences: of the audit, and what the doctors say.
        unequal: terminals whose base is not the office's.
    """

    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    differences: list[Any] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.differences or self.unequal)

    @property
    def found(self) -> str:
        """The four as words."""
        return (
            f"{len(self.lost)} lost, {self.doubled} doubled, {len(self.differences)} differences, "
            f"{len(self.unequal)} replicas unequal"
        )


def drain(folders: Sequence[Path]) -> None:
    """``armband sync --once`` on each, until all have handed in theirs and have the others'."""
    for turn in range(SYNC_ROUNDS):
        done = [run_command("armband", "sync", "--once", "--data", f, "--json") for f in folders]
        # One who came first has not seen what the later ones brought.
        if turn and all(ran.code == 0 and not ran.json["waiting"] for ran in done):
            return
    raise AssertionError(f"not drained: {[(ran.code, ran.err, ran.out) for ran in done]}")


def judge(
    directory: Path, folders: Sequence[Path], saved: Collection[str], aside: Path, verdict: Verdict
) -> None:
    """Everything: records called saved, operations held anywhere, figures, bases, the doctors."""
    once_each(directory, saved, aside, verdict)
    for folder in folders:
        held_here(directory, folder, aside, verdict)
        compare(directory, folder, aside, verdict)
        _sound("armband", folder, verdict)
    audit(directory, verdict)
    _sound("armband-server", directory, verdict)


def once_each(directory: Path, saved: Collection[str], aside: Path, verdict: Verdict) -> None:
    """Every record called saved has its one operation at the office."""
    rows = rows_of(directory / OFFICE_FILE, "SELECT record FROM ops", aside)
    times = Counter(record.hex() for (record,) in rows)
    verdict.lost += [record for record in saved if not times[record]]
    verdict.doubled += sum(times[record] > 1 for record in saved)


def held_here(directory: Path, folder: Path, aside: Path, verdict: Verdict) -> None:
    """Every operation in a terminal's file is at the office, at the place its receipt says."""
    rows = rows_of(directory / OFFICE_FILE, "SELECT id, seq, eff FROM ops", aside)
    there = {op: (seq, eff) for op, seq, eff in rows}
    verdict.doubled += len(rows) - len(there)
    own = rows_of(folder / TERMINAL_FILE, "SELECT id, seq, eff FROM ops", aside)
    verdict.lost += [op.hex() for op, seq, eff in own if there.get(op) != (seq, eff)]


def compare(directory: Path, folder: Path, aside: Path, verdict: Verdict) -> None:
    """A terminal's base against the office's records of its scope, byte for byte."""
    records = rows_of(
        directory / OFFICE_FILE,
        "SELECT id, seq, state FROM records WHERE unit LIKE 'lianhu/yg%' OR kind = 'unit'",
        aside,
    )
    office = {record: (seq, bytes(state)) for record, seq, state in records}
    base = rows_of(folder / TERMINAL_FILE, "SELECT record, seq, state FROM base", aside)
    if any(office.get(record) != (seq, bytes(state)) for record, seq, state in base):
        verdict.unequal.append(f"{folder.name}: other bytes")
    sql = "SELECT id FROM records WHERE kind = 'check'"
    checks = {record for (record,) in rows_of(directory / OFFICE_FILE, sql, aside)}
    if not checks <= {record for record, *_ in base}:
        verdict.unequal.append(f"{folder.name}: records missing")


def audit(directory: Path, verdict: Verdict) -> None:
    """``armband-server audit``."""
    done = run_command("armband-server", "audit", "--data", directory, "--json")
    with suppress(json.JSONDecodeError):
        verdict.differences += done.json["differences"]
    if done.code not in (0, 1):
        verdict.differences.append(done.err)


def _sound(program: str, folder: Path, verdict: Verdict) -> None:
    done = run_command(program, "doctor", "--data", folder, "--json")
    if done.code:
        verdict.differences.append(done.out or done.err)
