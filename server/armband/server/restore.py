"""Putting a backup in the place of an office's store; the present one is set aside, never lost."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from armband.server.backup import KEY_FILES, Manifest, sync, unpack, verified
from armband.server.errors import BadRequest, ServerError
from armband.server.model import OfficeRow
from armband.server.office.opening import STORE_FILE
from armband.server.store.copies import bring_up_to_date, office_of, take_over

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


def restore_backup(directory: Path, file: Path, epoch: bytes, now_ms: int) -> Restored:
    """Put a backup in place, under a new epoch; the caller holds the folder's lock.

    It is verified again first. When this is cut off in the middle, do it again: what was there
    before lies in the folder whose name begins with ``set-aside``.

    Raises:
        BadRequest: it is no backup, or of another office than the one in the folder.
        BackupUnsound: it is damaged; nothing was changed.
        StoreError: of a newer release.
        OSError: the disk refuses.
    """
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=directory) as scratch:
        folder = Path(scratch)
        manifest = unpack(file, folder)
        store = folder / STORE_FILE
        bring_up_to_date(store)
        office, _found = verified(store)
        _check_office(directory, office, manifest)
        take_over(store, epoch)
        names = [name for name in (STORE_FILE, *KEY_FILES) if (folder / name).exists()]
        for name in names:
            sync(folder / name)
        set_aside = _set_aside(directory, folder, now_ms)
        for name in names:
            (folder / name).replace(directory / name)
    sync(directory)
    return Restored(office, manifest.made_ms, set_aside)


def _check_office(directory: Path, office: OfficeRow, manifest: Manifest) -> None:
    if manifest.office != office.code:
        raise BadRequest(f"the backup says {manifest.office!r} and holds {office.code!r}")
    present = office.code
    # A store that cannot be read any more may be any office's: it is set aside in any case.
    with suppress(ServerError):
        present = office_of(directory / STORE_FILE).code
    if present != office.code:
        raise BadRequest(f"{directory} holds the office {present!r}, the backup {office.code!r}")


def _set_aside(directory: Path, fresh: Path, now_ms: int) -> Path | None:
    """Move the store with its journal, and keys that differ, into a folder of their own."""
    present = [name for name in _STORE_PARTS if (directory / name).exists()]
    present += [name for name in KEY_FILES if _differs(directory / name, fresh / name)]
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
