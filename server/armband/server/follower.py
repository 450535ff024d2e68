"""What a connected terminal has not been sent yet: bounded, newest state of a record only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armband.server.model import ChangedRow
from armband.shared.permissions import Role, may_read

MAX_ROWS = 500
MAX_BYTES = 96 * 1024
"""Of states that wait; a terminal that falls behind reads from the store again. One feed frame of
these is always within `limits.MAX_FRAME`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: decides what may be sent."""

    role: Role
    scope: tuple[str, ...]

    def may_read(self, kind: str, unit: str) -> bool:
        """Whether a record of this kind on this unit may be sent to it."""
        return may_read(self.role, kind, unit, self.scope)


class Follower:
    """The changes that one connection still has to be sent.

    Attributes:
        behind: changes were dropped here; the store has them.
    """

    def __init__(self, reader: Reader, wake: Callable[[], None]) -> None:
        self.reader = reader
        self.behind = False
        self._wake = wake
        self._pending: dict[bytes, ChangedRow] = {}
        self._bytes = 0

    def offer(self, change: ChangedRow) -> None:
        """Note a change if this reader may know of it."""
        reads_now = self.reader.may_read(change.kind, change.unit)
        if not reads_now and not self.reader.may_read(change.kind, change.old_unit):
            return
        if not self.behind:
            self._keep(change)
        self._wake()

    def _keep(self, change: ChangedRow) -> None:
        older = self._pending.pop(change.record, None)
        size = len(change.state) - (len(older.state) if older is not None else 0)
        full = len(self._pending) >= MAX_ROWS or self._bytes + size > MAX_BYTES
        if full and self._pending:
            self.reset(behind=True)
            return
        self._pending[change.record] = change
        self._bytes += size

    def reset(self, *, behind: bool) -> None:
        """Forget what waits here."""
        self._pending.clear()
        self._bytes = 0
        self.behind = behind

    def take(self, after_seq: int) -> tuple[list[ChangedRow], list[bytes]]:
        """All that waits with a seq above ``after_seq``: readable states by seq, and what left."""
        waiting = sorted(self._pending.values(), key=lambda change: change.seq)
        self.reset(behind=False)
        rows: list[ChangedRow] = []
        left: list[bytes] = []
        for change in waiting:
            if change.seq <= after_seq:
                continue
            if self.reader.may_read(change.kind, change.unit):
                rows.append(change)
            else:
                left.append(change.record)
        return rows, left

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return self.behind or bool(self._pending)
