"""The SQLite adapter: each method of the port is one function on the database's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from armband.server.account import current_actor
from armband.server.audit_log import Details, Entry, LogRow
from armband.server.commit.noted import worth_a_row
from armband.server.commit.rows import Changes, Loaded, LoadRequest
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
from armband.server.store import (
    dbapi,
    sqlite_access,
    sqlite_commit,
    sqlite_feed,
    sqlite_log,
    sqlite_office,
    sqlite_records,
    sqlite_reports,
    sqlite_settings,
)
from armband.server.store.database import Database
from armband.server.store.migrations import migrate
from armband.server.store.port import AuditSource, CellQuery, D, T
from armband.server.store.sqlite_audit import SqliteAuditSource
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from armband.shared.rollup import CellKey, Metrics


class SqliteStore:
    """See `port.Store`."""

    def __init__(self, database: Database, office: str) -> None:
        self._db = database
        self._office = office

    async def office(self) -> OfficeRow:
        """See `Store.office`."""
        return await self._db.read(lambda conn: sqlite_office.read_office(conn, self._office))

    async def create(self, row: OfficeRow) -> None:
        """See `Store.create`."""
        await self._db.write(lambda conn: sqlite_office.add_office(conn, row))

    async def commit(
        self,
        request: LoadRequest,
        decide: Callable[[Loaded], D],
        touches: Mapping[bytes, Touch],
    ) -> tuple[D, Changes]:
        """See `Store.commit`."""

        def work(conn: dbapi.Connection) -> tuple[D, Changes]:
            decision = decide(sqlite_commit.load(conn, self._office, request))
            totals = sqlite_commit.load_totals(conn, self._office, decision.totals)
            changes = decision.settle(totals)
            if not changes.is_empty:
                sqlite_commit.save(conn, self._office, changes)
                for entry in worth_a_row(changes):
                    sqlite_log.append(conn, self._office, entry)
            sqlite_access.touch(conn, self._office, touches)
            return decision, changes

        return await self._db.write(work)

    async def rehearse(self, request: LoadRequest, decide: Callable[[Loaded], D]) -> D:
        """See `Store.rehearse`."""
        return await self._db.read(
            lambda conn: decide(sqlite_commit.load(conn, self._office, request))
        )

    async def probe(self) -> None:
        """See `Store.probe`."""
        await self._db.write(lambda conn: sqlite_office.probe(conn, self._office))

    async def replace_epoch(self, old: bytes, new: bytes) -> bytes:
        """See `Store.replace_epoch`."""
        return await self._db.write(
            lambda conn: sqlite_office.replace_epoch(conn, self._office, old, new)
        )

    async def mark_stable(self, seq: int, hist: bytes) -> int | None:
        """See `Store.mark_stable`."""

        def work(conn: dbapi.Connection) -> int | None:
            if sqlite_feed.hist_at(conn, self._office, seq) != hist:
                return None
            return sqlite_office.mark_stable(conn, self._office, seq)

        return await self._db.write(work)

    async def set_policy(self, policy: Policy, author: str, at_ms: int) -> Policy:
        """See `Store.set_policy`."""
        return await self._logged(
            lambda conn: sqlite_settings.set_policy(conn, self._office, policy, author, at_ms),
            Entry(at_ms, current_actor(), "policy", f"after version {policy.version}", {}),
        )

    async def settings(self, limit: int) -> list[SettingsVersion]:
        """See `Store.settings`."""
        return await self._db.read(lambda conn: sqlite_settings.versions(conn, self._office, limit))

    async def freeze(self, wanted: FrozenDay) -> FrozenDay:
        """See `Store.freeze`."""
        subject = f"{wanted.unit} {wanted.day}"
        return await self._logged(
            lambda conn: sqlite_reports.freeze(conn, self._office, wanted),
            Entry(wanted.frozen_ms, current_actor(), "freeze", subject, {}),
        )

    async def frozen(self, unit: str, day: str) -> FrozenDay | None:
        """See `Store.frozen`."""
        return await self._db.read(
            lambda conn: sqlite_reports.frozen(conn, self._office, unit, day)
        )

    async def feed_page(self, cursor: int, role: Role, scope: Sequence[str]) -> FeedPage:
        """See `Store.feed_page`."""
        return await self._db.read(
            lambda conn: sqlite_feed.feed_page(conn, self._office, cursor, role, scope)
        )

    async def digest(self, role: Role, scope: Sequence[str]) -> SetDigest:
        """See `Store.digest`."""
        return await self._db.read(lambda conn: sqlite_feed.digest(conn, self._office, role, scope))

    async def history(self, record: bytes) -> RecordHistory | None:
        """See `Store.history`."""
        return await self._db.read(lambda conn: sqlite_records.history(conn, self._office, record))

    async def hist_at(self, seq: int) -> bytes | None:
        """See `Store.hist_at`."""
        return await self._db.read(lambda conn: sqlite_feed.hist_at(conn, self._office, seq))

    async def head_of(self, key_id: bytes) -> Head:
        """See `Store.head_of`."""
        return await self._db.read(lambda conn: sqlite_records.head_of(conn, self._office, key_id))

    async def cells(self, query: CellQuery) -> tuple[int, dict[CellKey, Metrics]]:
        """See `Store.cells`."""
        return await self._db.read(lambda conn: sqlite_records.cells(conn, self._office, query))

    async def records_page(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """See `Store.records_page`."""
        return await self._db.read(
            lambda conn: sqlite_records.records_page(conn, self._office, kind, unit, after, limit)
        )

    async def quarantine(self, limit: int) -> list[Quarantined]:
        """See `Store.quarantine`."""
        return await self._db.read(
            lambda conn: sqlite_records.quarantine(conn, self._office, limit)
        )

    async def terminals(self) -> list[Terminal]:
        """See `Store.terminals`."""
        return await self._db.read(lambda conn: sqlite_access.terminals(conn, self._office))

    async def forks(self) -> dict[bytes, int]:
        """See `Store.forks`."""
        return await self._db.read(lambda conn: sqlite_access.forks(conn, self._office))

    async def invite(self, invite_id: bytes, now_ms: int) -> Invite:
        """See `Store.invite`."""
        return await self._db.read(
            lambda conn: sqlite_access.invite(conn, self._office, invite_id, now_ms)
        )

    async def add_invite(self, invite: Invite, now_ms: int) -> None:
        """See `Store.add_invite`."""
        details: Details = {"role": invite.role.value, "expires_ms": invite.expires_ms}
        subject = f"invite {invite.id.hex()} unit {invite.unit}"
        await self._logged(
            lambda conn: sqlite_access.add_invite(conn, self._office, invite, now_ms),
            Entry(now_ms, current_actor(), "invite", subject, details),
        )

    async def take_invite(
        self, invite_id: bytes, key_id: bytes, public_key: bytes, now_ms: int
    ) -> Terminal:
        """See `Store.take_invite`."""
        key = (key_id, public_key)
        subject = f"invite {invite_id.hex()}"
        return await self._logged(
            lambda conn: sqlite_access.take_invite(conn, self._office, invite_id, key, now_ms),
            Entry(now_ms, f"terminal {key_id.hex()}", "enrol", subject, {}),
        )

    async def revoke(self, key_id: bytes, now_ms: int) -> Terminal:
        """See `Store.revoke`."""
        return await self._logged(
            lambda conn: sqlite_access.revoke(conn, self._office, key_id, now_ms),
            Entry(now_ms, current_actor(), "revoke", f"terminal {key_id.hex()}", {}),
        )

    async def assign(self, key_id: bytes, role: Role, scope: tuple[str, ...]) -> Terminal:
        """See `Store.assign`."""
        return await self._db.write(
            lambda conn: sqlite_access.assign(conn, self._office, key_id, role, scope)
        )

    async def touch(self, touches: Mapping[bytes, Touch]) -> None:
        """See `Store.touch`."""
        await self._db.write(lambda conn: sqlite_access.touch(conn, self._office, touches))

    async def add_token(self, token: Token, secret_hash: bytes, now_ms: int) -> None:
        """See `Store.add_token`."""
        subject = f"token {token.id.hex()} unit {token.unit}"
        await self._logged(
            lambda conn: sqlite_access.add_token(conn, self._office, token, secret_hash, now_ms),
            Entry(now_ms, current_actor(), "token", subject, {"expires_ms": token.expires_ms}),
        )

    async def token(self, token_id: bytes) -> tuple[Token, bytes] | None:
        """See `Store.token`."""
        return await self._db.read(lambda conn: sqlite_access.token(conn, self._office, token_id))

    async def log(self, entry: Entry) -> None:
        """See `Store.log`."""
        await self._db.write(lambda conn: sqlite_log.append(conn, self._office, entry))

    async def logged(self, after: int, limit: int) -> list[LogRow]:
        """See `Store.logged`."""
        return await self._db.read(
            lambda conn: list(sqlite_log.rows(conn, self._office, after, limit))
        )

    async def _logged(self, work: Callable[[dbapi.Connection], T], entry: Entry) -> T:
        """Do something and say so in the log, both or neither."""

        def both(conn: dbapi.Connection) -> T:
            result = work(conn)
            sqlite_log.append(conn, self._office, entry)
            return result

        return await self._db.write(both)

    async def inspect(self, work: Callable[[AuditSource], T]) -> T:
        """See `Store.inspect`."""
        return await self._db.read(lambda conn: work(SqliteAuditSource(conn, self._office)))

    async def close(self) -> None:
        """See `Store.close`."""
        await self._db.close()


async def migrated(database: Database) -> None:
    """Bring the file's schema up to date.

    Raises:
        StoreDamaged: it is something else, or newer than this release.
    """
    await database.write(migrate)


async def office_in(database: Database) -> str:
    """The code of the office that the file belongs to.

    Raises:
        StoreMissing: it holds none.
    """
    return await database.read(sqlite_office.find_office)
