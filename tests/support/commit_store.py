"""Operations straight into a store, and all of a store as plain data."""

from __future__ import annotations

from armband.server.commit.decide import Answer, Decision, Submission, needs
from armband.server.commit.model import TerminalGrant
from armband.server.store.port import AuditSource, Store
from armband.shared import wire
from armband.shared.ops import Op
from armband.shared.permissions import Role
from support.commit_world import NOW_MS, OFFICE_KEY, STREET, World, batch


async def submit(store: Store, *submissions: Submission) -> list[Answer]:
    """Commit one group."""
    request = needs(submissions, OFFICE_KEY)
    decision, _changes = await store.commit(
        request, lambda loaded: Decision(loaded, submissions, NOW_MS), {}
    )
    return decision.answers


async def push(store: Store, *ops: Op, grant: TerminalGrant = STREET) -> list[wire.Receipt]:
    """Commit one batch."""
    (answer,) = await submit(store, batch(*ops, grant=grant))
    assert isinstance(answer, list), answer
    return [part for part in answer if isinstance(part, wire.Receipt)]


def all_of(source: AuditSource) -> dict[str, object]:
    """What a store holds, in the words of `all_of_world`."""
    office = source.office()
    return {
        "office": (office.seq, office.hist, office.top),
        "ops": [
            (op.seq, op.id, op.branch, op.eff, bool(op.suspect), op.hist) for op in source.ops()
        ],
        "records": [(r.id, r.seq, r.kind, r.unit, r.state) for r in source.records()],
        "cells": dict(source.cells()),
        "members": dict(source.members()),
        "digests": dict(source.digests()),
    }


def all_of_world(world: World) -> dict[str, object]:
    """The same of an office in dicts."""
    office = world.office
    return {
        "office": (office.seq, office.hist, office.top),
        "ops": [(o.seq, o.op.id, o.branch, o.eff, o.suspect, o.hist) for o in world.ops],
        "records": [
            (row.record, row.seq, row.kind, row.unit, row.state)
            for row in sorted(world.records.values(), key=lambda row: row.record)
        ],
        "cells": world.cells,
        "members": world.members,
        "digests": world.digests,
    }


GRID_1 = TerminalGrant(Role.GRID, ("lianhu/yg/g1",))
