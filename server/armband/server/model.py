"""Plain data between the office and its sessions, commands and stores."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from armband.shared import wire
from armband.shared.kinds.declare import View
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Coverage, Metrics


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """The office itself: one row, locked and moved on by every commit.

    Attributes:
        code: its unit code, the root of the grid tree; leads every key of the store.
        epoch: random; a new one tells every terminal that history was rolled back.
        seq, hist: the newest committed operation's place and the history chain there.
        top: the highest effective stamp given so far.
        stable_seq: up to here the history is inside a verified backup.
        key_id: names the chain of the office's own operations (imports).
    """

    code: str
    name: str
    policy: Policy
    epoch: bytes
    seq: int
    hist: bytes
    top: int
    stable_seq: int
    key_id: bytes


class Terminal(msgspec.Struct, frozen=True):
    """An enrolled terminal, with what it last said of itself."""

    key_id: bytes
    public_key: bytes
    name: str
    """Short, unique in the office: ``T001``."""
    person: str
    role: Role
    scope: tuple[str, ...]
    enrolled_ms: int
    revoked_ms: int | None = None
    last_seen_ms: int | None = None
    software: str = ""
    clock_offset_ms: int = 0
    written: int = 0
    waiting: int = 0
    refused: int = 0
    conflicts: int = 0

    @property
    def revoked(self) -> bool:
        """Whether its key is no longer trusted."""
        return self.revoked_ms is not None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a terminal has just said of itself. None: as before."""

    last_seen_ms: int
    software: str | None = None
    clock_offset_ms: int | None = None
    report: wire.Report | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """An open enrolment code: ``key`` is `handshake.code_key` of it, never the code."""

    id: bytes
    key: bytes
    unit: str
    role: Role
    person: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Token:
    """A script's right to read one unit's roll-ups."""

    id: bytes
    unit: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A record that a commit changed, at its newest change.

    ``old_unit`` is the unit it hung on before, when it moved (else the same as ``unit``); ``state``
    is the encoded `merge.State`, as stored and as fed.
    """

    seq: int
    record: bytes
    kind: str
    unit: str
    old_unit: str
    state: bytes


# What the office tells its listeners, in this order of happening, after the commit is on disk.
@dataclass(frozen=True, slots=True)
class Committed:
    """Operations ``(from_seq, to_seq]`` are on disk. ``rows`` are in order of seq.

    ``cells`` are the cells that changed, with their absolute values (empty: nothing left there);
    ``units`` is True when names or levels of units changed.
    """

    from_seq: int
    to_seq: int
    hist: bytes
    rows: tuple[ChangedRow, ...]
    cells: dict[CellKey, Metrics]
    now_ms: int
    units: bool


@dataclass(frozen=True, slots=True)
class WritableChanged:
    """The office can take records again, or cannot, and why."""

    writable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """History was rolled back: every terminal has to push and build its base anew."""

    epoch: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class StableChanged:
    """A verified backup holds the history up to ``stable_seq`` now."""

    stable_seq: int


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """The office has other settings; figures may be other ones, too."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class TerminalChanged:
    """A terminal was enrolled or revoked."""

    terminal: Terminal


OfficeEvent = (
    Committed | WritableChanged | EpochChanged | StableChanged | TerminalChanged | PolicyChanged
)


class SettingsVersion(msgspec.Struct, frozen=True):
    """One version of the office's settings: what, by whom, when."""

    version: int
    policy: Policy
    author: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SetDigest:
    """The digest of all readable ``(record, seq)`` at ``seq``: what a base must hold then."""

    seq: int
    hist: bytes
    digest: bytes
    count: int


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Readable records that changed in ``(cursor, to_seq]``, by seq; ``hist`` is of ``to_seq``.

    ``left`` are records that were readable and are not any more. The last page ends at the head of
    the same moment for which ``digest`` was taken; other pages have none.
    """

    rows: list[wire.FeedRow]
    left: list[bytes]
    to_seq: int
    hist: bytes
    digest: SetDigest | None

    @property
    def is_last(self) -> bool:
        """Whether the feed has reached the head."""
        return self.digest is not None


@dataclass(frozen=True, slots=True)
class RecordHistory:
    """The operations on a record, oldest first; ``kind`` and ``unit`` for the permission check."""

    record: bytes
    kind: str
    unit: str
    rows: list[wire.HistoryRow]


@dataclass(frozen=True, slots=True)
class RollupCells:
    """Cells of a unit and the levels below, true at ``seq``.

    Attributes:
        cells: the days' cells and those of day ``""``; empty ones are left out.
        units: the names of the units that are in the answer, by code.
        coverage: of the unit on the last day.
    """

    seq: int
    at_ms: int
    cells: dict[CellKey, Metrics]
    units: list[wire.UnitName]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Records of one kind in order of (unit, id); ``after`` gets the next page, None at the end."""

    views: list[View]
    after: tuple[str, bytes] | None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest operation of a branch of a terminal's chain. Counter 0: there is none."""

    op: bytes = b""
    counter: int = 0
    eff: int = 0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An operation that is kept aside, with the reason (a ``wire.REASON_`` code)."""

    id: bytes
    key_id: bytes
    counter: int
    reason: str
    detail: str
    received_ms: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a recount found: nothing in ``differences`` means that everything adds up.

    Each difference is a flat dict with the key ``what``, fit for JSON.
    """

    records: int
    cells: int
    operations: int
    differences: list[dict[str, str | int]] = field(default_factory=list)
