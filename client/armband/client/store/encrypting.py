"""A store gets a key, or another one: on a copy, which is checked before it takes its place."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from armband.client.errors import StoreDamaged, StoreHeld
from armband.client.i18n import _
from armband.client.store import dbapi
from armband.client.store.checked_copy import assert_sound, check_room, facts, remove, sync

_COPY, _PLAIN = ".encrypting", ".plain"
_CHUNK = 1 << 20


def encrypt(path: Path, key: bytes) -> None:
    """Encrypt the store at ``path`` if it is plain; the caller holds the terminal's lock.

    What is left of the plain file, after a power cut too, is written over and removed. On a flash
    disk or a file system that copies on write, old blocks may outlast that.

    Raises:
        NoCipher: there is no driver for it.
        StoreDamaged: the store is not sound; it stays as it is.
        StoreFull, StoreHeld, OSError, dbapi.Error: as `upgrade.bring_up`; it stays as it is.
    """
    if dbapi.is_plain(path):
        dbapi.require_cipher()
        _encrypt(path, key)
    _wipe_left_over(path)


def _encrypt(path: Path, key: bytes) -> None:
    fresh = _copy(path, key, None)
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    plain = Path(f"{path}{_PLAIN}")
    plain.unlink(missing_ok=True)
    try:
        os.link(path, plain)
    except OSError:
        # A file system without links: then what is written over is a copy of it.
        shutil.copy2(path, plain)
    sync(path.parent)
    fresh.replace(path)
    sync(path.parent)


def copy_rekeyed(path: Path, old: bytes, key: bytes) -> Path:
    """A checked copy under another key of an encrypted store that nobody has open.

    It takes the store's place with `take_place`.

    Raises:
        NoCipher, StoreDamaged, StoreFull, StoreHeld, OSError, dbapi.Error: as `encrypt`; the store
            stays as it is.
    """
    return _copy(path, key, old)


def take_place(fresh: Path, path: Path) -> None:
    """Put a copy in the store's place; the journal was empty when it was made.

    Raises:
        OSError: the disk refuses.
    """
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    fresh.replace(path)
    sync(path.parent)


def _copy(path: Path, key: bytes, old_key: bytes | None) -> Path:
    check_room(path)
    fresh = Path(f"{path}{_COPY}")
    remove(fresh)
    with closing(dbapi.connect(path, old_key)) as old:
        if old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StoreHeld(_("another program is reading {file}").format(file=path), 0)
        # The copy gets new indexes, which would agree with a row that has rotted.
        assert_sound(old, path)
        before = facts(old)
    fresh.touch(mode=0o600)
    try:
        dbapi.copy_with_key(path, fresh, key, old_key)
        with closing(dbapi.connect(fresh, key)) as new:
            assert_sound(new, path)
            same = facts(new) == before
    except BaseException:
        remove(fresh)
        raise
    if not same or dbapi.is_plain(fresh):
        words = _("the store did not come out of the change as it went in ({what}): report this")
        raise StoreDamaged(words.format(what=_("encryption")))
    sync(fresh)
    return fresh


def _wipe_left_over(path: Path) -> None:
    """The plain file under its second name, and plain stores of older releases beside it."""
    for left in (Path(f"{path}{_PLAIN}"), *path.parent.glob(f"{path.name}.schema*-*")):
        if dbapi.is_plain(left) or left.name.endswith(_PLAIN):
            wipe(left)


def wipe(file: Path) -> None:
    """Write zeros over a file and remove it."""
    if not file.exists():
        return
    with file.open("r+b") as opened:
        left = file.stat().st_size
        while left > 0:
            left -= opened.write(bytes(min(left, _CHUNK)))
        opened.flush()
        os.fsync(opened.fileno())
    file.unlink()
