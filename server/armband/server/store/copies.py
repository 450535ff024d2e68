"""Copies of an office's store: made beside a running server, read, and made the office's own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from armband.server.audit_log import Entry
from armband.server.errors import StoreDamaged
from armband.server.model import OfficeRow
from armband.server.store import dbapi
from armband.server.store.driver import store_error, transaction
from armband.server.store.migrations import migrate
from armband.server.store.sqlite_log import append
from armband.server.store.sqlite_office import begin_again, find_office, read_office


def copy_store(source: Path, target: Path, key: dbapi.Key | None = None) -> None:
    """Copy one moment of a store into a new file; its server commits on meanwhile.

    The copy is written anew and not page by page, so that nothing of what was purged is in it. That
    of an encrypted store has the same key.

    Raises:
        StoreError: the store cannot be read, or the copy not be written.
    """
    try:
        with closing(dbapi.connect(source, key, "ro")) as conn:
            # The copy gets new indexes, which would agree with a row that has rotted.
            found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreDamaged(f"the store is damaged ({found}): no copy of it was made")
            conn.execute("PRAGMA temp_store = MEMORY")
            conn.execute("VACUUM INTO ?", (str(target),))
    except dbapi.Error as error:
        raise store_error(error) from error


def encrypt_copy(source: Path, key: dbapi.Key | None, target: Path, new_key: dbapi.Key) -> None:
    """Copy a store that nobody writes to into a new file, encrypted with ``new_key``.

    Raises:
        StoreError: the store cannot be read, or the copy not be written.
    """
    try:
        dbapi.copy_with_key(source, key, target, new_key)
    except dbapi.Error as error:
        raise store_error(error) from error


def office_of(path: Path, key: dbapi.Key | None = None) -> OfficeRow:
    """The office whose store this is, as of its newest commit.

    Raises:
        StoreError: it cannot be read.
        StoreMissing: it holds no office.
    """
    try:
        with closing(dbapi.connect(path, key, "ro")) as conn:
            return read_office(conn, find_office(conn))
    except dbapi.Error as error:
        raise store_error(error) from error


def bring_up_to_date(path: Path, key: dbapi.Key | None = None) -> None:
    """Bring a copy that an older release has made to this release's schema.

    Raises:
        StoreDamaged: it is something else, or newer than this release.
        StoreError: it cannot be read or written.
    """
    _write(path, key, migrate)


def take_over(path: Path, epoch: bytes, entry: Entry, key: dbapi.Key | None = None) -> None:
    """Make a copy the office's store: a new epoch, in which a backup holds all that is in it.

    Its audit log goes on from where the copy was made, with ``entry``.

    Raises:
        StoreError: it cannot be read or written.
    """

    def work(conn: dbapi.Connection) -> None:
        office = find_office(conn)
        begin_again(conn, office, epoch)
        append(conn, office, entry)

    _write(path, key, work)


def _write(path: Path, key: dbapi.Key | None, work: Callable[[dbapi.Connection], None]) -> None:
    try:
        with closing(dbapi.connect(path, key, "rw")) as conn:
            conn.execute("PRAGMA synchronous = FULL")
            transaction(conn, "IMMEDIATE", work)
    except dbapi.Error as error:
        raise store_error(error) from error
