"""A disk that writes down all that SQLite asks of it, so that it can be unplugged afterwards.

`Disk.cut` builds what a file system may hold after the current failed at some point of that log:
everything that was synced, and of the writes since the last sync of a file any part, down to single
sectors of 512 bytes. SQLite itself runs unchanged, through apsw, over its own file system.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw

SECTOR = 512
VFS_NAME = "recorded"


@dataclass(slots=True)
class _Write:
    name: str
    offset: int
    data: bytes


@dataclass(slots=True)
class _Truncate:
    name: str
    size: int


@dataclass(slots=True)
class _Sync:
    name: str


@dataclass(slots=True)
class _Delete:
    name: str


_Event = _Write | _Truncate | _Sync | _Delete


@dataclass
class Disk:
    """The log of one folder's files.

    Attributes:
        lies: whether a sync is not written down: a disk that says "done" and is not.
    """

    events: list[_Event] = field(default_factory=list)
    lies: bool = False

    @property
    def now(self) -> int:
        """A place in the log."""
        return len(self.events)

    def cut(self, at: int, random: Random, folder: Path) -> None:
        """Write into ``folder`` what a disk may hold that lost power after ``at`` events."""
        durable: dict[str, bytearray] = {}
        pending: dict[str, list[_Write | _Truncate]] = {}
        for event in self.events[:at]:
            match event:
                case _Write() | _Truncate():
                    pending.setdefault(event.name, []).append(event)
                case _Sync():
                    content = durable.setdefault(event.name, bytearray())
                    for change in pending.pop(event.name, ()):
                        _apply(content, change)
                case _Delete():
                    durable.pop(event.name, None)
                    pending.pop(event.name, None)
        mood = random.choice((_all, _none, _some_writes, _some_sectors))
        for name in {*durable, *pending}:
            content = durable.get(name, bytearray())
            for change in pending.get(name, ()):
                mood(content, change, random)
            (folder / name).write_bytes(content)


def _apply(content: bytearray, change: _Write | _Truncate) -> None:
    if isinstance(change, _Truncate):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
        return
    end = change.offset + len(change.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.data


def _all(content: bytearray, change: _Write | _Truncate, _random: Random) -> None:
    _apply(content, change)


def _none(_content: bytearray, _change: _Write | _Truncate, _random: Random) -> None:
    """Nothing since the last sync has reached the disk."""


def _some_writes(content: bytearray, change: _Write | _Truncate, random: Random) -> None:
    if random.random() < 0.5:
        _apply(content, change)


def _some_sectors(content: bytearray, change: _Write | _Truncate, random: Random) -> None:
    if isinstance(change, _Truncate):
        _some_writes(content, change, random)
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if random.random() < 0.5:
            part = change.data[start - change.offset : stop - change.offset]
            _apply(content, _Write(change.name, start, part))
        start = stop


class RecordedVfs(apsw.VFS):
    """SQLite's own file system, with every change noted in ``disk``; register it once."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(VFS_NAME, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's name
        return _RecordedFile(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(filename, syncdir)
        self.disk.events.append(_Delete(Path(filename).name))


class _RecordedFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk = disk
        self._name = Path(filename).name if filename else ""

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        super().xWrite(data, offset)
        self._note(_Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        super().xTruncate(newsize)
        self._note(_Truncate(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        if not self._disk.lies:
            self._note(_Sync(self._name))

    def _note(self, event: _Event) -> None:
        if self._name:
            self._disk.events.append(event)


class RecordedConnection:
    """An apsw connection that answers as the few parts of ``sqlite3.Connection`` the stores use."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._conn = apsw.Connection(str(path), vfs=VFS_NAME)
        # Without shared memory, which apsw's file systems do not offer; the journal is the same.
        self.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.execute("PRAGMA journal_mode = WAL")
        self.execute(f"PRAGMA synchronous = {synchronous}")
        # Often, so that cuts fall into checkpoints too.
        self.execute("PRAGMA wal_autocheckpoint = 40")

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    def execute(self, sql: str, values: Any = ()) -> _Rows:
        return _Rows(self._conn, self._conn.execute(sql, values))

    def executemany(self, sql: str, rows: Any) -> None:
        self._conn.executemany(sql, list(rows))

    def create_function(self, name: str, arguments: int, call: Any) -> None:
        self._conn.create_scalar_function(name, call, arguments)

    def close(self) -> None:
        self._conn.close()


class _Rows:
    def __init__(self, conn: apsw.Connection, cursor: Any) -> None:
        self._conn = conn
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._conn.changes()

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        return self._cursor.fetchall()

    def __iter__(self) -> Any:
        return iter(self._cursor)


class RecordedDatabase:
    """Both stores' `Database` port over a recorded disk. ``committed`` is called after each COMMIT:
    from then on the transaction is promised."""

    def __init__(self, path: Path, synchronous: str = "FULL") -> None:
        self._path = path
        self._synchronous = synchronous
        self.conn: Any = RecordedConnection(path, synchronous)
        self.committed: Any = lambda: None

    def reopen(self) -> None:
        """As after a restart: the journal is put in order and begun anew."""
        self.conn.close()
        self.conn = RecordedConnection(self._path, self._synchronous)

    async def write(self, work: Any) -> Any:
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            result = work(self.conn)
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise
        self.committed()
        return result

    async def read(self, work: Any) -> Any:
        self.conn.execute("BEGIN")
        try:
            return work(self.conn)
        finally:
            self.conn.execute("ROLLBACK")

    async def close(self) -> None:
        self.conn.close()
