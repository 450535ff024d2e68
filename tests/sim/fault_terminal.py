"""What goes wrong at a terminal: its process, its disk, its clock, copies of its file."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from sim.database import Death
from sim.fault_kit import Trouble, a_turn, within
from sim.names import YEAR_MS

if TYPE_CHECKING:
    from sim.world import World

CLONES_MAX = 2


async def terminal_crash(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    async with machine.lock:
        await a_turn(rng)
        if machine.terminal is None:
            return
        world.trace.fault("terminal crash", machine.name)
        await machine.crash()
        await asyncio.sleep(rng.uniform(0, 3))
        await world.start(machine)


def terminal_dies(point: Death) -> Trouble:
    """The terminal's process dies inside a transaction."""

    async def trouble(world: World, rng: random.Random) -> None:
        machine = world.some_machine(rng)
        async with machine.lock:
            database = machine.database
            if database is None:
                return
            database.die_at(point)
            if await within(database.died):
                world.trace.fault(f"terminal dies {point.value}", machine.name)
            await machine.crash()
            await asyncio.sleep(rng.uniform(0, 3))
            await world.start(machine)

    return trouble


async def terminal_disk_full(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    database = machine.database
    if database is None:
        return
    before = database.refused
    database.fill()
    await asyncio.sleep(rng.uniform(2, 10))
    if not database.closed:
        database.make_room()
    if database.refused > before:
        world.trace.fault("terminal disk full", machine.name, f"{database.refused - before} times")


async def clock_a_year_off(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    world.trace.fault("clock a year off", machine.name)
    machine.clock.go_on(rng.choice((-1, 1)) * rng.randint(YEAR_MS // 2, YEAR_MS))


async def clock_jumps(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    world.trace.fault("clock jumps", machine.name)
    for _ in range(rng.randint(1, 4)):
        machine.clock.go_on(rng.randint(-1_200_000, 1_200_000))
        await asyncio.sleep(rng.uniform(0, 2))


async def clock_frozen(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    world.trace.fault("clock frozen", machine.name)
    machine.clock.freeze()
    await asyncio.sleep(rng.uniform(2, 20))
    machine.clock.go_on(rng.randint(-2_000, 2_000))


async def base_damaged(world: World, rng: random.Random) -> None:
    """A row of the office's records is gone or an older one, as when a disk loses a write: SQLite
    sees nothing in it, and only the set hash tells."""
    machine = world.some_machine(rng)
    async with machine.lock:
        if machine.terminal is None:
            return
        await machine.crash()
        with machine.connection() as own:
            rows = own.execute("SELECT record, seq FROM base ORDER BY record").fetchall()
            if rows:
                record, seq = rng.choice(rows)
                what = rng.choice(("DELETE FROM base", "UPDATE base SET seq = seq - 1"))
                own.execute(f"{what} WHERE record = ?", (record,))
                machine.damaged = True
                world.trace.fault("base damaged", machine.name, f"{record.hex()} of seq {seq}")
        await world.start(machine)


async def file_cloned(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    if len(world.machines) - len(world.originals) >= CLONES_MAX or not machine.path.exists():
        return
    async with machine.lock:
        await a_turn(rng)
        clone = machine.clone()
        world.trace.fault("file cloned", machine.name, f"as {clone.name}")
        world.machines.append(clone)
    async with clone.lock:
        await asyncio.sleep(rng.uniform(0, 3))
        await world.start(clone)


async def older_file_restored(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    async with machine.lock:
        if machine.terminal is None:
            return
        machine.back_up()
    world.trace.tell(machine.name, "is copied")
    await asyncio.sleep(rng.uniform(1, 10))
    async with machine.lock:
        if machine.terminal is None:
            return
        await machine.crash()
        world.trace.fault("older file restored", machine.name)
        machine.put_back()
        await asyncio.sleep(rng.uniform(0, 3))
        await world.start(machine)
