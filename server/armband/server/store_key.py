"""The key of an encrypted store: where it lies, and that it is the right one.

`SETTINGS_FILE` in the office's folder names the key's file and says which key it is. It is no
secret; the key's file is, and is best kept elsewhere than the folder: a key beside the store helps
only against somebody who gets the store alone.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from armband.server.errors import StoreExists, StoreKeyWrong
from armband.server.store.dbapi import KEY_BYTES

SETTINGS_FILE = "store.json"
DEFAULT_KEY_FILE = "store.key"
KEY_VARIABLE = "ARMBAND_SERVER_KEY_FILE"
"""Where the key lies for this run; ``--key-file`` sets it. It goes before the settings."""
_ID_BYTES = 8


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `SETTINGS_FILE` holds.

    Attributes:
        key_file: path of the key; a bare name lies in the office's folder.
        key_id: hex digits that tell a wrong key from a damaged store; they do not tell the key.
    """

    key_file: str
    key_id: str


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A key and where it lies."""

    path: Path
    key: bytes


def store_key(directory: Path) -> bytes | None:
    """The key of the store in ``directory``; None when it has none.

    Raises:
        StoreKeyWrong: it cannot be read, or is another store's.
    """
    settings = read_settings(directory)
    if settings is None:
        return None
    path = key_path(directory, settings)
    key = read_key(path)
    if key_id(key) != settings.key_id:
        raise StoreKeyWrong(
            f"{path} is not the key of the store in {directory}: name the right one with "
            "--key-file, or restore a backup with its recovery key"
        )
    return key


def read_settings(directory: Path) -> Settings | None:
    """What the folder says of its store's key; None when the store has none.

    Raises:
        StoreKeyWrong: the file holds something else.
    """
    path = directory / SETTINGS_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise StoreKeyWrong(
            f'{path} does not say where the key of the store is: {{"key_file": PATH, "key_id": ID}}'
        ) from None


def key_path(directory: Path, settings: Settings | None) -> Path:
    """Where the key of the store in ``directory`` lies, or shall lie."""
    named = os.environ.get(KEY_VARIABLE) or (settings.key_file if settings else DEFAULT_KEY_FILE)
    return Path(named) if os.environ.get(KEY_VARIABLE) else directory / named


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        StoreKeyWrong: it cannot be read, or is no key.
    """
    try:
        key = path.read_bytes()
    except OSError as error:
        raise StoreKeyWrong(
            f"the key of the store cannot be read ({path}: {error.strerror}): name it with "
            "--key-file, or restore a backup with its recovery key"
        ) from None
    if len(key) != KEY_BYTES:
        raise StoreKeyWrong(f"{path} holds {len(key)} bytes; a store's key has {KEY_BYTES}")
    return key


def make_or_read_key(path: Path, random: bytes) -> bytes:
    """The key in ``path``, where ``random`` is put when nothing is there.

    Raises:
        StoreKeyWrong: what is there is no key.
        OSError: the disk refuses.
    """
    if path.exists():
        return read_key(path)
    write_secret(path, random)
    return random


def use_key(directory: Path, place: KeyPlace) -> None:
    """Note in ``directory`` that its store has this key."""
    inside = place.path.parent.resolve() == directory.resolve()
    named = place.path.name if inside else str(place.path.absolute())
    settings = Settings(named, key_id(place.key))
    part = directory / f".{SETTINGS_FILE}.part"
    part.unlink(missing_ok=True)
    write_secret(part, msgspec.json.format(msgspec.json.encode(settings)) + b"\n")
    part.replace(directory / SETTINGS_FILE)


def restored_key_place(directory: Path, held: bytes | None) -> KeyPlace | None:
    """Under which key a restored store shall stand in ``directory``; None: under none.

    Args:
        held: the key that the backup holds.

    Raises:
        StoreExists: another key lies where this one has to be put.
    """
    settings = None
    with suppress(StoreKeyWrong):
        settings = read_settings(directory)
        present = store_key(directory)
        if present is not None:
            return KeyPlace(key_path(directory, settings), present)
    if held is None:
        return None
    path = key_path(directory, settings)
    if not path.exists():
        return KeyPlace(path, held)
    there = read_key(path)
    if there != held and settings is not None:
        raise StoreExists(
            f"{path} is the key of some other store: say with --key-file where to put this one's"
        )
    return KeyPlace(path, there)


def put_key(directory: Path, place: KeyPlace) -> None:
    """See that a key lies in its place and that ``directory`` names it."""
    make_or_read_key(place.path, place.key)
    use_key(directory, place)


def same_key(directory: Path, place: KeyPlace | None) -> bool:
    """Whether ``directory`` names this key already; None: whether it names none."""
    with suppress(StoreKeyWrong):
        settings = read_settings(directory)
        named = settings.key_id if settings is not None else None
        return named == (key_id(place.key) if place is not None else None)
    return False


def key_id(key: bytes) -> str:
    """What is said of a key in the open."""
    return hashlib.blake2b(key, digest_size=_ID_BYTES, person=b"armband-store").hexdigest()


def write_secret(path: Path, content: bytes) -> None:
    """A new file, readable for its owner only, on the disk when this returns.

    Raises:
        StoreExists: there is one already.
        OSError: the disk refuses.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StoreExists(f"{path} is there already") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
