"""Copies of an office's store: made beside a running server, read, and made the office's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from armband.server.errors import StoreDamaged
from armband.server.model import OfficeRow
from armband.server.store.driver import store_error, transaction
from armband.server.store.migrations import migrate
from armband.server.store.sqlite_office import begin_again, find_office, read_office


def copy_store(source: Path, target: Path) -> None:
    """Copy one moment of a store into a new file; its server commits on meanwhile.

    The copy is written anew and not page by page, so that nothing of what was purged is in it.

    Raises:
        StoreError: the store cannot be read, or the copy not be written.
    """
    try:
        with closing(_connect(source, "ro")) as conn:
            # The copy gets new indexes, which would agree with a row that has rotted.
            found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreDamaged(f"the store is damaged ({found}): no copy of it was made")
            conn.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise store_error(error) from error


def office_of(path: Path) -> OfficeRow:
    """The office whose store this is, as of its newest commit.

    Raises:
        StoreError: it cannot be read.
        StoreMissing: it holds no office.
    """
    try:
        with closing(_connect(path, "ro")) as conn:
            return read_office(conn, find_office(conn))
    except sqlite3.Error as error:
        raise store_error(error) from error


def bring_up_to_date(path: Path) -> None:
    """Bring a copy that an older release has made to this release's schema.

    Raises:
        StoreDamaged: it is something else, or newer than this release.
        StoreError: it cannot be read or written.
    """
    _write(path, migrate)


def take_over(path: Path, epoch: bytes) -> None:
    """Make a copy the office's store: a new epoch, in which a backup holds all that is in it.

    Raises:
        StoreError: it cannot be read or written.
    """
    _write(path, lambda conn: begin_again(conn, find_office(conn), epoch))


def _write(path: Path, work: Callable[[sqlite3.Connection], None]) -> None:
    try:
        with closing(_connect(path, "rw")) as conn:
            conn.execute("PRAGMA synchronous = FULL")
            transaction(conn, "IMMEDIATE", work)
    except sqlite3.Error as error:
        raise store_error(error) from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None)
