"""What a record is, by the definition and not by `shared.merge`: no state, no increments, no join.

A record is the list of its operations in the order in which they landed. An operation stands on a
field unless some other one, whose author had seen it, has written that field too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Raw = Sequence[Any]
"""A write as stored: stamp, op, branch, counter, seen, author, suspect, patch, landed."""


NEVER = {"reason", "step", "answered_at", "escalated_at", "delivered_at", "delivered_of"}
"""Fields that no person is asked about: each belongs to its change, or any value is right."""


@dataclass(frozen=True, slots=True)
class Landed:
    """An operation in its place: what the office's log says of it."""

    eff: int
    op: bytes
    branch: bytes
    counter: int
    seen: int
    author: str
    suspect: bool
    patch: dict[str, Any]


def fold(log: Iterable[Landed]) -> list[list[Any]]:
    """The writes that stand, as stored, from all operations on one record in order of seq."""
    version, writes = 0, []
    for op in log:
        landed = max(op.eff, version + 1)
        writes.append((op, max(0, min(op.seen, version)), landed))
        version = landed

    def knew(later: Any, earlier: Any) -> bool:
        same_branch = later[0].branch == earlier[0].branch
        return later[1] >= earlier[2] or (same_branch and later[0].counter > earlier[0].counter)

    standing = []
    for mine in writes:
        op, seen, landed = mine
        over = {name for other in writes if knew(other, mine) for name in other[0].patch}
        patch = {name: value for name, value in op.patch.items() if name not in over}
        if patch:
            row = [op.eff, op.op, op.branch, op.counter, seen, op.author, op.suspect, patch]
            standing.append([*row, 0 if landed == op.eff else landed])
    return sorted(standing, key=lambda write: (write[0], write[1]))


@dataclass(slots=True)
class Shown:
    """A record as people see it."""

    unit: str = ""
    void: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()


def shown(writes: Iterable[Raw]) -> Shown:
    """The winners: per field the highest stamp, ties by operation id."""
    values: dict[str, list[Any]] = {}
    for write in sorted(writes, key=lambda write: (write[0], write[1])):
        for name, value in write[7].items():
            values.setdefault(name, []).append(value)
    fields = {name: known[-1] for name, known in values.items()}
    unit, void = fields.pop("unit", None), fields.pop("void", None)
    contested = [
        name
        for name, known in values.items()
        if name not in NEVER and any(value != known[0] for value in known)
    ]
    return Shown(
        unit if isinstance(unit, str) else "",
        void if isinstance(void, str) else "",
        fields,
        tuple(sorted(contested)),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may read what, in the words of the design: names of units all, the rest in scope."""

    role: str
    scope: tuple[str, ...]

    def may_read(self, kind: str, unit: str) -> bool:
        """Whether a record may be sent to this reader."""
        if kind == "unit":
            return True
        if self.role == "checkpoint" and kind in ("visit", "case"):
            return False
        return any(f"{unit}/".startswith(f"{code}/") for code in self.scope)
