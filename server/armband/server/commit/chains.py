"""Where an operation stands: known already, next on its branch, a new branch, or an orphan."""

from __future__ import annotations

from dataclasses import dataclass

from armband.server.commit.rows import BranchKey, Fork, KnownOp, Loaded
from armband.server.errors import UnknownPredecessor
from armband.server.model import Head
from armband.shared.ops import CHAIN_START, Op
from armband.shared.wire import Receipt


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a new operation; its stamp must exceed ``floor``."""

    branch: bytes
    floor: int
    fork: Fork | None = None


class Chains:
    """The chains of the terminals of one group, as they grow with each decided operation."""

    def __init__(self, loaded: Loaded) -> None:
        self._known = {(known.key_id, known.id): known for known in loaded.known}
        self._heads = dict(loaded.heads)
        self.moved: dict[BranchKey, Head] = {}
        self.forks: list[Fork] = []

    def find(self, op: Op) -> KnownOp | None:
        """The same operation, if the office holds it."""
        return self._known.get((op.key_id, op.id))

    def head(self, key_id: bytes) -> Head:
        """The head of a key's main branch."""
        return self._heads.get((key_id, key_id), Head())

    def place(self, op: Op, *, repushing: bool) -> Place:
        """Where a new operation belongs.

        Raises:
            UnknownPredecessor: the office lacks its predecessor; with ``repushing`` it becomes an
                orphan branch instead, because nobody may hold that predecessor any more.
        """
        if op.prev == CHAIN_START and op.counter == 1:
            if (op.key_id, op.key_id) not in self._heads:
                return Place(op.key_id, 0)
            return self._new_branch(op, 0)
        prev = self._known.get((op.key_id, op.prev))
        if prev is None or prev.receipt.counter != op.counter - 1:
            if not repushing:
                raise UnknownPredecessor(op.key_id, op.counter)
            return self._new_branch(op, 0, orphan=True)
        if self._heads[op.key_id, prev.branch].op == op.prev:
            return Place(prev.branch, prev.floor)
        return self._new_branch(op, prev.floor)

    def _new_branch(self, op: Op, floor: int, *, orphan: bool = False) -> Place:
        return Place(op.id, floor, Fork(op.key_id, op.id, op.prev, op.counter, orphan))

    def add(self, op: Op, place: Place, floor: int, receipt: Receipt) -> None:
        """The operation is decided: it is known from now on, and the head of its branch."""
        self._known[op.key_id, op.id] = KnownOp(op.key_id, op.id, place.branch, floor, receipt)
        head = Head(op.id, op.counter, floor)
        self._heads[op.key_id, place.branch] = head
        self.moved[op.key_id, place.branch] = head
        if place.fork is not None:
            self.forks.append(place.fork)
