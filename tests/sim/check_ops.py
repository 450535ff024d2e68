"""Operations: none lost, none twice, each in one place on both sides (I1-I4, I12, I13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sim.files import HELD, REFUSED, AsideRow, LogRow, OfficeFile, TerminalFile
from sim.mixes import RESTORES
from sim.proxy import Mischief
from sim.terminal_machine import TerminalMachine
from sim.world import World

CHAIN_START = bytes(16)


def receipted_is_in_the_log(world: World, office: OfficeFile) -> Iterable[str]:
    """I1, I12: what was receipted is at the office; a restore is made good by any living file."""
    there = {row.id for row in office.log} | {row.id for row in office.aside}
    for op in sorted(world.wiretap.acked.keys() - there):
        yield f"I1 {op.hex()} was receipted and is not at the office"


def saved_is_on_the_terminal(
    world: World, machine: TerminalMachine, own: TerminalFile
) -> Iterable[str]:
    """I2: what the screen called saved is in the file, or was dropped when a backup held it."""
    there = {op.id for op in own.ops}
    for op, record in machine.saved.items():
        if op not in there and op not in world.office.backups.ever:
            yield f"I2 {own.name} has lost {op.hex()} on {record.hex()}"


def dropped_is_at_the_office(
    world: World, machine: TerminalMachine, own: TerminalFile, office: OfficeFile
) -> Iterable[str]:
    """I12: what is in no terminal any more is at the office, unless somebody has put back
    something older than its newest backup."""
    there = {op.id for op in own.ops}
    there |= {row.id for row in office.log} | {row.id for row in office.aside}
    for op, record in machine.saved.items():
        if op not in there and op not in world.office.backups.given_up:
            yield f"I12 {own.name} has dropped {op.hex()} on {record.hex()}, and it is nowhere"


def every_operation_is_in_one_place(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """I4, I12, I13: of a living file's operations each is at the office, and known so here."""
    log = {row.id: row for row in office.log}
    aside = {row.id: row for row in office.aside}
    for op in own.ops:
        what = f"{own.name}'s {op.counter} {op.id.hex()} on {op.record.hex()}"
        if op.id not in log and op.id not in aside:
            yield f"I4 {what} is not at the office"
        elif op.id in log and (op.state, op.seq, op.eff) != (HELD, *_place(log[op.id])):
            yield f"I4 {what} is in the log, the terminal says {op.state} at {op.seq}"
        elif op.id in aside and op.state != REFUSED:
            yield f"I4 {what} is in quarantine, the terminal says {op.state}"


def _place(row: LogRow) -> tuple[int, int]:
    return (row.seq, row.eff)


def nothing_is_there_twice(office: OfficeFile) -> Iterable[str]:
    """I3, I4: an operation is in the log or in quarantine, once."""
    counts = Counter([*(row.id for row in office.log), *(row.id for row in office.aside)])
    for op, count in counts.items():
        if count > 1:
            yield f"I3 {op.hex()} is at the office {count} times"


def forks_are_listed(world: World, office: OfficeFile) -> Iterable[str]:
    """I13: two operations with one predecessor are listed as a fork, and nothing else is."""
    rows: list[LogRow | AsideRow] = [*office.log, *office.aside]
    known = {row.id for row in rows}
    copied = {m.key.key_id for m in world.machines if m.copied}
    after = Counter((row.key_id, row.prev) for row in rows)
    branches = sum(count - 1 for count in after.values())
    orphans = sum(row.prev != CHAIN_START and row.prev not in known for row in rows)
    listed = len(office.forks)
    if listed < branches:
        yield f"I13 {branches} branches, {orphans} orphans, but {listed} forks are listed"
    disturbed = copied or any(world.trace.faults[kind] for kind in (*RESTORES, "reordered frames"))
    if listed and not disturbed:
        yield f"I13 {listed} forks are listed, and no file was copied"


def epochs_have_a_cause(world: World, office: OfficeFile) -> Iterable[str]:
    """I11: an office that has lost nothing does not begin anew, which costs everybody a first sync.

    A proxy that lets one push overtake another makes it look as if the office lacked the first.
    """
    causes = (*RESTORES, Mischief.REORDER.value)
    if office.epoch != world.first_epoch and not any(world.trace.faults[kind] for kind in causes):
        yield "I11 the office has a new epoch, and nothing of it was restored"


def cursors_and_witnesses_hold(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """I10, I11: a terminal is not ahead of the office, and saw the history that there is."""
    if own.epoch != office.epoch:
        yield f"I11 {own.name} knows another epoch"
    seq, hist = own.witness
    if own.cursor > office.seq or seq > office.seq:
        yield f"I10 {own.name} stands at {own.cursor}, saw {seq}, the office is at {office.seq}"
    elif seq and hist not in (row.hist for row in office.log if row.seq == seq):
        yield f"I11 {own.name} saw another history at seq {seq}"
