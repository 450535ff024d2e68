"""Staff, posts and households of a terminal: reports, one's own households, assigning them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from armband.client.i18n import N_
from armband.client.model import Entry, LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.duplicates import KINDS as DUPLICATE_KINDS
from armband.shared.duplicates import Group, duplicates
from armband.shared.errors import InvalidRecord
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE
from armband.shared.staffing import KINDS, Roster, Staffing, staffing

PAGE = 1000
TOGETHER = 100
"""Households assigned in one transaction."""


async def all_entries(terminal: Terminal, query: LedgerQuery) -> AsyncIterator[Entry]:
    """Every entry of a ledger, page by page."""
    offset, total = 0, 1
    while offset < total:
        page = await terminal.ledger(query, offset, PAGE)
        total = page.total
        if not page.entries:
            return
        for entry in page.entries:
            yield entry
        offset += len(page.entries)


async def roster_of(terminal: Terminal, kinds: Sequence[str] = KINDS) -> Roster:
    """The terminal's records, ready for `shared.staffing`."""
    roster = Roster(terminal.today, await terminal.units())
    for kind in kinds:
        roster.take([entry.view async for entry in all_entries(terminal, LedgerQuery(kind))])
    return roster


async def report(terminal: Terminal, unit: str = "") -> Staffing:
    """The staffing report of a unit, as far as this terminal holds its records."""
    scope = terminal.identity.scope
    own = scope[0] if len(scope) == 1 else terminal.identity.office
    return staffing(await roster_of(terminal), unit or own)


async def possible_duplicates(terminal: Terminal, unit: str = "") -> list[Group]:
    """Records of people and doors that may be one, over all that this terminal holds.

    It costs a walk over all of them: for a command or a worker, never for a key press.
    """
    # Imported here: the dictionary of readings takes 0.2 s.
    from armband.client.search.readings import spellings

    views = []
    for kind in DUPLICATE_KINDS:
        if kind in CATALOGUE:
            query = LedgerQuery(kind, unit=unit)
            views += [entry.view async for entry in all_entries(terminal, query)]
    return duplicates(views, lambda name: (spellings(name)[1] or (name,))[0])


@dataclass(frozen=True, slots=True)
class Home:
    """One of a liaison's households: the last visit and the next date, ``""`` for none."""

    entry: Entry
    last_visit: str
    next_day: str


async def homes_of(terminal: Terminal, liaison: str) -> list[Home]:
    """The households that a liaison looks after, longest not visited first; ``""``: the orphans."""
    roster = await roster_of(terminal, ("staff",))
    wanted = roster.person(liaison) if liaison else ""
    query = LedgerQuery("household", about=liaison) if liaison else LedgerQuery("household")
    homes = [
        entry
        async for entry in all_entries(terminal, query)
        if not entry.view.same_as and _looked_after(entry, roster) == wanted
    ]
    found = [await _home(terminal, entry) for entry in homes] if liaison else []
    if not liaison:
        return [Home(entry, "", "") for entry in homes]
    return sorted(found, key=lambda home: home.last_visit)


def _looked_after(entry: Entry, roster: Roster) -> str:
    ref = entry.view.text("liaison")
    return roster.person(ref) if ref else ""


async def _home(terminal: Terminal, entry: Entry) -> Home:
    query = LedgerQuery("visit", about=entry.view.id.hex())
    visits = (await terminal.ledger(query, 0, 1)).entries
    if not visits:
        return Home(entry, "", "")
    newest = visits[0].view
    return Home(entry, newest.text("day"), newest.text("next_day"))


async def assign(terminal: Terminal, homes: Sequence[bytes], liaison: str | None) -> int:
    """Give households to a liaison, or take theirs away (None); how many changed.

    Raises:
        InvalidRecord: there is no such member of staff here.
    """
    if liaison is not None:
        person = await terminal.entry(id_from_hex(liaison))
        if person is None or person.view.kind != "staff":
            raise InvalidRecord(
                "household", "liaison", N_("no {kind} here has this id"), {"kind": "staff"}
            )
    drafts = []
    for record in homes:
        entry = await terminal.entry(record)
        if entry is None or entry.view.kind != "household" or entry.view.void:
            continue
        if entry.view.fields.get("liaison") != liaison:
            drafts.append(Draft("household", record, "", {"liaison": liaison}))
    for start in range(0, len(drafts), TOGETHER):
        await terminal.record(drafts[start : start + TOGETHER])
    return len(drafts)
