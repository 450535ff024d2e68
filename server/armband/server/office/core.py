"""An open office.

The values that every session looks at (`seq`, `hist`, `units`, ...) are kept in memory as of the
newest commit and never touch the disk; everything that is awaited reads one moment of the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from armband.server.commit.decide import Answer, Decision, needs
from armband.server.commit.model import Batch, BatchResult, Upsert
from armband.server.errors import BadRequest, UnknownPredecessor
from armband.server.health.timings import Timings
from armband.server.model import (
    Committed,
    EpochChanged,
    OfficeEvent,
    OfficeRow,
    PolicyChanged,
    RollupCells,
    StableChanged,
    WritableChanged,
)
from armband.server.office.access import Access
from armband.server.office.committer import Committer
from armband.server.office.epochs import EpochAllowance
from armband.server.office.reading import Reading
from armband.server.office.unit_names import UnitNames
from armband.server.reports.model import ChangedRecord, FrozenDay
from armband.server.reports.restate import changed_records
from armband.server.store.port import CellQuery, Store
from armband.shared.days import day_of
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.ids import ID_BYTES
from armband.shared.kinds import View
from armband.shared.merge import decode_state, view
from armband.shared.policy import Policy
from armband.shared.regridding import Forwards
from armband.shared.rollup import coverage
from armband.shared.rollup_report import RollupReport
from armband.shared.units import depth_below, is_within, unit_order
from armband.shared.wire import Receipt, UnitName

UPSERT_CHUNK = 1000
"""Drafts in one transaction."""
UNITS_PAGE = 1000


class Office(Access, Reading):
    """An open office."""

    def __init__(self, store: Store, environment: Environment, row: OfficeRow) -> None:
        self._committer = Committer(store, environment, row, self._happened)
        super().__init__(store, environment, self._committer.touches, self._tell)
        self._epoch = row.epoch
        self._allowance = EpochAllowance()
        self._listeners: dict[int, Callable[[OfficeEvent], None]] = {}
        self._serial = 0
        self._names = UnitNames()
        self._setting = asyncio.Lock()

    # -- as of the newest commit, without touching the disk -------------------------------------

    @property
    def code(self) -> str:
        """The office's unit code, the root of its grid tree."""
        return self._committer.row.code

    @property
    def name(self) -> str:
        """What people call the office."""
        return self._committer.row.name

    @property
    def policy(self) -> Policy:
        """What every terminal of the office follows."""
        return self._committer.row.policy

    @property
    def epoch(self) -> bytes:
        """Changes when history was rolled back."""
        return self._epoch

    @property
    def seq(self) -> int:
        """The place of the newest committed operation."""
        return self._committer.row.seq

    @property
    def hist(self) -> bytes:
        """The history chain at `seq`."""
        return self._committer.row.hist

    @property
    def stable_seq(self) -> int:
        """Up to here the history is inside a verified backup."""
        return self._committer.row.stable_seq

    @property
    def writable(self) -> bool:
        """Whether the disk takes records."""
        return self._committer.writable

    @property
    def reason(self) -> str:
        """Why the office cannot write, ``""`` while it can."""
        return self._committer.reason

    @property
    def cause(self) -> str:
        """One of ``wire.CAUSE_…`` while the office cannot write, else ``""``."""
        return self._committer.cause

    @property
    def queued_ops(self) -> int:
        """Operations that wait to be committed."""
        return self._committer.queued_ops

    @property
    def commit_times(self) -> Timings:
        """How long commits have taken since the office opened."""
        return self._committer.times

    @property
    def today(self) -> str:
        """The office's day now."""
        return day_of(self._environment.now_ms(), self.policy)

    @property
    def units(self) -> Mapping[str, UnitName]:
        """Every unit that has a name, by code."""
        return self._names.by_code

    def listen(self, callback: Callable[[OfficeEvent], None]) -> Callable[[], None]:
        """Call back after each commit and change of state; returns "stop listening".

        Called on the event loop, in order, before the receipts of that commit are handed out.
        """
        self._serial += 1
        serial = self._serial
        self._listeners[serial] = callback

        def stop() -> None:
            self._listeners.pop(serial, None)

        return stop

    # -- records ---------------------------------------------------------------------------------

    async def submit(self, batch: Batch) -> BatchResult:
        """Commit a batch together with whatever else is waiting; returns once it is on disk.

        While the disk refuses, this waits and the office is not `writable`. Submissions of one key
        are decided in the order in which they were submitted.

        Raises:
            UnknownPredecessor: the first operation follows one that the office does not hold, and
                the batch is not ``repushing``. Nothing of the batch was kept.
            OfficeCannotWrite: the office closes.
        """
        answer = await self._committer.submit(batch)
        if isinstance(answer, UnknownPredecessor):
            raise answer
        receipts = [part for part in answer if isinstance(part, Receipt)]
        return BatchResult(receipts, self.seq, self.hist, self.stable_seq)

    async def upsert(
        self,
        drafts: Sequence[Draft],
        author: str,
        dry_run: bool = False,
        *,
        decided: bool = False,
    ) -> list[str]:
        """Make the records as the drafts say, as operations of the office's own chain.

        Compares with the present record and patches only the fields that differ; a field that a
        draft does not name stays. For each draft: ``new``, ``changed``, ``unchanged`` or
        ``refused: why``; one refused draft does not hold up the others. With ``decided`` also what
        was last written at a terminal is overwritten.

        Raises:
            OfficeCannotWrite: the disk refuses; of the drafts only whole thousands are kept.
        """
        if dry_run:
            return await self._rehearse(self._upsert_of(drafts, author, decided))
        outcomes: list[str] = []
        for start in range(0, len(drafts), UPSERT_CHUNK):
            chunk = self._upsert_of(drafts[start : start + UPSERT_CHUNK], author, decided)
            outcomes.extend(_outcomes(await self._committer.submit(chunk)))
        return outcomes

    def _upsert_of(self, drafts: Sequence[Draft], author: str, decided: bool) -> Upsert:
        random = self._environment.random_bytes(8 * len(drafts))
        nonces = (random[at : at + 8] for at in range(0, len(random), 8))
        numbers = tuple(int.from_bytes(raw, "big") for raw in nonces)
        return Upsert(tuple(drafts), author, numbers, decided)

    async def _rehearse(self, upsert: Upsert) -> list[str]:
        now_ms = self._environment.now_ms()
        decision = await self._store.rehearse(
            needs([upsert], self._committer.row.key_id, self.forwards),
            lambda loaded: Decision(loaded, [upsert], now_ms, self.forwards),
        )
        return _outcomes(decision.answers[0])

    async def rollup_cells(self, unit: str, depth: int, day_from: str, day_to: str) -> RollupCells:
        """Cells of a unit and ``depth`` levels below, for the days and for what exists now."""
        levels = {code: name.level for code, name in self.units.items() if is_within(code, unit)}
        query = CellQuery(unit, depth, day_from, day_to, frozenset(levels))
        seq, found = await self._store.cells(query)
        return RollupCells(
            seq=seq,
            at_ms=self._environment.now_ms(),
            cells={
                key: metrics for key, metrics in found.items() if depth_below(key[1], unit) <= depth
            },
            units=[
                self.units[c]
                for c in sorted(levels, key=unit_order)
                if depth_below(c, unit) <= depth
            ],
            coverage=coverage(unit, levels, day_to, found),
        )

    # -- days that are frozen --------------------------------------------------------------------

    async def freeze(self, unit: str, day: str, author: str, figures: RollupReport) -> FrozenDay:
        """Keep a day's figures as its next edition, bound to the history that they are true at.

        Raises:
            StoreError: the disk refuses.
        """
        hist = await self.hist_at(figures.as_of.seq)
        assert hist is not None, "figures are true at a point of the history"
        now_ms = self._environment.now_ms()
        return await self._store.freeze(FrozenDay(unit, day, 0, hist, now_ms, author, figures))

    async def changed_since(self, seq: int, unit: str, day: str) -> tuple[list[ChangedRecord], int]:
        """See `restate.changed_records`."""
        policy = self.policy
        return await self._store.inspect(
            lambda source: changed_records(source.changed_since(seq), seq, unit, day, policy)
        )

    # -- chains and epochs -----------------------------------------------------------------------

    @property
    def epochs_refused(self) -> Mapping[bytes, int]:
        """How often a key claimed lost history beyond its allowance, since the office opened."""
        return self._allowance.refused

    async def new_epoch(self, reason: str, instead_of: bytes, by: bytes) -> bytes:
        """Mint a new epoch, unless somebody has already replaced ``instead_of``; the epoch now.

        It stays ``instead_of`` when the key ``by`` has caused too many (see `EpochAllowance`).
        """
        now_ms = self._environment.now_ms()
        if self._epoch == instead_of and not self._allowance.allows(by, now_ms):
            return self._epoch
        epoch = await self._store.replace_epoch(
            instead_of, self._environment.random_bytes(ID_BYTES)
        )
        if epoch != self._epoch:
            self._allowance.caused(by, now_ms)
            self._epoch = epoch
            self._tell(EpochChanged(epoch, reason))
        return self._epoch

    async def mark_stable(self, seq: int, hist: bytes) -> int:
        """A verified backup holds the history up to ``seq``, with ``hist`` there: promise it.

        Returns:
            The highest seq that a backup holds; an older backup does not lower it.

        Raises:
            BadRequest: the backup is of another history than the office's.
            StoreError: the disk refuses; nothing is promised.
        """
        stable_seq = await self._store.mark_stable(seq, hist)
        if stable_seq is None:
            raise BadRequest("the backup is of another history than the office has now")
        if self._committer.note_stable(stable_seq):
            self._tell(StableChanged(stable_seq))
        return stable_seq

    # -- settings --------------------------------------------------------------------------------

    async def set_policy(self, policy: Policy, author: str, version: int) -> Policy:
        """Put settings in force; everybody who is connected comes back and learns them.

        Raises:
            BadRequest: somebody has set another version than ``version`` meanwhile.
            StoreError: the disk refuses; nothing is changed.
        """
        async with self._setting:
            if version != self.policy.version:
                raise BadRequest(
                    f"version {self.policy.version} has been set meanwhile: look at it first"
                )
            now_ms = self._environment.now_ms()
            policy = await self._store.set_policy(policy, author, now_ms)
            self._committer.note_policy(policy)
            self._tell(PolicyChanged(policy))
            return policy

    # -- what happens ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Load what is kept in memory and begin to commit; `open_office` does this."""
        await self.load()
        after: tuple[str, bytes] | None = None
        while True:
            page = await self._store.records_page("unit", self.code, after, UNITS_PAGE)
            for unit in page.views:
                self._take_unit(unit)
            after = page.after
            if after is None:
                break
        self._committer.start()

    async def close(self) -> None:
        """Commit what is waiting and let go of the store."""
        await self._committer.close()
        await self._store.close()

    def _happened(self, event: Committed | WritableChanged) -> None:
        if isinstance(event, Committed) and event.units:
            for row in event.rows:
                if row.kind == "unit":
                    self._take_unit(view(decode_state(row.state)))
        self._tell(event)

    def _take_unit(self, unit: View) -> None:
        self._names.set(unit)
        self._committer.forwards.take(unit)

    @property
    def forwards(self) -> Forwards:
        """Which units have moved, as of the newest commit."""
        return self._committer.forwards

    def _tell(self, event: OfficeEvent) -> None:
        for callback in list(self._listeners.values()):
            try:
                callback(event)
            except Exception as error:
                # A broken listener must not stop the committer; the loop reports it.
                context = {"message": "a listener of the office failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)


def _outcomes(answer: Answer) -> list[str]:
    assert not isinstance(answer, UnknownPredecessor), "the office's own chain is whole"
    return [part for part in answer if isinstance(part, str)]
