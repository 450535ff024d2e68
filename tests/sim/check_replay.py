"""I3: sending anything again, any number of times, in any order, changes nothing."""

from __future__ import annotations

import random
from hashlib import blake2b

from armband.server.commit.model import Batch, TerminalGrant
from armband.server.office import Office
from armband.shared.permissions import Role
from sim.names import OFFICE
from sim.world import World

TABLES = ("ops", "quarantine", "records", "moves", "cells", "members", "digests", "heads", "forks")
PUSHES_MAX = 60


async def replay_changes_nothing(world: World, office: Office) -> list[str]:
    """Send pushes that are at the office once more, in another order."""
    known = world.ops_at_office()
    rng = random.Random(f"{world.seed} replay")
    again = [p for p in world.wiretap.pushes if p.ops and all(op.id in known for op in p.ops)]
    rng.shuffle(again)
    before = tables(world)
    for push in again[:PUSHES_MAX]:
        grant = TerminalGrant(Role.STREET, (OFFICE,))
        await office.submit(Batch(push.key_id, grant, 0, rng.random() < 0.5, push.ops))
    after = tables(world)
    return [f"I3 {name} differs after a replay" for name in TABLES if before[name] != after[name]]


def tables(world: World) -> dict[str, bytes]:
    """A digest of each table of the office that operations may change."""
    found = {}
    with world.office.connection() as held:
        for name in TABLES:
            rows = held.execute(
                f"SELECT * FROM {name} WHERE office = ? ORDER BY 1, 2, 3, 4", (OFFICE,)
            )
            found[name] = blake2b(repr(rows.fetchall()).encode(), digest_size=16).digest()
    return found
