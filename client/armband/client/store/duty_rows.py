"""The tables of duties, as one refresh changes them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.policy import Policy


@dataclass(slots=True)
class DutyRows:
    """What one refresh does to the tables of duties."""

    gone: list[tuple[int]] = field(default_factory=list)
    duties: list[tuple[object, ...]] = field(default_factory=list)
    settled: list[tuple[str, int, int]] = field(default_factory=list)

    def forget(self, n: int, kind: str) -> None:
        """Take away what a record said; most kinds never say anything."""
        declared = CATALOGUE.get(kind)
        if declared is not None and (declared.duties or declared.settles):
            self.gone.append((n,))

    def add(self, n: int, view: View, policy: Policy) -> None:
        """Put down what a record says."""
        kind = CATALOGUE.get(view.kind)
        if kind is None:
            return
        for duty in kind.duties_of(view, policy):
            times = (duty.from_ms, duty.due_ms, duty.until_ms, duty.since_ms)
            self.duties.append((n, duty.key, int(duty.rank), *times, duty.daily, duty.who))
        for done in dict.fromkeys(kind.settled_by(view, policy)):
            self.settled.append((done.whole_key, done.at_ms, n))

    def apply(self, conn: sqlite3.Connection) -> None:
        """Write the rows."""
        conn.executemany("DELETE FROM duties WHERE n = ?", self.gone)
        conn.executemany("DELETE FROM settled WHERE n = ?", self.gone)
        conn.executemany("INSERT INTO duties VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self.duties)
        conn.executemany("INSERT INTO settled VALUES (?, ?, ?)", self.settled)
