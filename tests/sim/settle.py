"""When the faults have stopped: all must settle in time (I25), and a later write must win (I8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from armband.client.backoff import HOPELESS_S
from armband.client.model import LedgerQuery, SyncStatus
from armband.client.terminal import Terminal
from sim.mixes import NEEDS_PATIENCE
from sim.terminal_machine import TerminalMachine
from sim.world import World

PROMISED_S = 60.0
QUIET_S = 4.0
"""Frames that are still under way must not bring anything new."""
STEP_S = 0.5
Check = Callable[[TerminalMachine], list[str]]


def is_settled(terminal: Terminal | None) -> bool:
    """Whether a terminal has handed in all, and knows all."""
    if terminal is None:
        return False
    status = terminal.status
    return status.connected and not status.catching_up and status.waiting == 0


async def settle(world: World, machines: list[TerminalMachine]) -> list[str]:
    """I25: wait until the machines have settled; what is wrong when they do not in time."""
    loop = asyncio.get_running_loop()
    patient = any(world.trace.faults[kind] for kind in NEEDS_PATIENCE)
    end_s = loop.time() + PROMISED_S + (HOPELESS_S if patient else 0)
    while loop.time() < end_s:
        if all(is_settled(machine.terminal) for machine in machines):
            await asyncio.sleep(QUIET_S)
            if all(is_settled(machine.terminal) for machine in machines):
                return []
        await asyncio.sleep(STEP_S)
    late = [f"{m.name}: {_words(m)}" for m in machines if not is_settled(m.terminal)]
    return [f"I25 not settled in time: {'; '.join(late)}"]


def _words(machine: TerminalMachine) -> str:
    status = machine.terminal.status if machine.terminal is not None else None
    if not isinstance(status, SyncStatus):
        return "down"
    return (
        f"connected {status.connected}, catching up {status.catching_up}, "
        f"waiting {status.waiting}, {status.problem!r}"
    )


async def all_come_home(world: World, check: Check) -> list[str]:
    """Everything is up again; copies of one file are on line one after the other."""
    clones = [machine for machine in world.machines if machine.twin_of is not None]
    for clone in clones:
        await clone.stop()
    problems = await settle(world, world.originals)
    for clone in clones:
        original = next(m for m in world.originals if m.key is clone.key)
        await original.stop()
        await clone.start()
        others = [machine for machine in world.originals if machine is not original]
        problems += await settle(world, [*others, clone])
        problems += check(clone)
        await clone.stop()
        await original.start()
    if clones:
        problems += await settle(world, world.originals)
    return problems


async def later_write_wins(world: World) -> list[str]:
    """I8: who writes after seeing a value beats it, whatever any clock says."""
    street = world.originals[-1].terminal
    assert street is not None
    doors = (await street.ledger(LedgerQuery("household"), 0, 1)).entries
    problems: list[str] = []
    for machine in world.originals if doors else ():
        record = doors[0].view.id
        writer = machine.terminal
        assert writer is not None
        entry = await writer.entry(record)
        if entry is None or writer.status.revoked:
            continue
        saved = await writer.change(record, {"note": f"last said by {machine.name}"})
        machine.saved[saved.op] = record
        world.trace.tell(machine.name, "writes last", saved.op, record)
        problems += await settle(world, world.originals)
        if any(refused.op == saved.op for refused in await writer.tray()):
            continue
        for other in world.originals:
            assert other.terminal is not None
            shown = await other.terminal.entry(record)
            if shown is not None and (
                shown.view.text("note") != f"last said by {machine.name}"
                or "note" in shown.view.conflicts
            ):
                problems.append(
                    f"I8 {other.name} shows {shown.view.text('note')!r} of {record.hex()} "
                    f"(conflicts {shown.view.conflicts}) after {machine.name} wrote"
                )
    return problems
