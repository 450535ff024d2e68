"""Power cuts under the two real stores: schemas, statements and transactions as they are.

What was sent: working days of operations, receipts and feeds, one transaction after the other. What
must be there afterwards, for any image that a disk may be left with: a sound database that holds
exactly the transactions up to one of them, and that one is not before the newest promised.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any

from armband.client.model import Identity
from armband.client.recorder import Recorder
from armband.client.store.migrations import migrate as migrate_terminal
from armband.client.store.store import Store
from armband.server.audit import audit
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared.drafts import Draft
from faults.recorded_disk import Disk, RecordedDatabase, RecordedVfs
from support.commit_store import push
from support.commit_world import OFFICE, STREET, Author, office_row
from support.local import KEY_ID, START_MS, identity
from support.mini_office import MiniOffice
from support.own_ops import run
from support.schedules import G1, KINDS, PATCHES

FILE = "store.db"
CUTS_EACH = 100
"""Cuts into one recording."""


@dataclass
class PowerReport:
    """What became of a number of cuts. Lost and damaged must be none on an honest disk."""

    cuts: int = 0
    transactions: int = 0
    lost: int = 0
    damaged: int = 0
    half: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.damaged or self.half)

    def __str__(self) -> str:
        return (
            f"{self.cuts:,} cuts into {self.transactions:,} transactions: {self.lost} lost what "
            f"was promised, {self.damaged} damaged, {self.half} neither before nor after"
        )


@dataclass
class Recording:
    """A run over a recorded disk: after which event which state was promised."""

    disk: Disk
    promised: list[tuple[int, bytes]] = field(default_factory=list)

    def note(self, conn: Any) -> None:
        """A transaction has been committed: its state is promised from now on."""
        self.promised.append((self.disk.now, digest_of(conn)))


def digest_of(conn: Any) -> bytes:
    """Everything in all tables, in order."""
    digest = blake2b(digest_size=16)
    tables = conn.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    ).fetchall()
    for (table,) in tables:
        digest.update(table.encode())
        for row in conn.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2'):
            digest.update(repr(row).encode())
    return digest.digest()


# -- what runs over the disk -----------------------------------------------------------------------

Day = Callable[[RecordedDatabase, Random], None]


def office_day(database: RecordedDatabase, random: Random) -> None:
    """An office takes in batches of several terminals, some of which it refuses."""
    run(migrated(database))
    store = SqliteStore(database, OFFICE)
    run(store.create(office_row()))
    authors = [Author(f"author {number}") for number in range(3)]
    for at in range(60):
        author = random.choice(authors)
        ops = []
        for _ in range(random.randint(1, 8)):
            record = random.choice(sorted(KINDS)) + 10 * random.randrange(6)
            kind = KINDS[record % 10]
            ops.append(author.op(record, dict(random.choice(PATCHES[kind])), kind=kind, unit=G1))
        run(push(store, *ops, grant=STREET))
        if at == 30:
            database.reopen()
    assert not run(store.inspect(audit)).differences


def terminal_day(database: RecordedDatabase, random: Random) -> None:
    """A terminal records, pushes, gets receipts and the feed, and keeps a draft meanwhile."""
    migrate_terminal(database.conn)
    store, who = Store(database), identity("lianhu")
    run(store.enrol(KEY_ID, who))
    office, pushed = MiniOffice(START_MS), 0
    run(store.adopt_welcome(office.welcome(KEY_ID), new_epoch=True, clear_base=True, now_ms=1))
    cursor = 0
    for at in range(60):
        office.now_ms += 1000
        _save(store, who, random, office.now_ms)
        if random.random() < 0.3:
            run(store.save_draft("visit", {"note": "写" * random.randint(1, 200)}, at))
        if random.random() < 0.4:
            batch = run(store.waiting(pushed, 100, 1 << 20))
            if batch is not None:
                pushed = batch.counter + len(batch.wires) - 1
                run(store.apply_receipts(office.take(batch, KEY_ID), at, office.now_ms))
            feed, rows = office.feed(cursor)
            run(store.apply_feed(feed, rows, at))
            cursor = feed.to_seq
        if at == 30:
            database.reopen()


def _save(store: Store, who: Identity, random: Random, now_ms: int) -> None:
    drafts = [
        Draft(
            "household",
            bytes([random.randrange(40)]) * 16,
            "lianhu/a/g1",
            {"door": f"3-2-{random.randrange(900)}", "head": random.choice("李王赵")},
        )
        for _ in range(random.randint(1, 4))
    ]
    drafts = list({draft.id: draft for draft in drafts}.values())
    recorder = Recorder(who, now_ms)
    nonces = [random.getrandbits(60) for _ in drafts]
    run(
        store.append(
            [draft.id for draft in drafts],
            lambda known: recorder.plan(drafts, known),
            now_ms,
            nonces,
        )
    )


# -- cutting ---------------------------------------------------------------------------------------


@cache
def _file_system() -> RecordedVfs:
    """SQLite keeps file systems by name, for the life of the process."""
    return RecordedVfs(Disk())


def record(day: Day, folder: Path, random: Random, synchronous: str, *, lies: bool) -> Recording:
    """Run a day over a fresh recorded disk."""
    file_system = _file_system()
    file_system.disk = Disk(lies=lies)
    database = RecordedDatabase(folder / FILE, synchronous)
    recording = Recording(file_system.disk)
    recording.note(database.conn)
    database.committed = lambda: recording.note(database.conn)
    day(database, random)
    database.conn.close()
    return recording


def cut_power(
    day: Day,
    home: Path,
    cuts: int,
    seed: int,
    *,
    synchronous: str = "FULL",
    lies: bool = False,
) -> PowerReport:
    """Cut the power ``cuts`` times at random moments of a day, of as many days as it takes."""
    random, report = Random(seed), PowerReport()
    while report.cuts < cuts:
        folder = home / f"day{report.cuts}"
        folder.mkdir(parents=True)
        recording = record(day, folder, random, synchronous, lies=lies)
        report.transactions += len(recording.promised)
        digests = [digest for _at, digest in recording.promised]
        for _ in range(min(CUTS_EACH, cuts - report.cuts)):
            report.cuts += 1
            _cut_once(recording, digests, home / "image", random, report)
        rmtree(folder)
    return report


def _cut_once(
    recording: Recording,
    digests: Sequence[bytes],
    image: Path,
    random: Random,
    report: PowerReport,
) -> None:
    # Not before the schema stands: until then a store is made anew and has promised nothing.
    at = random.randint(recording.promised[1][0], recording.disk.now)
    newest = max(place for place, (done, _digest) in enumerate(recording.promised) if done <= at)
    rmtree(image, ignore_errors=True)
    image.mkdir()
    recording.disk.cut(at, random, image)
    found = _state_in(image / FILE)
    if found is None:
        report.damaged += 1
        report.examples.append(f"damaged at event {at}")
    elif found not in digests:
        report.half += 1
        report.examples.append(f"half a transaction at event {at}")
    elif max(place for place, digest in enumerate(digests) if digest == found) < newest:
        report.lost += 1
        report.examples.append(f"back at {digests.index(found)} of {newest} at event {at}")


def _state_in(path: Path) -> bytes | None:
    """What a restarted program finds; None when the database is not sound."""
    try:
        with closing(sqlite3.connect(path)) as conn:
            if conn.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return None
            return digest_of(conn)
    except sqlite3.DatabaseError:
        return None
