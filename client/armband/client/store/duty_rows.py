"""The tables of duties, as one refresh changes them."""

from __future__ import annotations

from dataclasses import dataclass, field

from armband.client.store import dbapi
from armband.client.store.tables import chunks, marks
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.policy import Policy

_NOTE_DONE = """
UPDATE duties SET done_ms = coalesce((SELECT max(at_ms) FROM settled WHERE key = duties.key), 0)
WHERE key = ?
"""


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

    def apply(self, conn: dbapi.Connection) -> None:
        """Write the rows."""
        keys = dict.fromkeys(self._keys_of_gone(conn))
        keys.update(dict.fromkeys(key for key, _at_ms, _n in self.settled))
        keys.update(dict.fromkeys(str(row[1]) for row in self.duties))
        conn.executemany("DELETE FROM duties WHERE n = ?", self.gone)
        conn.executemany("DELETE FROM settled WHERE n = ?", self.gone)
        conn.executemany("INSERT INTO duties VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", self.duties)
        conn.executemany("INSERT INTO settled VALUES (?, ?, ?)", self.settled)
        conn.executemany(_NOTE_DONE, [(key,) for key in sorted(keys)])

    def _keys_of_gone(self, conn: dbapi.Connection) -> list[str]:
        keys: list[str] = []
        for piece in chunks([n for (n,) in self.gone]):
            rows = conn.execute(f"SELECT key FROM settled WHERE n IN ({marks(piece)})", piece)
            keys += (key for (key,) in rows)
        return keys
