"""The invariants of a settled world (the numbers are those of the fault list)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from armband.client.model import LedgerQuery
from armband.shared import permissions
from armband.shared.permissions import Role
from sim.history_checks import check_history
from sim.machines import OFFICE, TerminalMachine
from sim.world import World


async def check_all(world: World) -> list[str]:
    """Every broken invariant, as text."""
    office = world.office.office
    assert office is not None
    problems = [f"I14 {difference}" for difference in (await office.audit()).differences]
    with closing(world.office.connection()) as held:
        problems += check_history(held, world.office.clock.now_ms(), world.seed)
        for machine in world.terminals:
            with closing(machine.connection()) as own:
                problems += _nothing_lost(world, machine, own, held)
                problems += _same_base(machine, own, held)
                problems += _counts(machine, own)
    problems += await _views_agree(world)
    return problems


def _nothing_lost(
    world: World, machine: TerminalMachine, own: sqlite3.Connection, held: sqlite3.Connection
) -> list[str]:
    """I1, I2, I4: what was called saved is here, and what is here is at the office, once."""
    here = {op for (op,) in own.execute("SELECT id FROM ops")}
    lost_here = [op for op in world.saved[machine.name] if op not in here]
    mine = (OFFICE, machine.key.key_id)
    taken = _ids(held, "SELECT id FROM ops WHERE office = ? AND key_id = ?", mine)
    aside = _ids(held, "SELECT id FROM quarantine WHERE office = ? AND key_id = ?", mine)
    problems = [f"I2 {machine.name} lost {op.hex()}" for op in lost_here]
    if len(taken) != len(set(taken)):
        problems.append(f"I3 an operation of {machine.name} was taken twice")
    if here != {*taken, *aside}:
        missing = len(here - {*taken, *aside})
        alien = len({*taken, *aside} - here)
        problems.append(f"I1 {machine.name}: {missing} not at the office, {alien} only there")
    return problems


def _ids(connection: sqlite3.Connection, query: str, mine: tuple[str, bytes]) -> list[bytes]:
    return [op for (op,) in connection.execute(query, mine)]


def _same_base(
    machine: TerminalMachine, own: sqlite3.Connection, held: sqlite3.Connection
) -> list[str]:
    """I5, I10, I16: the base is the office's records in scope, to the byte, and nothing else."""
    role, scope = Role(machine.person.role), (machine.person.unit,)
    wanted = {
        record: (seq, state)
        for record, seq, kind, unit, state in held.execute(
            "SELECT id, seq, kind, unit, state FROM records WHERE office = ? AND unit <> ''",
            (OFFICE,),
        )
        if permissions.may_read(role, kind, unit, scope)
    }
    base = {record: (seq, state) for record, seq, state in own.execute(
        "SELECT record, seq, state FROM base")}  # fmt: skip
    if base == wanted:
        return []
    differ = sum(base[record] != wanted[record] for record in base.keys() & wanted.keys())
    missing, surplus = len(wanted.keys() - base.keys()), len(base.keys() - wanted.keys())
    return [f"I5 {machine.name}: {missing} missing, {surplus} too many, {differ} differ"]


def _counts(machine: TerminalMachine, own: sqlite3.Connection) -> list[str]:
    """I4: every operation is in one state, and the sync line counts them so."""
    assert machine.terminal is not None
    status = machine.terminal.status
    (total,) = own.execute("SELECT count(*) FROM ops").fetchone()
    (held,) = own.execute("SELECT count(*) FROM ops WHERE state = 1").fetchone()
    said = (status.written, status.held, status.waiting)
    return [] if said == (total, held, 0) else [f"I4 {machine.name} says {said}, has {total}"]


async def _views_agree(world: World) -> list[str]:
    """What two screens show of one record is the same."""
    shown: dict[bytes, tuple[str, object]] = {}
    problems = []
    for machine in world.terminals:
        assert machine.terminal is not None
        page = await machine.terminal.ledger(LedgerQuery("household", with_void=True), 0, 1000)
        for entry in page.entries:
            look = (entry.view.unit, dict(sorted(entry.view.fields.items())), entry.view.conflicts)
            known = shown.setdefault(entry.view.id, (machine.name, look))
            if known[1] != look:
                problems.append(f"views of {known[0]} and {machine.name} differ: {known[1]} {look}")
    return problems


async def later_write_wins(world: World) -> list[str]:
    """I8: who writes after seeing a value beats it, whatever any clock says."""
    street = world.terminals[-1].terminal
    assert street is not None
    record = (await street.ledger(LedgerQuery("household"), 0, 1)).entries[0].view.id
    problems = []
    for machine in world.terminals:
        writer = machine.terminal
        assert writer is not None
        if await writer.entry(record) is None:
            continue
        await writer.change(record, {"note": machine.name})
        if not await world.settled():
            return [f"I8 not settled after {machine.name} wrote"]
        for other in world.terminals:
            assert other.terminal is not None
            entry = await other.terminal.entry(record)
            if entry is not None and (
                entry.view.text("note") != machine.name or "note" in entry.view.conflicts
            ):
                problems.append(
                    f"I8 {other.name} shows {entry.view.text('note')!r} after {machine.name} wrote"
                )
    return problems
