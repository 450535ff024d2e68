"""Carrying a plan out over a desk, with the server running or not.

Units first: from then on whatever comes for an old unit is filed to the new one. Then the standing
records, page by page, until none is left; then the scopes of terminals. Each step can be repeated:
a run that broke off is completed by running the same plan again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from armband.server.desk import Desk
from armband.server.desk_office import AUTHOR, PAGE_RECORDS, DeskOffice
from armband.server.errors import BadRequest
from armband.server.regrid.plan import Row, check_plan
from armband.server.regrid.work_out import (
    MOVING,
    Outcome,
    Sorter,
    Told,
    Units,
    scope_after,
    touches,
    units_of,
)
from armband.shared.drafts import Draft
from armband.shared.kinds import View

Progress = Callable[[int, int], None]
CHUNK = 500
"""Drafts in one call."""
ROUNDS_MAX = 5
"""How often the records are looked through: work goes on meanwhile."""


async def regrid(
    desk: Desk, rows: Sequence[Row], *, dry_run: bool, progress: Progress | None = None
) -> Outcome:
    """Work a plan out and, unless it is a dry run, carry it out.

    Raises:
        BadRequest: the plan does not fit, or the office refused a step; what was done before
            stays, and the plan can be run again.
    """
    office = await DeskOffice.reach(desk)
    today = (await desk.call("office"))["today"]
    views = [view async for view in _records(office, "unit")]
    known = {view.unit: view for view in views if view.unit and not view.void}
    check_plan(rows, known)
    units = units_of(rows, known, office.code, today)
    if not dry_run:
        await _write(desk, [*units.made, *units.closed])
    sorter, left = Sorter(units.forwards), 1
    first = sorter
    for round_no in range(1 if dry_run else ROUNDS_MAX):
        left = await _move(desk, office, sorter, dry_run=dry_run, progress=progress)
        if not left:
            break
        if round_no == 0:
            first = sorter
        sorter = Sorter(units.forwards)
    told = await _terminals(desk, rows, units, dry_run=dry_run)
    return _outcome(first, units, told)


async def _records(office: DeskOffice, kind: str) -> AsyncIterator[View]:
    after: tuple[str, bytes] | None = None
    while True:
        page = await office.records(kind, office.code, after, PAGE_RECORDS)
        for view in page.views:
            yield view
        if page.after is None:
            return
        after = page.after


async def _move(
    desk: Desk, office: DeskOffice, sorter: Sorter, *, dry_run: bool, progress: Progress | None
) -> int:
    """Move every standing record that hangs where it should not; how many there were."""
    drafts: list[Draft] = []
    # All pages before the first move: a record that moves must not be met twice.
    for kind in MOVING:
        async for view in _records(office, kind):
            draft = sorter.take(view)
            if draft is not None:
                drafts.append(draft)
    if not dry_run:
        await _write(desk, drafts, progress)
    return len(drafts)


async def _write(desk: Desk, drafts: Sequence[Draft], progress: Progress | None = None) -> None:
    for start in range(0, len(drafts), CHUNK):
        chunk = list(drafts[start : start + CHUNK])
        args = {"drafts": chunk, "author": AUTHOR, "decided": True}
        outcomes = await desk.call("upsert", args)
        for draft, outcome in zip(chunk, outcomes, strict=True):
            if outcome.startswith("refused"):
                raise BadRequest(f"{draft.kind} {draft.id.hex()} to {draft.unit}: {outcome}")
        if progress is not None:
            progress(min(start + CHUNK, len(drafts)), len(drafts))


async def _terminals(desk: Desk, rows: Sequence[Row], units: Units, *, dry_run: bool) -> list[Told]:
    told = []
    for terminal in await desk.call("terminals"):
        scope: list[str] = terminal["scope"]
        if terminal["revoked"] is not None or not touches(scope, rows):
            continue
        after = scope_after(scope, units.forwards)
        if after != scope and not dry_run:
            await desk.call("assign", {"id": terminal["id"], "scope": after})
        told.append(_told(terminal, after))
    return told


def _told(terminal: dict[str, Any], scope: list[str]) -> Told:
    waiting = terminal["waiting"] if terminal["last_seen"] is not None else None
    return Told(terminal["terminal"], terminal["id"], terminal["person"], waiting, scope)


def _outcome(sorter: Sorter, units: Units, told: list[Told]) -> Outcome:
    moves = sorter.moves()
    return Outcome(
        households=sum(move.records.get("household", 0) for move in moves),
        unsent=sum(1 for terminal in told if terminal.waiting != 0),
        moves=moves,
        units_made=[draft.unit for draft in units.made],
        units_closed=[d.unit for d in units.closed if d.fields.get("moved_to")],
        same_doors=sorter.same_doors(),
        terminals=told,
    )
