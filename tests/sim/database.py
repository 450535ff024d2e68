"""A store's database without threads, with a disk that takes its time, fills up, and a process
that can die.

It has the ``write``, ``read`` and ``close`` of both sides' ports. A transaction is one function,
run in one go by the side's own transaction code; a seeded pause before and after it stands for the
disk, so that other tasks come in between and a crash can fall before the commit, or after it and
before anybody knows.
"""

from __future__ import annotations

import asyncio
import enum
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from armband.client.store.connection import run_read, run_write, translated
from armband.server.store.driver import store_error, transaction

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
NO_LIMIT = 1_000_000_000
BALLAST = "CREATE TABLE ballast AS SELECT zeroblob(100000)"


class Death(enum.Enum):
    """Where in a transaction a process dies."""

    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"


@dataclass(frozen=True, slots=True)
class Side:
    """How the product of one side runs a transaction and names its errors."""

    write: Callable[[sqlite3.Connection, Work], Any]
    read: Callable[[sqlite3.Connection, Work], Any]
    translate: Callable[[sqlite3.Error, Path], Exception]


OFFICE_SIDE = Side(
    write=lambda conn, work: transaction(conn, "IMMEDIATE", work),
    read=lambda conn, work: transaction(conn, "DEFERRED", work),
    translate=lambda error, _path: store_error(error),
)
TERMINAL_SIDE = Side(write=run_write, read=run_read, translate=translated)


class SimDatabase:
    """One connection in this thread.

    Args:
        alone: no other connection opens the file meanwhile (`shown` is there for looking at it):
            SQLite then keeps its lock and its pages, which halves what a transaction costs.

    Attributes:
        dead: the process is gone; nothing that waits here goes on.
        refused: how often the disk was full when something had to be written.
    """

    def __init__(
        self,
        path: Path,
        rng: random.Random,
        delay_max_s: float = 0.02,
        side: Side | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self._path = path
        self._side = side or OFFICE_SIDE
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        if alone:
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        # A simulated crash closes the connection and keeps the page cache: fsync would only cost.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=MEMORY")
        self._rng = rng
        self._delay_max_s = delay_max_s
        self._lock = asyncio.Lock()
        self._under_way: dict[int, asyncio.Task[Any]] = {}
        self._count = 0
        self._fuse: Death | None = None
        self.died = asyncio.Event()
        self.dead = False
        self.closed = False
        self.refused = 0
        self._full = False

    @property
    def shown(self) -> sqlite3.Connection:
        """For looking at the file as it is at this moment: a transaction runs in one go, so that
        there is never a half one here."""
        return self._connection

    def prepare(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run ``work`` on the bare connection, before anything else: the schema."""
        work(self._connection)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction; once begun it ends, whatever becomes of the caller."""
        task = asyncio.ensure_future(self._write(work))
        self._count += 1
        number = self._count
        self._under_way[number] = task
        task.add_done_callback(lambda done: self._done(number, done))
        return await asyncio.shield(task)

    def _done(self, number: int, task: asyncio.Task[Any]) -> None:
        del self._under_way[number]
        if not task.cancelled():
            task.exception()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._lock:
            await self._disk(self._delay_max_s)
            self._burn(Death.BEFORE_COMMIT)
            try:
                attempt = self._onto_full_disk(work) if self._full else work
                result: T = self._side.write(self._connection, attempt)
            except sqlite3.Error as error:
                self.refused += getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
                raise self._side.translate(error, self._path) from error
            self._burn(Death.AFTER_COMMIT)
            await self._disk(self._delay_max_s / 2)
            return result

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on one moment."""
        await self._disk(self._delay_max_s / 4)
        try:
            result: T = self._side.read(self._connection, work)
        except sqlite3.Error as error:
            raise self._side.translate(error, self._path) from error
        return result

    async def _disk(self, most_s: float) -> None:
        self._alive()
        await asyncio.sleep(self._rng.uniform(0, most_s))
        self._alive()

    def _alive(self) -> None:
        if self.dead:
            # To whoever asks, as if its own process had been killed: nothing returns, nothing runs.
            raise asyncio.CancelledError("the process is gone")

    def _burn(self, point: Death) -> None:
        if self._fuse is point:
            self.kill()
            self._alive()

    # -- what goes wrong -----------------------------------------------------------------------

    def fill(self) -> None:
        """No page more fits onto the disk: SQLite itself says so from now on."""
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        self._connection.execute(f"PRAGMA max_page_count = {pages}")
        self._full = True

    def make_room(self) -> None:
        """Somebody has tidied up the disk."""
        self._connection.execute(f"PRAGMA max_page_count = {NO_LIMIT}")
        self._full = False

    def _onto_full_disk(self, work: Callable[[sqlite3.Connection], T]) -> Work:
        """A write-ahead log needs room for any change; the page limit alone forgives small ones."""

        def attempt(conn: sqlite3.Connection) -> T:
            before = conn.total_changes
            result = work(conn)
            if conn.total_changes > before:
                conn.execute(BALLAST)
            return result

        return attempt

    def die_at(self, point: Death) -> None:
        """The next transaction is the process's last."""
        self._fuse = point

    def kill(self) -> None:
        """The process dies now: what is committed stays, nothing else happens any more."""
        self.dead = True
        self.died.set()

    async def close(self) -> None:
        """Let what has begun end, then close the file."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self.closed = True
        self._connection.close()

    def __del__(self) -> None:
        # A test may simply end; Python 3.13 would complain of its connection in some other test.
        # The collector may run in any thread, hence check_same_thread above.
        self._connection.close()


@contextmanager
def opened(path: Path, database: SimDatabase | None) -> Iterator[sqlite3.Connection]:
    """The file at ``path``, for looking at it, whether its process runs or not."""
    if database is not None and not database.closed:
        yield database.shown
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        yield held
