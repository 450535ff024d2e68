"""What goes wrong on the way between a terminal and the office."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import TYPE_CHECKING

from sim.fault_kit import Trouble, a_turn
from sim.proxy import Mischief

if TYPE_CHECKING:
    from sim.world import World


async def cut(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    await a_turn(rng)
    if world.net.is_open(machine.name):
        world.trace.fault("cut", machine.name)
        world.net.cut(machine.name)


async def partition(world: World, rng: random.Random) -> None:
    names = [machine.name for machine in world.machines if rng.random() < 0.5]
    for name in names:
        world.net.away[name] = True
        world.trace.fault("partition", name)
        world.net.cut(name)
    await asyncio.sleep(rng.uniform(1, 12))
    for name in names:
        world.net.away.pop(name, None)
        world.trace.tell(name, "reaches the office again")


async def stall(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    if world.net.is_open(machine.name):
        world.trace.fault("stall", machine.name)
        world.net.stall(machine.name)
        await asyncio.sleep(rng.uniform(0, 12))
        world.net.cut(machine.name)


async def slow_line(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    world.trace.fault("slow line", machine.name)
    world.net.slow_s[machine.name] = rng.uniform(1, 6)
    await asyncio.sleep(rng.uniform(2, 12))
    world.net.slow_s.pop(machine.name, None)


def proxy(mischief: Mischief) -> Trouble:
    """The proxy mangles one of the next frames."""

    async def trouble(world: World, rng: random.Random) -> None:
        world.net.mischief.setdefault(world.some_machine(rng).name, deque()).append(mischief)

    return trouble
