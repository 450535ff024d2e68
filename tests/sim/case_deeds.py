"""Cases in a simulation: people report them and take whatever step leads on from what they see."""

from __future__ import annotations

import random
from collections.abc import Sequence

from armband.client.model import Entry, LedgerQuery, Saved
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds.case_flow import WORKFLOW

_RUNGS = ("liaison", "grid", "trio", "street")
_CASES_MAX = 6


async def report(terminal: Terminal, rng: random.Random, doors: Sequence[Entry]) -> list[Saved]:
    """A new case, while there are few."""
    known = (await terminal.ledger(LedgerQuery("case"), 0, 20)).entries
    if len(known) >= _CASES_MAX or not doors:
        return []
    fields: Patch = {
        "category": rng.choice(("security", "emergency")),
        "brief": "门锁坏了",
        "channel": rng.choice(("phone", "patrol")),
    }
    unit = rng.choice(doors).view.unit
    return await terminal.record([Draft("case", terminal.new_id(), unit, fields)])


async def step(terminal: Terminal, rng: random.Random, doors: Sequence[Entry]) -> list[Saved]:
    """The next step of some case; without a case, a report."""
    known = (await terminal.ledger(LedgerQuery("case"), 0, 20)).entries
    if not known:
        return await report(terminal, rng, doors)
    case = rng.choice(known)
    steps = WORKFLOW.offered(case.view.text("state"))
    if not steps:
        return []
    chosen = rng.choice(steps)
    patch: Patch = {"step": chosen.name, **dict.fromkeys(chosen.needs, "因故")}
    if "rung" in chosen.asks:
        patch["rung"] = rng.choice(_RUNGS)
    return [await terminal.change(case.view.id, patch)]
