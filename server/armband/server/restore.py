"""Putting a backup in the place of an office's store; the present one is set aside, never lost."""

from __future__ import annotations

import io
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from armband.server.account import current_actor
from armband.server.audit_log import Details, Entry
from armband.server.backup import KEY_FILES, Held, Manifest, sync, unpack, verified
from armband.server.errors import BadRequest, ServerError, StoreKeyWrong
from armband.server.model import OfficeRow
from armband.server.office.opening import STORE_FILE
from armband.server.recovery import RECOVERY_FILE, home_secret, read_recovery_key
from armband.server.sealed import is_sealed, opened
from armband.server.store.copies import bring_up_to_date, encrypt_copy, office_of, take_over
from armband.server.store_key import SETTINGS_FILE, put_key, restored_key_place, same_key, store_key

_STORE_PARTS = (STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place.

    Attributes:
        office: its row as the backup held it.
        made_ms: when the backup was made.
        set_aside: the folder with what was there before; None when nothing was.
    """

    office: OfficeRow
    made_ms: int
    set_aside: Path | None


def restore_backup(
    directory: Path, file: Path, epoch: bytes, now_ms: int, recovery: bytes | None = None
) -> Restored:
    """Put a backup in place, under a new epoch; the caller holds the folder's lock.

    It is verified again first. When this is cut off in the middle, do it again: what was there
    before lies in the folder whose name begins with ``set-aside``. The store gets the key that the
    office in the folder has; in an empty folder the key that it had.

    Args:
        recovery: the office's recovery key, for a sealed backup that comes from elsewhere.

    Raises:
        BadRequest: it is no backup, or of another office than the one in the folder.
        BackupUnsound: it is damaged; nothing was changed.
        RecoveryKeyWrong: it is sealed, and neither ``recovery`` nor the folder opens it.
        StoreExists: another key lies where that of the store has to be put.
        StoreError: of a newer release.
        OSError: the disk refuses.
    """
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=directory) as scratch:
        folder = Path(scratch)
        held = _taken_apart(directory, file, folder, recovery)
        store = folder / STORE_FILE
        bring_up_to_date(store, held.key)
        office, _found = verified(store, held.key)
        _check_office(directory, office, held.manifest)
        made: Details = {"made_ms": held.manifest.made_ms}
        subject = f"backup up to {office.seq}"
        take_over(store, epoch, Entry(now_ms, current_actor(), "restore", subject, made), held.key)
        place = restored_key_place(directory, held.key)
        if place is not None and place.key != held.key:
            _give_key(store, held.key, place.key)
        names = [name for name in (STORE_FILE, *KEY_FILES) if (folder / name).exists()]
        for name in names:
            sync(folder / name)
        set_aside = _set_aside(directory, folder, now_ms, keeps_key=same_key(directory, place))
        if place is not None:
            put_key(directory, place)
        for name in names:
            (folder / name).replace(directory / name)
    sync(directory)
    return Restored(office, held.manifest.made_ms, set_aside)


def _taken_apart(directory: Path, file: Path, folder: Path, recovery: bytes | None) -> Held:
    with file.open("rb") as raw:
        if not is_sealed(raw):
            return unpack(raw, file.name, folder)
        left = directory / RECOVERY_FILE
        if recovery is None and left.exists():
            recovery = read_recovery_key(left)
        home = None
        # Without its key a store is as good as gone: that is what a backup is for.
        with suppress(StoreKeyWrong):
            home = home_secret(directory)
        with io.BufferedReader(opened(raw, recovery, home)) as content:
            return unpack(content, file.name, folder)


def _give_key(store: Path, key: bytes | None, new_key: bytes) -> None:
    under_key = store.with_name("under-key")
    encrypt_copy(store, key, under_key, new_key)
    under_key.chmod(0o600)
    under_key.replace(store)


def _check_office(directory: Path, office: OfficeRow, manifest: Manifest) -> None:
    if manifest.office != office.code:
        raise BadRequest(f"the backup says {manifest.office!r} and holds {office.code!r}")
    present = office.code
    # A store that cannot be read any more may be any office's: it is set aside in any case.
    with suppress(ServerError):
        present = office_of(directory / STORE_FILE, store_key(directory)).code
    if present != office.code:
        raise BadRequest(f"{directory} holds the office {present!r}, the backup {office.code!r}")


def _set_aside(directory: Path, fresh: Path, now_ms: int, *, keeps_key: bool) -> Path | None:
    """Move the store with its journal, and keys that differ, into a folder of their own."""
    present = [name for name in _STORE_PARTS if (directory / name).exists()]
    present += [name for name in KEY_FILES if _differs(directory / name, fresh / name)]
    if not keeps_key and (directory / SETTINGS_FILE).exists():
        present.append(SETTINGS_FILE)
    if not present:
        return None
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    aside = directory / f"set-aside-{moment}"
    number = 1
    while aside.exists():
        number += 1
        aside = directory / f"set-aside-{moment}-{number}"
    aside.mkdir(mode=0o700)
    # The store first: what is without its journal must not be started as an office.
    for name in present:
        (directory / name).replace(aside / name)
    sync(aside)
    sync(directory)
    return aside


def _differs(present: Path, fresh: Path) -> bool:
    return present.exists() and fresh.exists() and present.read_bytes() != fresh.read_bytes()
