"""What people do at a terminal: record, correct, void, move, settle, mend, and newer releases."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence

from armband.client.model import Entry, LedgerQuery, Saved
from armband.client.store.chain import Known
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.errors import ArmbandError
from armband.shared.fields import Patch
from armband.shared.ops import Payload
from sim import case_deeds
from sim.names import GRIDS

Did = list[Saved]
Doors = Sequence[Entry]
NEWER_KIND = "drone_flight"
NEWER_FIELD = "balcony"


async def do_something(terminal: Terminal, rng: random.Random) -> tuple[str, Did]:
    """One deed and the operations that it saved; none where there was nothing to do."""
    doors = (await terminal.ledger(LedgerQuery("household"), 0, 100)).entries
    weights = [weight for weight, _deed in DEEDS.values()]
    (name,) = rng.choices([*DEEDS], weights=weights) if doors else ("check",)
    deed = DEEDS[name][1]
    try:
        return name, await deed(terminal, rng, doors)
    except ArmbandError as error:
        return f"{name}: {type(error).__name__}", []


async def _check(terminal: Terminal, rng: random.Random, _doors: Doors) -> Did:
    fields: Patch = {
        "code": rng.choice(("green", "yellow", "red")),
        "decision": rng.choice(("passed", "referred")),
        "temp_tenths": rng.randint(360, 385),
        "stranger_phone": f"1000000000{rng.randint(0, 3)}",
    }
    unit = rng.choice(terminal.identity.scope or ("lianhu",))
    drafts = [Draft("check", terminal.new_id(), unit, {**fields}) for _ in range(rng.randint(1, 2))]
    return await terminal.record(drafts)


async def _visit(terminal: Terminal, rng: random.Random, doors: Doors) -> Did:
    door = rng.choice(doors)
    fields: Patch = {
        "household": door.view.id.hex(),
        "channel": rng.choice(("door", "phone", "wechat")),
        "outcome": rng.choice(("met", "no_answer")),
        "people_seen": rng.randint(0, 3),
    }
    return await terminal.record([Draft("visit", terminal.new_id(), door.view.unit, fields)])


async def _correct(terminal: Terminal, rng: random.Random, doors: Doors) -> Did:
    patch: Patch = {}
    if rng.random() < 0.7:
        patch["people"] = rng.randint(1, 4)
    if rng.random() < 0.4 or not patch:
        patch["phone"] = f"1000000000{rng.randint(0, 3)}"
    if rng.random() < 0.3:
        patch["reason"] = rng.choice(("写错", "电话更正"))
    return [await terminal.change(rng.choice(doors).view.id, patch)]


async def _void(terminal: Terminal, rng: random.Random, doors: Doors) -> Did:
    kind = rng.choice(("visit", "check", "household"))
    mine = (await terminal.ledger(LedgerQuery(kind), 0, 50)).entries
    if not mine or (kind == "household" and len(mine) < len(doors) - 1):
        return []
    return [await terminal.void(rng.choice(mine).view.id, rng.choice(("错", "重复")))]


async def _move(terminal: Terminal, rng: random.Random, doors: Doors) -> Did:
    """Out of this terminal's scope too: then the office keeps it aside."""
    return [await terminal.change(rng.choice(doors).view.id, {"unit": rng.choice(GRIDS)})]


async def _settle(terminal: Terminal, rng: random.Random, _doors: Doors) -> Did:
    open_ones = await terminal.conflicts()
    if not open_ones:
        return []
    conflict = rng.choice(open_ones)
    chosen = rng.choice(conflict.choices)
    return [await terminal.change(conflict.record, {conflict.field: chosen.value})]


async def _tray(terminal: Terminal, rng: random.Random, _doors: Doors) -> Did:
    tray = await terminal.tray()
    if not tray:
        return []
    refused = rng.choice(tray)
    if rng.random() < 0.3:
        await terminal.set_aside(refused.op)
        return []
    unit = rng.choice(terminal.identity.scope or GRIDS)
    return [await terminal.mend(refused.op, {"unit": unit})]


async def _newer_field(terminal: Terminal, rng: random.Random, doors: Doors) -> Did:
    """A newer release knows one field more of a door."""
    door = rng.choice(doors).view
    patch: Patch = {NEWER_FIELD: rng.choice(("south", "none"))}
    return await _raw(terminal, door.id, "household", door.unit, patch)


async def _newer_kind(terminal: Terminal, rng: random.Random, _doors: Doors) -> Did:
    """A newer release records something that this one has never heard of."""
    unit = rng.choice(terminal.identity.scope or GRIDS)
    patch: Patch = {"unit": unit, "minutes": rng.randint(1, 30)}
    return await _raw(terminal, terminal.new_id(), NEWER_KIND, unit, patch)


async def _raw(terminal: Terminal, record: bytes, kind: str, unit: str, patch: Patch) -> Did:
    def plan(known: dict[bytes, Known]) -> list[Payload]:
        return [Payload(record, kind, unit, patch, known[record].seen, terminal.identity.person)]

    return await terminal._save([record], plan, 1)


Deed = Callable[[Terminal, random.Random, Doors], Awaitable[Did]]
DEEDS: dict[str, tuple[int, Deed]] = {
    "check": (12, _check),
    "visit": (16, _visit),
    "correct": (36, _correct),
    "void": (6, _void),
    "move": (8, _move),
    "settle": (12, _settle),
    "tray": (6, _tray),
    "newer field": (3, _newer_field),
    "newer kind": (2, _newer_kind),
    "case": (6, case_deeds.report),
    "step": (18, case_deeds.step),
}
