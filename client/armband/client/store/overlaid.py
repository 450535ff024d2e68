"""What own operations on top of the base add to the roll-ups: "counted here"."""

from __future__ import annotations

from collections.abc import Iterable

from armband.client.overlay import OpState, OwnOp, laid_over
from armband.client.store import dbapi
from armband.client.store.members import records_of
from armband.client.store.tables import chunks, load_bases, load_own, load_sync
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.merge import State, view
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Change, MemberKey, Metrics, Places

Step = tuple[View | None, View | None]
"""A record as the office holds it, and as it is with what waits on top."""


class CountedHere:
    """What the operations that wait add to the cells at every level.

    The office's figures hold what it has receipted, so a record's step leads from base and held
    operations to base and all own operations. A distinct count grows only when no record here
    counts the member already.

    Thousands may wait after a night without network, and each save asks anew: steps are kept, and
    only records with a newer operation are looked at. Used on one thread.
    """

    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, basis: tuple[Policy, int] | None) -> None:
        self._basis = basis
        self._newest: dict[bytes, int] = {}
        self._steps: dict[bytes, Step] = {}
        self._change = Change()
        self._placed: set[bytes] = set()
        self._members: set[str] = set()
        self._known: dict[MemberKey, Places] = {}

    def count(self, conn: dbapi.Connection, policy: Policy, version: int) -> dict[CellKey, Metrics]:
        """The cells; ``version`` changes whenever something other than a save has happened."""
        if self._basis != (policy, version):
            self._begin((policy, version))
        newest: dict[bytes, int] = dict(
            conn.execute(
                "SELECT record, max(counter) FROM ops WHERE state = 0 AND shown = 1 GROUP BY record"
            ).fetchall()
        )
        stale = [
            record for record, counter in newest.items() if self._newest.get(record) != counter
        ]
        for record, before, after in _steps(conn, stale):
            self._undo(record, policy)
            self._change.replace(before, after, policy)
            self._steps[record] = (before, after)
            self._place(record, before, policy)
        self._newest = newest
        self._look_up_members(conn, policy)
        cells, _after = self._change.settle(self._known)
        return cells

    def _undo(self, record: bytes, policy: Policy) -> None:
        if record in self._steps:
            before, after = self._steps[record]
            self._change.replace(after, before, policy)

    def _look_up_members(self, conn: dbapi.Connection, policy: Policy) -> None:
        """Count in the other records that may hold the members touched since the last time."""
        touched = {member for _day, _metric, member in self._change.members}
        others: dict[bytes, None] = {}
        for member in sorted(touched - self._members):
            others.update(dict.fromkeys(records_of(conn, member)))
        self._members |= touched
        for record, before, _after in _steps(conn, [r for r in others if r not in self._placed]):
            self._place(record, before, policy)

    def _place(self, record: bytes, held: View | None, policy: Policy) -> None:
        """Note where a record, as the office holds it, counts its members."""
        kind = CATALOGUE.get(held.kind) if held else None
        if record in self._placed or kind is None or held is None:
            return
        self._placed.add(record)
        for part in kind.contributions(held, policy):
            if part.member is not None:
                places = self._known.setdefault((part.day, part.metric, part.member), {})
                places[held.unit] = places.get(held.unit, 0) + part.count


def _steps(
    conn: dbapi.Connection, records: Iterable[bytes]
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
