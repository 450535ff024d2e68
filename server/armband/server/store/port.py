"""The port to the office's storage: typed methods, each one moment or one transaction.

Every adapter passes the contract suite in tests/server/store. All methods speak of one office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from armband.server.audit_log import Entry, LogRow
from armband.server.commit.rows import (
    Changes,
    DigestKey,
    Loaded,
    LoadRequest,
    Totals,
    TotalsRequest,
    UnitDigest,
)
from armband.server.model import (
    FeedPage,
    Head,
    Invite,
    OfficeRow,
    Quarantined,
    RecordHistory,
    RecordsPage,
    SetDigest,
    SettingsVersion,
    Terminal,
    Token,
    Touch,
)
from armband.server.reports.model import FrozenDay
from armband.server.store.audit_rows import AuditOp, AuditRecord
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, MemberKey, Metrics, Places

T = TypeVar("T")


class Decided(Protocol):
    """A decided group of submissions, before its totals are known."""

    @property
    def totals(self) -> TotalsRequest:
        """The stored totals that the changes touch."""

    def settle(self, totals: Totals) -> Changes:
        """Everything to be written."""


D = TypeVar("D", bound=Decided)


@dataclass(frozen=True, slots=True)
class CellQuery:
    """Which cells: of ``unit`` and ``depth`` levels below, for these days and for day ``""``.

    The last day's cells of ``also`` come too, however deep they stand.
    """

    unit: str
    depth: int
    day_from: str
    day_to: str
    also: frozenset[str] = frozenset()


class AuditSource(Protocol):
    """One moment of the store, row by row."""

    def office(self) -> OfficeRow:
        """The office's row."""

    def ops(self) -> Iterator[AuditOp]:
        """The stamped operations by seq."""

    def ops_by_record(self) -> Iterator[AuditOp]:
        """The same by (record, seq)."""

    def records(self) -> Iterator[AuditRecord]:
        """The records by id."""

    def cells(self) -> Iterator[tuple[CellKey, Metrics]]:
        """The cells by key."""

    def members(self) -> Iterator[tuple[MemberKey, Places]]:
        """The membership by key."""

    def digests(self) -> Iterator[tuple[DigestKey, UnitDigest]]:
        """The digests by key."""

    def changed_since(self, seq: int) -> Iterator[AuditOp]:
        """All operations of every record that changed after ``seq``, by (record, seq)."""


class Store(Protocol):
    """The storage of one office."""

    async def office(self) -> OfficeRow:
        """The office's row.

        Raises:
            StoreMissing: the store holds no such office.
        """

    async def create(self, row: OfficeRow) -> None:
        """Enter a new office.

        Raises:
            StoreExists: it is there already.
        """

    async def commit(
        self,
        request: LoadRequest,
        decide: Callable[[Loaded], D],
        touches: Mapping[bytes, Touch],
    ) -> tuple[D, Changes]:
        """Load, decide and save in one transaction that excludes every other writer.

        Whatever ``decide`` raises comes through, and nothing is kept.
        """

    async def rehearse(self, request: LoadRequest, decide: Callable[[Loaded], D]) -> D:
        """Load and decide without saving anything."""

    async def probe(self) -> None:
        """Write to the disk what is there already: whether it takes anything.

        Raises:
            StoreError: it does not.
        """

    async def replace_epoch(self, old: bytes, new: bytes) -> bytes:
        """Set the epoch to ``new`` if it is ``old``; the epoch afterwards."""

    async def mark_stable(self, seq: int, hist: bytes) -> int | None:
        """A verified backup holds the history up to here: keep the newest such seq, and tell it.

        None: the office's own history has another ``hist`` at ``seq``, or does not come so far.
        """

    async def set_policy(self, policy: Policy, author: str, at_ms: int) -> Policy:
        """Put settings in force as a new version, with the totals that they count; the version."""

    async def settings(self, limit: int) -> list[SettingsVersion]:
        """The newest versions of the settings, the newest first."""

    async def freeze(self, wanted: FrozenDay) -> FrozenDay:
        """Keep a day's figures as the edition after the newest one; what was kept."""

    async def frozen(self, unit: str, day: str) -> FrozenDay | None:
        """The newest edition of a unit's day."""

    async def feed_page(self, cursor: int, role: Role, scope: Sequence[str]) -> FeedPage:
        """See `Office.feed_page`."""

    async def digest(self, role: Role, scope: Sequence[str]) -> SetDigest:
        """See `Office.digest`."""

    async def history(self, record: bytes) -> RecordHistory | None:
        """See `Office.history`."""

    async def hist_at(self, seq: int) -> bytes | None:
        """The history at ``seq``, or None beyond the head."""

    async def head_of(self, key_id: bytes) -> Head:
        """The head of the main branch, or of the longest one where there is no main branch."""

    async def cells(self, query: CellQuery) -> tuple[int, dict[CellKey, Metrics]]:
        """(seq, cells); empty cells are left out."""

    async def records_page(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """See `Office.records_page`."""

    async def quarantine(self, limit: int) -> list[Quarantined]:
        """The newest operations in quarantine."""

    async def terminals(self) -> list[Terminal]:
        """All terminals, by name."""

    async def forks(self) -> dict[bytes, int]:
        """How many branches each forked chain has beside its main one, by key id."""

    async def invite(self, invite_id: bytes, now_ms: int) -> Invite:
        """An invite to check a proof against.

        Raises:
            InviteRefused: unknown; used (`InviteUsed`); expired (`InviteExpired`).
        """

    async def add_invite(self, invite: Invite, now_ms: int) -> None:
        """Keep a new invite."""

    async def take_invite(
        self, invite_id: bytes, key_id: bytes, public_key: bytes, now_ms: int
    ) -> Terminal:
        """Use up an invite and list the key as a terminal.

        Raises:
            InviteRefused: unknown, used or expired.
        """

    async def revoke(self, key_id: bytes, now_ms: int) -> Terminal:
        """Mark a terminal's key as revoked; one that is revoked already stays as it is.

        Raises:
            NotFound: no terminal has it.
        """

    async def assign(self, key_id: bytes, role: Role, scope: tuple[str, ...]) -> Terminal:
        """Give a terminal another role and other units.

        Raises:
            NotFound: no terminal has this key.
        """

    async def touch(self, touches: Mapping[bytes, Touch]) -> None:
        """Keep what terminals said of themselves."""

    async def add_token(self, token: Token, secret_hash: bytes, now_ms: int) -> None:
        """Keep a new token."""

    async def token(self, token_id: bytes) -> tuple[Token, bytes] | None:
        """A token with the hash of its secret."""

    async def log(self, entry: Entry) -> None:
        """Add a row to the audit log.

        What another method writes at the office's own wish it logs itself, in its transaction.
        """

    async def logged(self, after: int, limit: int) -> list[LogRow]:
        """Rows of the audit log after the one of this number, the oldest first."""

    async def inspect(self, work: Callable[[AuditSource], T]) -> T:
        """Run ``work`` over one moment of the store, without holding up writers."""

    async def close(self) -> None:
        """Let go of the storage."""
