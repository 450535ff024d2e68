"""The terminal's store as typed methods; nobody outside this package sees SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from armband.client.errors import UnknownOperation
from armband.client.model import (
    Conflict,
    Entry,
    HistoryEntry,
    Identity,
    LedgerQuery,
    Match,
    Page,
    Refused,
    SyncStatus,
    Today,
    TodoQuery,
)
from armband.client.store import (
    answers,
    chain,
    derive,
    desk,
    duties,
    entries,
    figures,
    ledger,
    overlaid,
    people,
    sitting,
    tables,
    upgrade,
)
from armband.client.store.chain import Appended, Known, Plan
from armband.client.store.core import Kinds
from armband.client.store.driver import Database, ThreadedDatabase
from armband.client.store.moved import examine_if_moved
from armband.client.store.sync_side import SyncSide
from armband.shared import wire
from armband.shared.policy import Policy
from armband.shared.rollup import NOW, CellKey, Metrics, added
from armband.shared.rollup_report import RollupReport

STORE_FILE = "terminal.db"
_TOTALS_MAX = 64


class Store(SyncSide):
    """Base, own operations, derived views, figures, drafts and choices of one terminal.

    Every method that writes returns after its transaction is on the disk. All of them raise
    `errors.StoreUnusable` (full, damaged, …) when the disk or the file refuses; then nothing of
    that write was kept and the next one may work again.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._totals: dict[tuple[int, LedgerQuery], int] = {}
        self._units: tuple[int, dict[str, wire.UnitName]] | None = None
        self._counted: tuple[int, Policy, dict[CellKey, Metrics]] | None = None
        self._here = overlaid.CountedHere()

    @classmethod
    async def open(cls, path: Path, key: bytes | None = None) -> Store:
        """Open the store at ``path``, or make it; one of an older release is changed over.

        With ``key`` it is an encrypted one, and a plain one becomes so.
        """
        of_older_releases = upgrade.kept(path)
        database = await ThreadedDatabase.open(path, key)
        try:
            await database.write(partial(examine_if_moved, path=path))
            await database.write(derive.refresh_if_old)
        except BaseException:
            await database.close()
            raise
        # The store has opened at least once since it was changed over: they have done their duty.
        for old in of_older_releases:
            old.unlink(missing_ok=True)
        store = cls(database)
        await store.load_shifts()
        return store

    # Whose store it is.
    async def is_enrolled(self) -> bool:
        """Whether `enrol` was called on this store."""
        return await self._db.read(tables.is_enrolled)

    async def enrol(self, key_id: bytes, identity: Identity) -> None:
        """Make the store a terminal's; once."""
        await self._change(partial(tables.create_sync, key_id=key_id, identity=identity))

    async def identity(self) -> Identity:
        """Whose terminal this is, as the office last said."""
        return await self._db.read(tables.load_identity)

    async def status(self) -> SyncStatus:
        """The counts of the sync line."""
        return await self._db.read(desk.load_status)

    # Recording.
    async def append(
        self, records: Sequence[bytes], plan: Plan, now_ms: int, nonces: Sequence[int]
    ) -> tuple[list[Appended], Kinds]:
        """Plan and store operations on ``records`` in one transaction.

        ``plan`` runs on the store's thread; what it raises is raised here, and nothing is kept.
        """
        return await self._write(
            partial(chain.append, records=records, plan=plan, now_ms=now_ms, nonces=nonces),
            is_save=True,
        )

    async def set_aside(self, op: bytes) -> Kinds:
        """Take a refused operation out of the tray; it stays in the store.

        Raises:
            UnknownOperation: the tray does not hold it.
        """
        return await self._change(partial(answers.set_aside, op=op))

    # Reading.
    async def entry(self, record: bytes) -> Entry | None:
        """One record, or None."""
        return await self._db.read(partial(entries.load_entry, record=record))

    async def all_of(self, kind: str) -> list[Entry]:
        """Every record of a small kind that is not voided, in the ledger's order."""
        return list(await self._db.read(partial(entries.load_all, kind=kind)))

    async def page(self, query: LedgerQuery, offset: int, limit: int) -> Page:
        """A stretch of a ledger."""
        key = (self._changes, query)
        known = self._totals.get(key)
        page = await self._db.read(
            partial(ledger.page, query=query, offset=offset, limit=limit, total=known)
        )
        if len(self._totals) >= _TOTALS_MAX:
            self._totals.clear()
        self._totals[key] = page.total
        return page

    def forget_totals(self) -> None:
        """Count anew at the next page, as after a change."""
        self._totals.clear()

    async def match(self, pieces: people.Pieces, limit: int) -> list[Match]:
        """People and doors that fit every piece of what was typed."""
        names = {code: unit.name for code, unit in (await self.units()).items()}
        return await self._db.read(
            partial(people.match, pieces=pieces, limit=limit, unit_names=names)
        )

    async def units(self) -> dict[str, wire.UnitName]:
        """Every unit known here, by code."""
        if self._units is None or self._units[0] != self._unit_changes:
            before = self._unit_changes
            self._units = (before, await self._db.read(figures.load_units))
        return self._units[1]

    async def today(self, moment: duties.Moment, query: TodoQuery, policy: Policy) -> Today:
        """What is to be done here; see `duties.load_today`."""
        return await self._db.read(
            partial(duties.load_today, moment=moment, query=query, policy=policy)
        )

    async def who_sits_here(self) -> str:
        """The hex id of the member of staff at this terminal, or ``""``."""
        return await self._db.read(sitting.who_sits_here)

    async def sit_down(self, person: str) -> None:
        """From now on ``person`` sits here; see `sitting.sit_down`."""
        if person or await self.preference(sitting.PERSON):
            await self._db.write(partial(sitting.sit_down, person=person))

    async def choose_me(self, staff: str) -> None:
        """Whoever sits here now is this member of the staff (hex id)."""
        await self._db.write(partial(sitting.choose_me, staff=staff))

    async def conflicts(self) -> list[Conflict]:
        """Fields with several standing values."""
        return await self._db.read(desk.load_conflicts)

    async def tray(self) -> list[Refused]:
        """Refused operations, oldest first."""
        return await self._db.read(desk.load_tray)

    async def refused(self, op: bytes) -> Refused:
        """One operation of the tray.

        Raises:
            UnknownOperation: the tray does not hold it.
        """
        found = await self._db.read(partial(desk.load_refused, op=op))
        if found is None:
            raise UnknownOperation(op)
        return found

    async def history(self, record: bytes) -> tuple[HistoryEntry, ...]:
        """What is known here of a record's operations."""
        return await self._db.read(partial(desk.load_history, record=record))

    async def unsent_history(self, record: bytes) -> tuple[HistoryEntry, ...]:
        """Own operations on a record that the office does not hold."""
        return await self._db.read(partial(desk.load_unsent, record=record))

    # Figures.
    async def report(self, office: str, unit: str, day: str, depth: int) -> RollupReport | None:
        """The newest figures that the office has said, or None."""
        units = await self.units()
        return await self._db.read(
            partial(
                figures.load_report, office=office, unit=unit, day=day, depth=depth, units=units
            )
        )

    async def counted_here(self, policy: Policy, unit: str, day: str, *, with_now: bool) -> Metrics:
        """What waiting operations add to a unit's cell of a day, and of what exists now."""
        if self._counted is None or self._counted[:2] != (self._changes, policy):
            before = self._changes
            cells = await self._db.read(
                partial(self._here.count, policy=policy, version=self._others)
            )
            self._counted = (before, policy, cells)
        cells = self._counted[2]
        now = cells.get((NOW, unit), {}) if with_now else {}
        return added(cells.get((day, unit), {}), now)

    # What is typed and chosen.
    async def save_draft(self, form: str, values: dict[str, str], now_ms: int) -> None:
        """Keep what is typed into a form."""
        await self._db.write(
            partial(desk.save_draft, form=form, values=dict(values), now_ms=now_ms)
        )

    async def drop_draft(self, form: str) -> None:
        """Forget what was typed into a form."""
        await self._db.write(partial(desk.drop_draft, form=form))

    async def drafts(self) -> dict[str, dict[str, str]]:
        """Form to what is typed into it, the newest first."""
        return await self._db.read(desk.load_drafts)

    async def preference(self, name: str) -> str:
        """What was chosen, ``""`` when nothing was."""
        return await self._db.read(partial(desk.load_preference, name=name))

    async def set_preference(self, name: str, value: str) -> None:
        """Keep a choice."""
        await self._db.write(partial(desk.set_preference, name=name, value=value))


__all__ = ["STORE_FILE", "Appended", "Kinds", "Known", "Store"]
