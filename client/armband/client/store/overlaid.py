"""What own operations on top of the base add to the roll-ups: "counted here"."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from armband.client.overlay import OpState, OwnOp, laid_over
from armband.client.store.tables import chunks, load_bases, load_own, load_sync
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.merge import State, view
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Change, MemberKey, Metrics, Places

PHONE_MEMBER = "phone:"


def counted_here(conn: sqlite3.Connection, policy: Policy) -> dict[CellKey, Metrics]:
    """What the operations that wait add to the cells at every level.

    The office's figures hold what it has receipted, so the step is from base and held operations to
    base and all own operations. A distinct count grows only when none of the records here counts
    the member already.
    """
    records = [
        row[0]
        for row in conn.execute(
            "SELECT DISTINCT record FROM ops WHERE state = 0 AND shown = 1 ORDER BY record"
        )
    ]
    change = Change()
    held: dict[bytes, View | None] = {}
    for record, before, after in _steps(conn, records):
        change.replace(before, after, policy)
        held[record] = before
    # Other records here that may count a touched member; what they refer to is in the index.
    members = sorted({member for _day, _metric, member in change.members})
    others = dict.fromkeys(other for member in members for other in _records_of(conn, member))
    unchanged = _steps(conn, [record for record in others if record not in held])
    held.update((record, before) for record, before, _after in unchanged)
    cells, _members = change.settle(_places(held.values(), change, policy))
    return cells


def _steps(
    conn: sqlite3.Connection, records: Iterable[bytes]
) -> Iterable[tuple[bytes, View | None, View | None]]:
    key_id = load_sync(conn).key_id
    for piece in chunks(records):
        bases, own = load_bases(conn, piece), load_own(conn, piece)
        for record in piece:
            base, mine = bases.get(record), own.get(record, [])
            held = [op for op in mine if op.state is OpState.HELD]
            yield record, _view(base, record, held, key_id), _view(base, record, mine, key_id)


def _view(base: State | None, record: bytes, own: list[OwnOp], key_id: bytes) -> View | None:
    state = laid_over(base, record, own, key_id)
    return view(state) if state else None


def _places(
    views: Iterable[View | None], change: Change, policy: Policy
) -> dict[MemberKey, Places]:
    """Where the touched members are counted by these records."""
    known: dict[MemberKey, Places] = {}
    for found in views:
        kind = CATALOGUE.get(found.kind) if found else None
        if kind is None or found is None:
            continue
        for part in kind.contributions(found, policy):
            key = (part.day, part.metric, part.member or "")
            if key in change.members:
                places = known.setdefault(key, {})
                places[found.unit] = places.get(found.unit, 0) + part.count
    return known


def _records_of(conn: sqlite3.Connection, member: str) -> list[bytes]:
    """The records that may count ``member``: those that refer to it, or hold its telephone."""
    if member.startswith(PHONE_MEMBER):
        term = "p:" + member.removeprefix(PHONE_MEMBER).lstrip("+")[::-1]
        rows = conn.execute(
            "SELECT record FROM terms JOIN view USING (n) "
            "WHERE terms.kind = 'check' AND term = ? ORDER BY n",
            (term,),
        )
    elif len(member) == 32:
        rows = conn.execute(
            "SELECT record FROM refs JOIN view USING (n) WHERE target = ? ORDER BY n",
            (bytes.fromhex(member),),
        )
    else:
        return []
    return [row[0] for row in rows]
