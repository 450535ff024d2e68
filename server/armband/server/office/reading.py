"""What is read of an office's store: each answer is one moment of it."""

from __future__ import annotations

from collections.abc import Sequence

from armband.server.audit import audit
from armband.server.model import (
    AuditReport,
    FeedPage,
    Head,
    Quarantined,
    RecordHistory,
    RecordsPage,
    SetDigest,
    SettingsVersion,
)
from armband.server.reports.model import FrozenDay
from armband.server.retention import Kept, kept
from armband.server.store.port import Store
from armband.shared.permissions import Role
from armband.shared.policy import Policy


class Reading:
    """The part of an office that only reads."""

    _store: Store

    async def feed_page(self, cursor: int, role: Role, scope: Sequence[str]) -> FeedPage:
        """The next page of readable records after ``cursor``."""
        return await self._store.feed_page(cursor, role, scope)

    async def digest(self, role: Role, scope: Sequence[str]) -> SetDigest:
        """The digest and count of everything readable, at the head."""
        return await self._store.digest(role, scope)

    async def history(self, record: bytes) -> RecordHistory | None:
        """The newest operations on a record (`limits.MAX_HISTORY_ROWS`), or None if unknown."""
        return await self._store.history(record)

    async def records_page(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """Records of a kind within a unit, in order of (unit, id), voided ones too."""
        return await self._store.records_page(kind, unit, after, limit)

    async def quarantine(self, limit: int) -> list[Quarantined]:
        """The newest operations that were kept aside."""
        return await self._store.quarantine(limit)

    async def audit(self) -> AuditReport:
        """Recount everything from the stored operations and records, and compare."""
        return await self._store.inspect(audit)

    async def kept(self, today: str, policy: Policy) -> list[Kept]:
        """See `retention.kept`."""
        return await self._store.inspect(lambda source: kept(source, today, policy))

    async def hist_at(self, seq: int) -> bytes | None:
        """The history chain at ``seq``; None when the office has not come so far."""
        return await self._store.hist_at(seq)

    async def head_of(self, key_id: bytes) -> Head:
        """The newest operation of the main branch of a terminal's chain, quarantined or not."""
        return await self._store.head_of(key_id)

    async def settings(self, limit: int) -> list[SettingsVersion]:
        """The newest versions of the settings, the newest first."""
        return await self._store.settings(limit)

    async def frozen(self, unit: str, day: str) -> FrozenDay | None:
        """The newest edition of a unit's day."""
        return await self._store.frozen(unit, day)
