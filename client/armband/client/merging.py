"""Two records of one person or door: saying so, taking it back, and following it.

The refusals here are a terminal's own: what two people do unseen of each other is followed by
`kinds.same.survivor` all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.i18n import N_
from armband.client.model import Entry, LedgerQuery, Saved
from armband.client.terminal import Terminal
from armband.shared.errors import InvalidRecord
from armband.shared.ids import id_from_hex
from armband.shared.kinds.same import HOPS_MAX, SAME_AS, survivor


async def check_same(terminal: Terminal, view_id: bytes, kind: str, other: str) -> None:
    """Refuse what would make a chain or a circle.

    Raises:
        InvalidRecord: with what is in the way.
    """
    if other == view_id.hex():
        raise InvalidRecord(kind, SAME_AS, N_("is the record itself"))
    target = await terminal.entry(id_from_hex(other))
    if target is None or target.view.kind != kind:
        raise InvalidRecord(kind, SAME_AS, N_("no {kind} here has this id"), {"kind": kind})
    if target.view.void:
        raise InvalidRecord(kind, SAME_AS, N_("is voided: choose the record that stays"))
    if target.view.same_as:
        further = target.view.same_as
        raise InvalidRecord(
            kind,
            SAME_AS,
            N_("is itself the same as {record}: choose that one"),
            {"record": further},
        )
    merged = await terminal.ledger(LedgerQuery(kind, about=view_id.hex()), 0, _LOOKED_AT)
    for entry in merged.entries:
        if entry.view.same_as == view_id.hex():
            raise InvalidRecord(
                kind,
                SAME_AS,
                N_("{record} is the same as this one: choose that way round, or clear it first"),
                {"record": entry.view.id.hex()},
            )


async def make_same(terminal: Terminal, record: bytes, kind: str, other: str | None) -> Saved:
    """Say that ``other`` stands for a record; None takes it back.

    Raises:
        InvalidRecord: see `check_same`.
        UnknownRecord: it is not here.
    """
    if other is not None:
        await check_same(terminal, record, kind, other)
    return await terminal.change(record, {SAME_AS: other})


async def standing_for(terminal: Terminal, entries: Sequence[Entry]) -> list[Entry]:
    """Each entry, or the record that stands for it; none twice, in their order."""
    known: dict[str, Entry] = {entry.view.id.hex(): entry for entry in entries}
    found: dict[str, Entry] = {}
    for entry in entries:
        step = entry
        for _hop in range(HOPS_MAX):
            further = step.view.same_as
            if not further or further in known:
                break
            loaded = await terminal.entry(id_from_hex(further))
            if loaded is None:
                break
            step = known[further] = loaded
        stands = survivor(entry.view.id.hex(), lambda record: _same_as(known, record))
        found.setdefault(stands, known.get(stands, entry))
    return list(found.values())


def _same_as(known: dict[str, Entry], record: str) -> str | None:
    entry = known.get(record)
    return None if entry is None else entry.view.same_as


_LOOKED_AT = 100
