"""A damaged terminal: what is wrong with its store, and a new store with what exists nowhere else.

Nothing is ever written into a damaged file: it is set aside under another name, and stays.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from armband.client import keys, lock
from armband.client.errors import StoreMissing, StoreUnusable
from armband.client.founding import first_identity
from armband.client.i18n import _
from armband.client.model import Identity
from armband.client.store.dbapi import is_plain
from armband.client.store.examine import Examined, examine
from armband.client.store.fresh import is_there
from armband.client.store.salvage import Salvaged, read_damaged, write_new
from armband.client.store.store import STORE_FILE
from armband.shared.environment import Environment

_PARTS = ("", "-wal")
"""The file and its journal. The index of the journal (``-shm``) holds nothing of its own."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair came to.

    Attributes:
        aside: where the damaged file lies now, if there was one.
        is_plain: that file is not encrypted.
    """

    aside: Path | None
    salvaged: Salvaged
    is_plain: bool


def look(data_dir: Path) -> Examined:
    """What is wrong with the store in DIR; not a byte of it changes.

    Raises:
        NotEnrolled: DIR is no terminal's.
        StoreHeld: another process holds it.
        StoreTooNew: a newer release has written it.
    """
    key_id = keys.load_identity(data_dir).key.key_id
    path = data_dir / STORE_FILE
    with lock.hold(data_dir):
        if not is_there(path):
            return Examined(file=(str(StoreMissing(path)),), chain=(), base=(), view=())
        return examine(path, key_id, keys.store_key(data_dir))


def repair(data_dir: Path, environment: Environment) -> Repaired:
    """Set the store in DIR aside and begin a new one with what was salvaged of it.

    Until the new one is whole, the old one stays where it is.

    Raises:
        NotEnrolled, StoreHeld, StoreUnusable: see `look`; then nothing has changed.
    """
    own = keys.load_identity(data_dir)
    with lock.hold(data_dir):
        path = data_dir / STORE_FILE
        key = keys.made_store_key(data_dir, environment)
        plain = key is None or is_plain(path)
        salvaged = read_damaged(path, own.key.key_id, key)
        identity: Identity = salvaged.identity or first_identity(own.enrolment)
        fresh = path.with_name(f"{STORE_FILE}.new")
        try:
            write_new(fresh, salvaged, own.key.key_id, identity, key)
            aside = _free_name(path, environment.now_ms())
            for part in _PARTS:
                _keep(Path(f"{path}{part}"), Path(f"{aside}{part}"))
            # The journal belongs to the old file; it must be gone before the new one is there.
            for part in ("-wal", "-shm"):
                Path(f"{path}{part}").unlink(missing_ok=True)
            fresh.replace(path)
            _sync_folder(data_dir)
        except OSError as error:
            raise StoreUnusable(
                _("{folder} cannot be used: {problem}").format(
                    folder=data_dir, problem=error.strerror
                )
            ) from None
    return Repaired(aside if aside.exists() else None, salvaged, plain)


def _free_name(path: Path, now_ms: int) -> Path:
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{moment}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{moment}-{number}")
    return aside


def _keep(part: Path, aside: Path) -> None:
    """A second name for a file, so that no moment is without it; a copy where links are unknown."""
    with suppress(FileNotFoundError):
        try:
            os.link(part, aside)
        except OSError:
            shutil.copy2(part, aside)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
