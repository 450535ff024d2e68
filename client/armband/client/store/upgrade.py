"""Bringing a store of an older release to this one's schema: on a copy, which is checked before it
takes the place of the old one.

At every moment one whole store stands under the name: until the swap the old one, then the new
one. The old one stays beside it under a dated name until the next start has succeeded.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from armband.client.errors import StoreDamaged, StoreFull, StoreHeld, StoreTooNew
from armband.client.i18n import _
from armband.client.store.migrations import applied, migrate, newest

_COPY = ".upgrade"
_HELPERS = ("-journal", "-wal", "-shm")
_CHAIN = "SELECT counter, id, prev, hlc, nonce, payload, state FROM ops ORDER BY counter"
_ENDS = "SELECT key_id, counter, head, cursor FROM sync"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'migrations' ORDER BY 1"


def bring_up(path: Path) -> None:
    """Replace the store at ``path`` by one of this release's schema, if it has an older one.

    The caller holds the terminal's lock.

    Raises:
        StoreTooNew: a newer release has written it.
        StoreDamaged: it is not sound, or does not come out as it went in; it stays as it is.
        StoreFull: there is no room for the copy; the store stays as it is.
        StoreHeld: somebody reads in it.
        sqlite3.Error, OSError: the disk or the file refuses; the store stays as it is.
    """
    if not path.exists() or not path.stat().st_size:
        return
    fresh = Path(f"{path}{_COPY}")
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        done = applied(old)
        if done > newest():
            raise StoreTooNew(done, newest())
        if done in (0, newest()):
            return
        _check_room(path)
        # What is in the journal goes into the file: the old store is one file from here on.
        if old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StoreHeld(_("another program is reading {file}").format(file=path), 0)
        try:
            _make_copy(old, fresh, path)
        except BaseException:
            # On a full disk it would take the room that work needs.
            _remove(fresh)
            raise
    _swap(path, fresh, done)


def kept(path: Path) -> list[Path]:
    """Stores of older releases that lie beside the one at ``path``."""
    return sorted(path.parent.glob(f"{path.name}.schema*-*"))


def _check_room(path: Path) -> None:
    wanted = 3 * sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())
    free = shutil.disk_usage(path.parent).free
    if free < wanted:
        raise StoreFull(
            _(
                "this release keeps records in a new way and needs {wanted} MB of free disk to "
                "change the store over; there are {free} MB. Nothing was changed: make room and "
                "start again"
            ).format(wanted=wanted // 1_000_000 + 1, free=free // 1_000_000)
        )


def _make_copy(old: sqlite3.Connection, fresh: Path, path: Path) -> None:
    """A checked store of this release's schema at ``fresh``, with all that ``old`` holds."""
    _remove(fresh)
    fresh.touch(mode=0o600)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        new.execute("PRAGMA synchronous = FULL")
        _assert_sound(new, path)
        before = _facts(new)
        migrate(new)
        _assert_sound(new, path)
        after = _facts(new)
    differing = sorted(name for name, fact in before.items() if after.get(name) != fact)
    if differing:
        words = _("the store did not come out of the change as it went in ({what}): report this")
        raise StoreDamaged(words.format(what=", ".join(differing)))
    _sync(fresh)


def _remove(fresh: Path) -> None:
    for part in ("", *_HELPERS):
        Path(f"{fresh}{part}").unlink(missing_ok=True)


def _assert_sound(conn: sqlite3.Connection, path: Path) -> None:
    found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreDamaged.found(path, found)


def _facts(conn: sqlite3.Connection) -> dict[str, Any]:
    """What no step of the schema may change: how much there is, and the chain of operations."""
    chain = blake2b(digest_size=16)
    for row in conn.execute(_CHAIN):
        chain.update(repr(row).encode())
    facts: dict[str, Any] = {"chain": chain.digest(), "sync": conn.execute(_ENDS).fetchall()}
    for (table,) in conn.execute(_TABLES).fetchall():
        facts[table] = conn.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()[0]
    return facts


def _swap(path: Path, fresh: Path, done: int) -> None:
    # A reader that has just come and gone may have left its helpers; they hold nothing.
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.schema{done}-{moment}")
    aside.unlink(missing_ok=True)
    try:
        os.link(path, aside)
    except OSError:
        # A file system without links: then the old one needs its room twice.
        shutil.copy2(path, aside)
        _sync(aside)
    _sync(path.parent)
    fresh.replace(path)
    _sync(path.parent)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
