"""Giving an office that stands a key: on a copy, which takes the store's place once it is sound."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from armband.server.backup import sync, verified
from armband.server.errors import BackupUnsound, StoreExists, StoreLocked
from armband.server.model import OfficeRow
from armband.server.office.opening import STORE_FILE
from armband.server.store.copies import bring_up_to_date, encrypt_copy, office_of
from armband.server.store.dbapi import is_plain
from armband.server.store_key import KeyPlace, use_key


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What was encrypted; ``counts`` is what is in it, by name."""

    office: OfficeRow
    counts: dict[str, int]


def encrypt_store(directory: Path, place: KeyPlace) -> Encrypted:
    """Encrypt the store in ``directory``; the caller holds the folder's lock.

    The plain file is deleted, not overwritten: on most disks nobody can say where its bytes are.
    When this is cut off, the plain store still works: do it again.

    Raises:
        StoreExists: it is encrypted already.
        StoreLocked: something else has the store open.
        BackupUnsound: the store is damaged; nothing was changed.
        StoreError: it cannot be read.
        OSError: the disk refuses.
    """
    store = directory / STORE_FILE
    if not is_plain(store):
        raise StoreExists(f"{store} is encrypted already")
    # It closes the store as its only user, which brings the whole journal into the file.
    bring_up_to_date(store)
    if any((directory / f"{STORE_FILE}{end}").exists() for end in ("-wal", "-shm")):
        raise StoreLocked(f"{store} is open in another program: close that, and try again")
    with tempfile.TemporaryDirectory(prefix=".encrypt-", dir=directory) as scratch:
        copy = Path(scratch) / STORE_FILE
        encrypt_copy(store, None, copy, place.key)
        office, found = verified(copy, place.key)
        if office != office_of(store):
            raise BackupUnsound("the encrypted copy is not what the store holds")
        copy.chmod(0o600)
        sync(copy)
        # The settings first: a plain store is opened as such whatever they say.
        use_key(directory, place)
        copy.replace(store)
    sync(directory)
    return Encrypted(office, found.counts)
