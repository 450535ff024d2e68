"""The office's secret under which ID numbers are hashed: made once, kept in the data directory.

Without it nobody can try out numbers against the hashes. It never leaves the office: no terminal,
export or message carries it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from armband.server.errors import StoreDamaged
from armband.server.imports.values import IdHasher

KEY_FILE = "people.key"
_KEY_BYTES = 32
_HASH_BYTES = 16


def office_hasher(data_dir: Path, random_bytes: Callable[[int], bytes]) -> IdHasher:
    """A hasher under the office's secret; the first import makes the secret.

    Raises:
        StoreDamaged: the file is there and is no secret.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        _make(path, random_bytes(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise StoreDamaged(
            f"{KEY_FILE} holds {len(key)} bytes instead of {_KEY_BYTES}: put it back from a backup"
        )
    return id_hasher(key)


def id_hasher(key: bytes) -> IdHasher:
    """Keyed BLAKE2b-128 of an ID number, as hex."""

    def hashed(number: str) -> str:
        raw = number.encode()
        return blake2b(
            raw, digest_size=_HASH_BYTES, key=key, person=b"armband-idnumber"
        ).hexdigest()

    return hashed


def _make(path: Path, key: bytes) -> None:
    """Written whole beside its place, then linked: whoever is first wins, and no half is seen."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()
