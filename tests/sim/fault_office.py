"""What goes wrong at the office: its process, its disk, its clock, an older copy of its file."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from armband.server.errors import BackupUnsound
from armband.server.model import OfficeRow
from sim.database import Death
from sim.fault_kit import Trouble, a_turn, within

if TYPE_CHECKING:
    from sim.world import World


async def office_crash(world: World, rng: random.Random) -> None:
    async with world.office.lock:
        await a_turn(rng)
        if world.office.office is None:
            return
        world.trace.fault("office crash", "office")
        await world.office_down()
        await asyncio.sleep(rng.uniform(0, 4))
        await world.office_up()


def office_dies(point: Death) -> Trouble:
    """The office's process dies inside a transaction."""

    async def trouble(world: World, rng: random.Random) -> None:
        async with world.office.lock:
            database = world.office.database
            if database is None:
                return
            database.die_at(point)
            if await within(database.died):
                world.trace.fault(f"office dies {point.value}", "office")
            await world.office_down()
            await asyncio.sleep(rng.uniform(0, 4))
            await world.office_up()

    return trouble


async def office_restored(world: World, rng: random.Random) -> None:
    async with world.office.lock:
        world.office.back_up()
    world.trace.tell("office", "is copied")
    await asyncio.sleep(rng.uniform(0.5, 8))
    async with world.office.lock:
        if world.office.office is None:
            return
        await world.office_down()
        world.office.put_back()
        world.restored()
        world.trace.fault("office restored", "office")
        await asyncio.sleep(rng.uniform(0, 4))
        await world.office_up()


async def backup(world: World, rng: random.Random) -> None:
    await _back_up(world, rng, "backup", None)


async def spoiled_backup(world: World, rng: random.Random) -> None:
    """The disk spoils the copy: it must not be called a backup."""
    await _back_up(world, rng, "spoiled backup", rng)


async def _back_up(
    world: World, rng: random.Random, kind: str, damage: random.Random | None
) -> None:
    async with world.office.lock:
        if world.office.office is None:
            return
        world.trace.fault(kind, "office")
        try:
            office = world.office.make_backup(damage).office
        except BackupUnsound as error:
            world.trace.tell("office", f"has no backup: {error}")
            return
        pause_s = rng.uniform(0, 2)
        world.clerk(lambda: _promise(world, pause_s, office))


async def _promise(world: World, pause_s: float, backed_up: OfficeRow) -> None:
    await asyncio.sleep(pause_s)
    office = world.office.office
    assert office is not None
    stable_seq = await office.mark_stable(backed_up.seq, backed_up.hist)
    world.trace.tell("office", f"is backed up to {stable_seq}")


async def backup_restored(world: World, rng: random.Random) -> None:
    async with world.office.lock:
        if world.office.office is None:
            return
        await a_turn(rng)
        await world.office_down()
        keeps_promise = world.office.put_backup_back()
        if keeps_promise is not None:
            world.restored(keeps_promise=keeps_promise)
            world.trace.fault("backup restored", "office")
        await asyncio.sleep(rng.uniform(0, 4))
        await world.office_up()


async def office_disk_full(world: World, rng: random.Random) -> None:
    database = world.office.database
    if database is None:
        return
    before = database.refused
    database.fill()
    await asyncio.sleep(rng.uniform(2, 10))
    if not database.closed:
        database.make_room()
    if database.refused > before:
        world.trace.fault("office disk full", "office", f"{database.refused - before} times")


async def office_clock_jumps(world: World, rng: random.Random) -> None:
    world.trace.fault("office clock jumps", "office")
    world.office.clock.go_on(rng.randint(-1_800_000, 1_800_000))
