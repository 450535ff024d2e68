"""The end of a revoked terminal: what makes the folder one is overwritten and removed.

Only after the office's receipts for all that was unsent, by its own word over its pinned
certificate; a terminal without contact keeps everything. A marker, on the disk before the first
file goes and removed after the last, makes the next start go on where a crash stopped.
"""

from __future__ import annotations

import os
from pathlib import Path

from armband.client import keyring, keys, lock
from armband.client.errors import NotAllowed, StoreHeld
from armband.client.i18n import _
from armband.client.model import SyncStatus
from armband.client.store.peek import peek_status
from armband.client.store.store import STORE_FILE

MARKER_FILE = "wiping"
# The keys go first: from then on nobody reads an encrypted store, whatever becomes of the rest.
# Of each also what lies beside it: halves, journals, copies of an older release, damaged ones.
_IN_ORDER = (
    keyring.RING_FILE,
    keys.KEY_FILE,
    STORE_FILE,
    keys.CERTIFICATE_FILE,
    keys.IDENTITY_FILE,
)
_BLOCK = bytes(1 << 20)


def is_finished(status: SyncStatus) -> bool:
    """Whether the office has just said that this terminal is revoked, and has all of its work."""
    return status.connected and status.revoked and status.waiting == 0


def end_of_revoked(data_dir: Path) -> NotAllowed:
    """Wipe DIR, which was closed because `is_finished`; what is then to be told.

    What was recorded between that and the closing is not thrown away: then all stays, and the next
    contact hands it over.

    Raises:
        OSError: the disk refuses; the next start goes on.
        StoreUnusable, Locked: the store cannot be looked into; nothing is wiped.
    """
    try:
        held = lock.hold(data_dir)
    except StoreHeld:
        return NotAllowed(_("the office has revoked this terminal"))
    with held:
        status = peek_status(data_dir / STORE_FILE, keys.store_key(data_dir))
        if not status.revoked or status.waiting:
            return NotAllowed(_("the office has revoked this terminal"))
        wipe(data_dir)
    return _told(data_dir)


def go_on(data_dir: Path) -> None:
    """Finish a wipe that was interrupted.

    Raises:
        NotAllowed: there was one, and now it is done.
        OSError: the disk refuses still.
        StoreHeld: another process is at it.
    """
    if not (data_dir / MARKER_FILE).exists():
        return
    with lock.hold(data_dir):
        wipe(data_dir)
    raise _told(data_dir)


def wipe(data_dir: Path) -> None:
    """Overwrite and remove what makes DIR a terminal; the caller holds its lock.

    Raises:
        OSError: the disk refuses.
    """
    marker = data_dir / MARKER_FILE
    _mark(marker)
    keyring.lock(data_dir)
    for path in _files(data_dir):
        _overwrite(path)
        path.unlink()
        # In this order also on the disk.
        _sync_folder(data_dir)
    marker.unlink(missing_ok=True)
    _sync_folder(data_dir)


def _files(data_dir: Path) -> list[Path]:
    names = sorted(path.name for path in data_dir.iterdir())
    return [
        data_dir / name
        for first in _IN_ORDER
        for name in names
        if name == first or name.startswith((f"{first}.", f"{first}-"))
    ]


def _mark(marker: Path) -> None:
    descriptor = os.open(marker, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(marker.parent)


def _overwrite(path: Path) -> None:
    with path.open("r+b", buffering=0) as file:
        left = file.seek(0, os.SEEK_END)
        file.seek(0)
        while left > 0:
            left -= file.write(_BLOCK[: min(left, len(_BLOCK))])
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _told(data_dir: Path) -> NotAllowed:
    return NotAllowed(
        _(
            "the office has revoked this terminal. It has received all that was recorded here and "
            "keeps it for review; then the records, drafts and keys in {folder} were erased. "
            "To work here again, ask the office for a new code: armband enrol CODE"
        ).format(folder=data_dir)
    )
