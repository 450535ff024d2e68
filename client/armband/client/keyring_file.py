"""``store.key``: the ring as a file, always replaced as a whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from armband.client.errors import StoreKeyWrong, StoreUnusable
from armband.client.i18n import _
from armband.client.keywrap import Wrapped

RING_FILE = "store.key"
STORE_FILE = "terminal.db"
VERSION = 1


class Ring(msgspec.Struct, frozen=True):
    """The content of ``store.key``.

    Attributes:
        clear: the key in hex, while nobody has a PIN; else empty.
        people: person (as typed, such as an id or a name) to the wrapped key.
        failed, failed_at_ms: wrong PINs since the last right one, and when the newest was.
    """

    version: int = VERSION
    clear: str = ""
    people: dict[str, Wrapped] = {}
    failed: int = 0
    failed_at_ms: int = 0


def has_ring(data_dir: Path) -> bool:
    """Whether DIR's store has a key."""
    return (data_dir / RING_FILE).exists()


def load(data_dir: Path) -> Ring:
    """The ring in DIR.

    Raises:
        StoreKeyWrong: it is missing or damaged.
    """
    path = data_dir / RING_FILE
    try:
        ring = msgspec.json.decode(path.read_bytes(), type=Ring)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise StoreKeyWrong.of(data_dir / STORE_FILE) from None
    if ring.version > VERSION:
        raise StoreUnusable(_("{file} is of a newer release: update armband").format(file=path))
    return ring


def save(data_dir: Path, ring: Ring) -> None:
    """Replace the ring; what the old file said is written over.

    Raises:
        OSError: the disk refuses; the old ring stays.
    """
    replace(data_dir / RING_FILE, msgspec.json.format(msgspec.json.encode(ring)) + b"\n")


def replace(path: Path, content: bytes) -> None:
    """Put a secret in the place of an older one, which is written over.

    Raises:
        OSError: the disk refuses; the old one stays.
    """
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    old = os.open(path, os.O_RDWR) if path.exists() else -1
    try:
        half.replace(path)
        _sync(path.parent)
        if old >= 0:
            with suppress(OSError):
                os.pwrite(old, bytes(os.fstat(old).st_size), 0)
                os.fsync(old)
    finally:
        if old >= 0:
            os.close(old)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
