"""The terminal's engine as screens, commands and scripts use it: one facade, no SQL, no sockets.

All times are UTC milliseconds. Every method that saves returns only after the disk has it; it
raises `errors.StoreUnusable` when the disk refuses, and then nothing of it was kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from armband.client import keyring, keys, lock
from armband.client.deliveries import Deliveries
from armband.client.engine import Engine
from armband.client.errors import OfficeUnreachable, StoreDamaged, StoreMissing
from armband.client.link import Link
from armband.client.model import (
    Conflict,
    DamageMet,
    Entry,
    Event,
    History,
    HistoryEntry,
    Identity,
    LedgerQuery,
    Match,
    Page,
    Refused,
    Saved,
    Standing,
    SyncStatus,
    Today,
    TodoQuery,
)
from armband.client.recorder import Recorder
from armband.client.search.terms import Term
from armband.client.sitting import Sitting
from armband.client.store.chain import Appended, Plan
from armband.client.store.duties import Moment
from armband.client.store.fresh import is_there
from armband.client.store.store import STORE_FILE, Kinds, Store
from armband.client.sync_port import Connect
from armband.client.taken import with_taken
from armband.client.voiding import with_voided
from armband.client.watches import Watches
from armband.shared import hlc, ids, wire
from armband.shared.days import day_begins_ms, day_of, ms_to_next_day
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.kinds.declare import VOID
from armband.shared.kinds.duties import Rank
from armband.shared.kinds.shift import Span, standing_at
from armband.shared.ops import decode_payload
from armband.shared.policy import Policy
from armband.shared.rollup import Metrics
from armband.shared.rollup_report import RollupReport


class Terminal(Sitting):
    """One enrolled terminal with its store open. Made by `open_terminal`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._link: Link | None = None
        self._online: asyncio.Task[None] | None = None
        self._watches = Watches()
        self._deliveries = Deliveries(self, self._store.undelivered, engine.environment.now_ms)
        self.listen(self._deliveries.hear)
        self.listen(self._hear_damage)

    # -- what is known without waiting --------------------------------------------------------

    @property
    def identity(self) -> Identity:
        """Whose terminal this is, as the office last said."""
        return self._engine.identity

    @property
    def status(self) -> SyncStatus:
        """The sync line, newest known; never touches the disk."""
        return self._engine.status

    @property
    def today(self) -> str:
        """The office's day now."""
        return day_of(self._engine.environment.now_ms(), self.identity.policy)

    def shift_at(self, checkpoint: str) -> Span | None:
        """The shift that stands at a checkpoint (hex id) now."""
        there = self._store.shifts.get(checkpoint, ())
        return standing_at(there, self._engine.environment.now_ms())

    @property
    def replica(self) -> Engine:
        """The store as the link drives it (`sync_port.Replica`)."""
        return self._engine

    def listen(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop with every event; the result stops that."""
        return self._engine.announcer.listen(callback)

    def new_id(self) -> bytes:
        """An id for a record that is about to be made."""
        environment = self._engine.environment
        return ids.new_record_id(environment.now_ms(), environment.random_bytes(10))

    # -- recording ----------------------------------------------------------------------------

    async def record(self, drafts: Sequence[Draft]) -> list[Saved]:
        """Save drafts, all or none, and with them the records that begin with theirs.

        A draft whose id is not here makes a record; else it changes the one that is.

        Returns:
            One for each draft, in order.

        Raises:
            InvalidRecord: for the first draft that is not right; nothing is saved.
            UnknownKind: this release has no such kind; nothing is saved.
        """
        recorder = self._recorder()
        given = await with_voided(drafts, self._store.entry, self.identity.policy)
        whole = recorder.with_opened(await with_taken(given, self._store.entry))
        plan = partial(recorder.plan, whole)
        saved = await self._save([draft.id for draft in whole], plan, len(whole))
        asked = {draft.id for draft in drafts}
        return [done for done in saved if done.id in asked]

    async def change(self, record: bytes, patch: Patch) -> Saved:
        """Correct a record; or settle a conflict, by giving the field its chosen value.

        Raises:
            UnknownRecord: it is not here.
            InvalidRecord: a value is not what its field allows.
        """
        recorder, entry_of = self._recorder(), self._store.entry
        # Of the record that is changed only its id and the patch are looked at.
        told = await with_voided([Draft("", record, "", patch)], entry_of, self.identity.policy)
        saved = await self._save(
            [each.id for each in told],
            lambda known: [recorder.change(each.id, each.fields, known[each.id]) for each in told],
            len(told),
        )
        return saved[0]

    async def void(self, record: bytes, reason: str) -> Saved:
        """Void a record; it stays in the ledger, struck through, with the reason.

        What began with it and nobody has worked on goes with it; see `voiding.with_voided`.

        Raises:
            UnknownRecord: it is not here.
            InvalidRecord: the reason is empty or too long.
        """
        return await self.change(record, {VOID: reason})

    async def mend(self, op: bytes, patch: Patch) -> Saved:
        """Send a refused operation again, with ``patch`` over what it said.

        Raises:
            UnknownOperation: the tray does not hold it.
            InvalidRecord: it is still not right; it stays in the tray.
        """
        recorder = self._recorder()
        refused = await self._store.refused(op)
        saved = await self._save(
            [refused.record],
            lambda known: [recorder.mend(refused, patch, known[refused.record])],
            1,
        )
        return saved[0]

    async def set_aside(self, op: bytes) -> None:
        """Take a refused operation out of the tray; it stays in the store.

        Raises:
            UnknownOperation: the tray does not hold it.
        """

        async def write() -> tuple[None, Kinds]:
            return None, await self._store.set_aside(op)

        await self._engine.settled(write())

    def _recorder(self) -> Recorder:
        # Asked for before the first wait of a save: whoever sits here then is its author.
        own = self.identity
        author = replace(own, person=self._person) if self._person else own
        return Recorder(author, self._engine.environment.now_ms(), self._store.shifts)

    async def _save(self, records: Sequence[bytes], plan: Plan, count: int) -> list[Saved]:
        environment = self._engine.environment
        nonces = [int.from_bytes(environment.random_bytes(8), "big") >> 1 for _ in range(count)]
        now_ms = environment.now_ms()

        async def write() -> tuple[list[Appended], Kinds]:
            saved = await self._store.append(records, plan, now_ms, nonces)
            # Part of the write: whoever asked for it may be gone by now, and still it must be sent.
            if self._link is not None:
                self._link.wake()
            return saved

        appended = await self._engine.settled(write())
        return [Saved(done.record, done.kind, done.op) for done in appended]

    # -- reading ------------------------------------------------------------------------------

    async def entry(self, record: bytes) -> Entry | None:
        """One record, or None when it is not here."""
        return await self._store.entry(record)

    async def ledger(self, query: LedgerQuery, offset: int, limit: int) -> Page:
        """A stretch of a ledger, and how long the whole is."""
        return await self._store.page(query, offset, limit)

    async def match(self, pieces: Sequence[Sequence[Term]], limit: int) -> list[Match]:
        """People and doors that fit every piece (of `search.terms.query_pieces`), people first."""
        return await self._store.match(pieces, limit)

    async def units(self) -> dict[str, wire.UnitName]:
        """Every unit known here, by code."""
        return await self._store.units()

    async def checkpoints(self) -> list[Entry]:
        """The checkpoints of this terminal's scope, by name."""
        return await self._store.all_of("checkpoint")

    async def todo(
        self,
        who: str = "",
        limit: int = 200,
        *,
        offset: int = 0,
        ranks: Sequence[Rank] = (),
    ) -> Today:
        """What is to be done here now, the most urgent first; see `TodoQuery`."""
        now_ms, policy = self._engine.environment.now_ms(), self.identity.policy
        begins_ms = day_begins_ms(day_of(now_ms, policy), policy)
        moment = Moment(now_ms, begins_ms, now_ms + ms_to_next_day(now_ms, policy))
        query = TodoQuery(who, tuple(ranks), offset, limit)
        return await self._store.today(moment, query, policy)

    async def conflicts(self) -> list[Conflict]:
        """Fields for which several values stand."""
        return await self._store.conflicts()

    async def tray(self) -> list[Refused]:
        """Refused operations that wait for a person, oldest first."""
        return await self._store.tray()

    async def history(self, record: bytes) -> History:
        """A record's operations, from the office when it answers, else what is known here."""
        rows = await self._office_history(record)
        if rows is None:
            return History(await self._store.history(record), complete=False)
        held = tuple(_history_entry(row) for row in rows)
        return History(held + await self._store.unsent_history(record), complete=True)

    async def _office_history(self, record: bytes) -> list[wire.HistoryRow] | None:
        if self._link is None:
            return None
        try:
            return await self._link.history(record)
        except OfficeUnreachable:
            return None

    # -- figures ------------------------------------------------------------------------------

    async def rollup(self, unit: str, day: str, depth: int) -> RollupReport | None:
        """The newest figures that the office has confirmed, from the local copy."""
        return await self._store.report(self.identity.office, unit, day, depth)

    async def counted_here(self, unit: str, day: str) -> Metrics:
        """What this terminal's unsent operations add to the figures of ``unit`` on ``day``."""
        policy: Policy = self.identity.policy
        return await self._store.counted_here(policy, unit, day, with_now=day == self.today)

    async def watch_rollup(self, unit: str, day_from: str, day_to: str, depth: int) -> None:
        """Keep these figures new from now on; empty days mean the office's today."""
        new, old = self._watches.want(unit, depth, day_from, day_to)
        if self._link is not None:
            if old is not None:
                self._link.unfollow(old.sub)
            if new is not None:
                self._link.follow(new)

    # -- the link -----------------------------------------------------------------------------

    def attach(self, link: Link) -> None:
        """Tell this link what is saved and what is watched."""
        self._link = link
        for watch in self._watches:
            link.follow(watch)

    def go_online(self) -> None:
        """Run the attached link in the background until `close`."""
        if self._link is not None and self._online is None:
            self._online = asyncio.ensure_future(self._link.run())
            self._online.add_done_callback(_report_failure)
            self._deliveries.look()

    def _hear_damage(self, event: Event) -> None:
        if isinstance(event, DamageMet) and self._online is not None:
            # The office shall get nothing that comes out of a damaged file.
            self._online.cancel()

    async def settled(self) -> None:
        """Wait until it has written what it writes by itself about what has come in so far."""
        await self._deliveries.settled()

    async def close(self) -> None:
        """Stop the link, finish what is being saved, close the store."""
        if self._online is not None:
            self._online.cancel()
            await asyncio.wait([self._online])
            self._online = None
        await self._deliveries.close()
        await self._engine.close()


def _report_failure(task: asyncio.Task[None]) -> None:
    """A link only ends by damage, which listeners hear of, or by an error of ours.

    Of that the loop's handler shall hear at once.
    """
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, StoreDamaged):
        context = {"message": "the link has failed", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)


