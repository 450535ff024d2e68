"""What the office's people do in the middle of it all: other units, revocation, imports."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from armband.server.admin import Admin
from armband.server.desk import plain
from armband.server.regrid.plan import Row
from armband.server.regrid.run import regrid
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.permissions import Role
from sim.names import DOORS_PER_GRID, GRIDS, SCOPES, door_of
from sim.terminal_machine import TerminalMachine

if TYPE_CHECKING:
    from sim.world import World

REVOKED_MAX = 1


async def scope_changed(world: World, rng: random.Random) -> None:
    machine = world.some_machine(rng)
    scope = rng.choice(SCOPES)
    async with world.office.lock:
        office = world.office.office
        if office is None:
            return
        world.clerk(lambda: _assign(world, machine, scope))
        await asyncio.sleep(1)


async def _assign(world: World, machine: TerminalMachine, scope: tuple[str, ...]) -> None:
    office = world.office.office
    assert office is not None
    role = Role(machine.person.role)
    world.trace.fault("scope changed", machine.name, f"to {' '.join(scope)}")
    await office.assign(machine.key.key_id, role, scope)
    world.now_allowed(machine.key.key_id, role.value, scope)


async def terminal_revoked(world: World, rng: random.Random) -> None:
    if world.trace.faults["terminal revoked"] >= REVOKED_MAX:
        return
    machine = world.some_machine(rng)

    async def revoke() -> None:
        assert world.office.office is not None
        world.trace.fault("terminal revoked", machine.name)
        await world.office.office.revoke(machine.key.key_id)
        world.now_allowed(machine.key.key_id, "nobody", ())

    async with world.office.lock:
        if world.office.office is not None:
            world.clerk(revoke)
            await asyncio.sleep(1)


async def imported(world: World, rng: random.Random) -> None:
    drafts: list[Draft] = []
    for _ in range(rng.randint(1, 6)):
        grid = rng.choice(GRIDS)
        record, door = door_of(grid, rng.randrange(DOORS_PER_GRID + 2))
        fields: Patch = {
            "door": door,
            "people": rng.randint(1, 4),
            "note": f"册{rng.randint(1, 9)}",
        }
        drafts.append(Draft("household", record, grid, fields))

    async def bring_in() -> None:
        assert world.office.office is not None
        outcomes = await world.import_drafts(drafts)
        records = [draft.id for draft in drafts]
        world.trace.did("import", "office", f"imports: {' '.join(outcomes)}", *records)

    async with world.office.lock:
        if world.office.office is not None:
            world.clerk(bring_in)


async def regridded(world: World, rng: random.Random) -> None:
    """One grid goes into the other, as a whole or some doors; the next time perhaps back."""
    old, new = rng.sample(GRIDS, 2)
    doors = () if rng.random() < 0.5 else (("1-1-101", f"1-1-{rng.randint(1, 2)}01"),)
    rows = [Row(2, old, new, doors)]

    async def carry_out() -> None:
        office = world.office.office
        assert office is not None
        world.trace.tell("office", f"re-grids {old} to {new} {doors}")
        outcome = await regrid(SimDesk(Admin(office, office._environment)), rows, dry_run=False)
        moved = " ".join(f"{move.unit}>{move.to}" for move in outcome.moves)
        world.trace.fault("re-gridding", "office", f"{old} to {new} {doors}: {moved}")
        for terminal in outcome.terminals:
            key_id = bytes.fromhex(terminal.id)
            listed = await office.terminal(key_id)
            if listed is not None:
                world.now_allowed(key_id, listed.role.value, listed.scope)

    async with world.office.lock:
        if world.office.office is not None:
            world.clerk(carry_out)
            await asyncio.sleep(1)


class SimDesk:
    """The office at hand, through the verbs of its administration."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    async def call(
        self, verb: str, args: dict[str, Any] | None = None, _progress: object = None
    ) -> Any:
        return plain(await self._admin.call(verb, plain(args or {})))
