"""What changed records do to the totals: roll-up cells, distinct members, set digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from armband.server.commit.records import Step
from armband.server.commit.rows import DigestKey, Totals, TotalsRequest, UnitDigest
from armband.shared.ids import NO_ID
from armband.shared.ops import join_digests, set_digest
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Change, MemberKey, Metrics, Places, added
from armband.shared.units import lineage

NO_RECORDS = UnitDigest(0, NO_ID)
"""The digest of the empty set."""


@dataclass(slots=True)
class Effects:
    """The differences, gathered record by record; `settle` adds them to what is stored."""

    policy: Policy
    change: Change = field(default_factory=Change)
    digests: dict[DigestKey, UnitDigest] = field(default_factory=dict)
    """What to join to each digest; the counts are differences."""

    def add(self, step: Step) -> None:
        """One record's step. A record that nobody has made yet hangs nowhere and counts nowhere."""
        self.change.replace(step.old, step.new, self.policy)
        before, row = step.before, step.row
        if before is not None and before.unit:
            self._join((before.kind, before.unit), -1, row.record, before.seq)
        if row.unit:
            self._join((row.kind, row.unit), 1, row.record, row.seq)

    def _join(self, key: DigestKey, step: int, record: bytes, seq: int) -> None:
        known = self.digests.get(key, NO_RECORDS)
        digest = join_digests(known.digest, set_digest([(record, seq)]))
        self.digests[key] = UnitDigest(known.count + step, digest)

    def request(self) -> TotalsRequest:
        """The stored totals that `settle` needs."""
        cells = {(day, above) for day, unit in self.change.sums for above in lineage(unit)}
        for (day, _metric, _member), steps in self.change.members.items():
            cells.update((day, above) for unit in steps for above in lineage(unit))
        return TotalsRequest(
            members=tuple(sorted(self.change.members)),
            cells=tuple(sorted(cells)),
            digests=tuple(sorted(self.digests)),
        )

    def settle(self, totals: Totals) -> tuple[dict[CellKey, Metrics], dict[MemberKey, Places]]:
        """The cells and the membership afterwards, of those that change."""
        deltas, members = self.change.settle(totals.members)
        cells = {
            key: added(totals.cells.get(key, {}), delta) for key, delta in sorted(deltas.items())
        }
        moved = {
            key: places
            for key, places in sorted(members.items())
            if places != totals.members.get(key, {})
        }
        return cells, moved

    def settle_digests(self, totals: Totals) -> dict[DigestKey, UnitDigest]:
        """The digests afterwards."""
        return joined(self.digests, totals.digests)


def joined(
    steps: dict[DigestKey, UnitDigest], known: dict[DigestKey, UnitDigest]
) -> dict[DigestKey, UnitDigest]:
    """Stored digests after some steps."""
    after = {}
    for key, step in sorted(steps.items()):
        before = known.get(key, NO_RECORDS)
        after[key] = UnitDigest(before.count + step.count, join_digests(before.digest, step.digest))
    return after


def total(digests: Iterable[UnitDigest]) -> UnitDigest:
    """The digest of several disjoint sets together."""
    count, digest = 0, NO_ID
    for part in digests:
        count += part.count
        digest = join_digests(digest, part.digest)
    return UnitDigest(count, digest)
