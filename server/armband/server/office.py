"""The office: what sessions, commands and scripts ask, and the one place where records change.

Opened with `open_office`; one `Office` is the only writer of its store. The values that every
session looks at (`seq`, `hist`, `units`, ...) are kept in memory as of the newest commit and never
touch the disk; everything that is awaited reads a consistent moment of the store.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from armband.server.commit.model import Batch, BatchResult, TerminalGrant
from armband.server.model import (
    AuditReport,
    ChangedRow,
    Committed,
    EpochChanged,
    FeedPage,
    Head,
    Invite,
    OfficeEvent,
    Quarantined,
    RecordHistory,
    RecordsPage,
    RollupCells,
    SetDigest,
    Terminal,
    TerminalChanged,
    Token,
    Touch,
    WritableChanged,
)
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from armband.shared.wire import UnitName

__all__ = [
    "Batch",
    "BatchResult",
    "ChangedRow",
    "Committed",
    "EpochChanged",
    "Office",
    "OfficeEvent",
    "TerminalChanged",
    "TerminalGrant",
    "WritableChanged",
    "create_office",
    "open_office",
]


class Office:
    """An open office."""

    code: str
    name: str
    policy: Policy
    epoch: bytes
    seq: int
    hist: bytes
    stable_seq: int
    writable: bool
    reason: str
    """Why the office cannot write, ``""`` while it can."""
    today: str
    """The office's day now."""
    units: Mapping[str, UnitName]
    """Every unit that has a name, by code."""

    async def submit(self, batch: Batch) -> BatchResult:
        """Commit a batch together with whatever else is waiting; returns once it is on disk.

        While the disk refuses, this waits and the office is not `writable`. Submissions of one key
        are decided in the order in which they were submitted.

        Raises:
            UnknownPredecessor: the first operation follows one that the office does not hold, and
                the batch is not ``repushing``. Nothing of the batch was kept.
            OfficeCannotWrite: the office closes.
        """
        raise NotImplementedError

    def listen(self, callback: Callable[[OfficeEvent], None]) -> Callable[[], None]:
        """Call back after each commit and change of state; returns "stop listening".

        Called on the event loop, in order, before the receipts of that commit are handed out.
        """
        raise NotImplementedError

    async def feed_page(self, cursor: int, role: Role, scope: Sequence[str]) -> FeedPage:
        """The next page of readable records after ``cursor``."""
        raise NotImplementedError

    async def digest(self, role: Role, scope: Sequence[str]) -> SetDigest:
        """The digest and count of everything readable, at the head."""
        raise NotImplementedError

    async def history(self, record: bytes) -> RecordHistory | None:
        """The newest operations on a record (`limits.MAX_HISTORY_ROWS`), or None if unknown."""
        raise NotImplementedError

    async def rollup_cells(self, unit: str, depth: int, day_from: str, day_to: str) -> RollupCells:
        """Cells of a unit and ``depth`` levels below, for the days and for what exists now."""
        raise NotImplementedError

    async def hist_at(self, seq: int) -> bytes | None:
        """The history chain at ``seq``; None when the office has not come so far."""
        raise NotImplementedError

    async def head_of(self, key_id: bytes) -> Head:
        """The newest operation of the main branch of a terminal's chain, quarantined or not."""
        raise NotImplementedError

    async def new_epoch(self, reason: str, instead_of: bytes) -> bytes:
        """Mint a new epoch, unless somebody has already replaced ``instead_of``; the epoch now."""
        raise NotImplementedError

    async def terminal(self, key_id: bytes) -> Terminal | None:
        """The terminal that holds this key."""
        raise NotImplementedError

    async def terminals(self) -> list[Terminal]:
        """All terminals, revoked ones too, by name."""
        raise NotImplementedError

    async def revoke(self, key_id: bytes) -> Terminal:
        """Trust this key no more, from the next commit on.

        Raises:
            NotFound: no terminal has it.
        """
        raise NotImplementedError

    def touch(self, key_id: bytes, touch: Touch) -> None:
        """Note what a terminal says of itself; it reaches the disk with the next commit."""
        raise NotImplementedError

    async def create_invite(self, unit: str, role: Role, person: str, expires_ms: int) -> str:
        """A new enrolment code (16 letters, see `handshake.code_from_bytes`), shown only now."""
        raise NotImplementedError

    async def invite(self, invite_id: bytes) -> Invite | None:
        """An invite that is neither used nor expired, to check a proof against."""
        raise NotImplementedError

    async def take_invite(self, invite_id: bytes, public_key: bytes) -> Terminal:
        """Use an invite up and list the key, in one transaction.

        Raises:
            InviteRefused: unknown, used or expired by now.
        """
        raise NotImplementedError

    async def create_token(self, unit: str, expires_ms: int) -> tuple[bytes, bytes]:
        """A script's token for one unit: (id, secret), see `shared.tokens`; kept hashed."""
        raise NotImplementedError

    async def check_token(self, token_id: bytes, secret: bytes) -> Token | None:
        """The token, if the secret is right and it has not expired."""
        raise NotImplementedError

    async def upsert(
        self, drafts: Sequence[Draft], author: str, dry_run: bool = False
    ) -> list[str]:
        """Make the records as the drafts say, as operations of the office's own chain.

        Compares with the present record and patches only the fields that differ; a field that a
        draft does not name stays. For each draft: ``new``, ``changed``, ``unchanged`` or
        ``refused: why``; one refused draft does not hold up the others.

        Raises:
            OfficeCannotWrite: the disk refuses; of the drafts only whole thousands are kept.
        """
        raise NotImplementedError

    async def records_page(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """Records of a kind within a unit, in order of (unit, id), voided ones too."""
        raise NotImplementedError

    async def quarantine(self, limit: int) -> list[Quarantined]:
        """The newest operations that were kept aside."""
        raise NotImplementedError

    async def audit(self) -> AuditReport:
        """Recount everything from the stored operations and records, and compare."""
        raise NotImplementedError


async def create_office(
    data_dir: Path, code: str, name: str, environment: Environment, policy: Policy | None = None
) -> None:
    """Make the store of a new office, with the unit record of the office itself.

    The unit records of an office have the id ``natural_record_id(office, "unit", code)``.

    Raises:
        InvalidUnit: ``code`` is no unit code.
        StoreExists: there is one already.
    """
    raise NotImplementedError


@asynccontextmanager
async def open_office(data_dir: Path, environment: Environment) -> AsyncIterator[Office]:
    """The office in a folder; the caller holds the folder's lock.

    Raises:
        StoreMissing: there is none.
        StoreDamaged: its file cannot be used.
    """
    raise NotImplementedError
    yield