def _history_entry(row: wire.HistoryRow) -> HistoryEntry:
    payload = decode_payload(row.payload)
    at_ms = hlc.stamp_ms(row.eff)
    return HistoryEntry(at_ms, payload.author, payload.patch, Standing.HELD, row.suspect)


@asynccontextmanager
async def open_terminal(
    data_dir: Path, environment: Environment, connect: Connect | None = None
) -> AsyncIterator[Terminal]:
    """The terminal enrolled in DIR, held by this process until the block ends.

    With ``connect`` a link is attached; `Terminal.go_online` runs it.

    Raises:
        NotEnrolled: DIR is no terminal's.
        StoreHeld: another process holds it.
        StoreUnusable: the store is gone, damaged, too new, or the disk refuses.
    """
    enrolment = keys.load_enrolment(data_dir)
    path = data_dir / STORE_FILE
    with lock.hold(data_dir):
        # Enrolment has made one. To begin another without a word would look to the office like a
        # copied terminal, and hide from the user that unsent work is gone.
        if not is_there(path):
            raise StoreMissing(path)
        store = await Store.open(path, keys.made_store_key(data_dir, environment))
        try:
            if not await store.is_enrolled():
                raise StoreMissing(path)
            terminal = Terminal(
                Engine(store, environment, await store.identity(), await store.status())
            )
        except BaseException:
            await store.close()
            raise
        try:
            await terminal.sit_down(keyring.person_of(data_dir))
            if connect is not None:
                signer = keys.load_identity(data_dir).key
                terminal.attach(
                    Link(terminal.replica, signer, enrolment.office, connect, environment)
                )
            yield terminal
        finally:
            await terminal.close()
