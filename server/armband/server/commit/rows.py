"""What a commit reads from a store and what it leaves there: the currency of the store's port."""

from __future__ import annotations

from dataclasses import dataclass, field

from armband.server.model import ChangedRow, Head, OfficeRow
from armband.shared.ops import Op
from armband.shared.rollup import CellKey, MemberKey, Metrics, Places
from armband.shared.wire import Receipt

BranchKey = tuple[bytes, bytes]
"""(key id, branch)."""
DigestKey = tuple[str, str]
"""(kind, unit)."""


@dataclass(frozen=True, slots=True)
class ChainRange:
    """A stretch of one terminal's chain, both counters included, on all its branches."""

    key_id: bytes
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a group of submissions has to know before it can be decided."""

    chains: tuple[ChainRange, ...]
    keys: tuple[bytes, ...]
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class KnownOp:
    """An operation that the office holds, stamped or in quarantine.

    ``floor`` is what its successor's stamp must exceed: its own, or in quarantine that of its
    nearest stamped predecessor.
    """

    key_id: bytes
    id: bytes
    branch: bytes
    floor: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as stored; ``unit`` is ``""`` while the operation that makes it has not come."""

    seq: int
    kind: str
    unit: str
    state: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """The answer to a `LoadRequest`, from one moment of the store."""

    office: OfficeRow
    known: tuple[KnownOp, ...] = ()
    heads: dict[BranchKey, Head] = field(default_factory=dict)
    revoked: frozenset[bytes] = frozenset()
    records: dict[bytes, StoredRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stamped:
    """An operation with its place in the office's history."""

    op: Op
    branch: bytes
    seq: int
    eff: int
    suspect: bool
    status: int
    hist: bytes


@dataclass(frozen=True, slots=True)
class KeptAside:
    """An operation in quarantine."""

    op: Op
    branch: bytes
    floor: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Fork:
    """A chain that has more than one branch: its file was cloned or restored.

    ``branch`` is the id of the first operation of the new branch; ``orphan`` when the office has
    lost its predecessor.
    """

    key_id: bytes
    branch: bytes
    prev: bytes
    counter: int
    orphan: bool


@dataclass(frozen=True, slots=True)
class Move:
    """At ``seq`` a record left ``old_unit``."""

    seq: int
    record: bytes
    old_unit: str


@dataclass(frozen=True, slots=True)
class UnitDigest:
    """How many records of one kind hang on one unit, and the set digest of their (id, seq)."""

    count: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class TotalsRequest:
    """The totals that the decided changes touch."""

    members: tuple[MemberKey, ...]
    cells: tuple[CellKey, ...]
    digests: tuple[DigestKey, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals as stored; what is not there is absent."""

    members: dict[MemberKey, Places] = field(default_factory=dict)
    cells: dict[CellKey, Metrics] = field(default_factory=dict)
    digests: dict[DigestKey, UnitDigest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that one transaction writes; the values are absolute.

    Empty places of a member and a digest of no records mean that their row goes. An empty cell
    stays, so that a reader of changes since some seq learns of it.
    """

    office: OfficeRow
    now_ms: int
    stamped: tuple[Stamped, ...]
    kept_aside: tuple[KeptAside, ...]
    heads: dict[BranchKey, Head]
    forks: tuple[Fork, ...]
    moves: tuple[Move, ...]
    records: tuple[ChangedRow, ...]
    cells: dict[CellKey, Metrics]
    members: dict[MemberKey, Places]
    digests: dict[DigestKey, UnitDigest]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write (every operation was known already)."""
        return not (self.stamped or self.kept_aside)
