"""Bringing a store of an older release to this one's schema: on a copy, which is checked before it
takes the place of the old one.

At every moment one whole store stands under the name: until the swap the old one, then the new
one. The old one stays beside it under a dated name until the next start has succeeded.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from armband.client.errors import StoreDamaged, StoreHeld, StoreKeyWrong, StoreTooNew
from armband.client.i18n import _
from armband.client.store import dbapi
from armband.client.store.checked_copy import assert_sound, check_room, facts, remove, sync
from armband.client.store.cipher_pages import key_fits
from armband.client.store.encrypting import encrypt
from armband.client.store.migrations import applied, migrate, newest

_COPY = ".upgrade"


def bring_up(path: Path, key: bytes | None = None) -> None:
    """Replace the store at ``path`` by one of this release's schema, if it has an older one.

    With ``key`` a plain store becomes an encrypted one first.

    The caller holds the terminal's lock.

    Raises:
        StoreTooNew: a newer release has written it.
        StoreDamaged: it is not sound, or does not come out as it went in; it stays as it is.
        StoreFull: there is no room for the copy; the store stays as it is.
        StoreHeld: somebody reads in it.
        dbapi.Error, OSError: the disk or the file refuses; the store stays as it is.
    """
    if key is not None:
        encrypt(path, key)
    if not path.exists() or not path.stat().st_size:
        return
    fresh = Path(f"{path}{_COPY}")
    with closing(dbapi.connect(path, key)) as old:
        done = _applied(old, path, key)
        if done > newest():
            raise StoreTooNew(done, newest())
        if done in (0, newest()):
            return
        check_room(path)
        # What is in the journal goes into the file: the old store is one file from here on.
        if old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StoreHeld(_("another program is reading {file}").format(file=path), 0)
        try:
            _make_copy(old, fresh, path, key)
        except BaseException:
            # On a full disk it would take the room that work needs.
            remove(fresh)
            raise
    _swap(path, fresh, done)


def kept(path: Path) -> list[Path]:
    """Stores of older releases that lie beside the one at ``path``."""
    return sorted(path.parent.glob(f"{path.name}.schema*-*"))


def _applied(conn: dbapi.Connection, path: Path, key: bytes | None) -> int:
    """As `applied`; a key that is another store's is told from damage."""
    try:
        return applied(conn)
    except dbapi.Error as error:
        is_strange = getattr(error, "sqlite_errorcode", 0) == dbapi.SQLITE_NOTADB
        if is_strange and key is not None and not key_fits(path, key):
            raise StoreKeyWrong.of(path) from None
        raise


def _make_copy(old: dbapi.Connection, fresh: Path, path: Path, key: bytes | None) -> None:
    """A checked store of this release's schema at ``fresh``, with all that ``old`` holds."""
    remove(fresh)
    fresh.touch(mode=0o600)
    with closing(dbapi.connect(fresh, key)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        new.execute("PRAGMA synchronous = FULL")
        assert_sound(new, path)
        before = facts(new)
        migrate(new)
        assert_sound(new, path)
        after = facts(new)
    differing = sorted(name for name, fact in before.items() if after.get(name) != fact)
    if differing:
        words = _("the store did not come out of the change as it went in ({what}): report this")
        raise StoreDamaged(words.format(what=", ".join(differing)))
    sync(fresh)


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
        sync(aside)
    sync(path.parent)
    fresh.replace(path)
    sync(path.parent)
