"""The passphrase of the board in a browser: kept as an Argon2id hash in a file of the office's."""

from __future__ import annotations

import hmac
import os
import unicodedata
from contextlib import suppress
from pathlib import Path

import msgspec

from armband.server.errors import BadRequest
from armband.shared.environment import Environment

FILE = "board-passphrase.json"
MIN_CHARACTERS = 8
MAX_CHARACTERS = 200
MEMORY_KIB, PASSES, LANES = 65_536, 3, 4
_SALT_BYTES = _HASH_BYTES = 32


class Passphrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hash, and what it was made with; bytes in hex."""

    salt: str
    memory_kib: int
    passes: int
    lanes: int
    hash: str


def hashed(
    text: str, environment: Environment, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES
) -> Passphrase:
    """The hash of a new passphrase; less memory and fewer passes are for tests alone.

    Raises:
        BadRequest: it is too short or too long.
    """
    if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
        raise BadRequest(f"a passphrase has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters")
    salt = environment.random_bytes(_SALT_BYTES).hex()
    unhashed = Passphrase(salt, memory_kib, passes, LANES, "")
    return msgspec.structs.replace(unhashed, hash=_derived(text, unhashed).hex())


def matches(passphrase: Passphrase, text: str) -> bool:
    """Whether it is the one; takes some 0.2 seconds: call it in a thread."""
    if len(text) > MAX_CHARACTERS:
        return False
    return hmac.compare_digest(_derived(text, passphrase), bytes.fromhex(passphrase.hash))


def save(directory: Path, passphrase: Passphrase) -> None:
    """Put it in the place of the one before, in one step; for the owner only.

    Raises:
        OSError: the folder cannot be written.
    """
    path = directory / FILE
    part = path.with_suffix(".part")
    with suppress(FileNotFoundError):
        part.unlink()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(passphrase))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def load(directory: Path) -> Passphrase:
    """The one in force.

    Raises:
        BadRequest: there is none, or its file is damaged.
    """
    try:
        found = msgspec.json.decode((directory / FILE).read_bytes(), type=Passphrase)
        sizes = len(bytes.fromhex(found.salt)), len(bytes.fromhex(found.hash))
    except FileNotFoundError:
        raise BadRequest(
            "the board in a browser needs a passphrase: armband-server board --set-passphrase"
        ) from None
    except (msgspec.MsgspecError, ValueError):
        sizes = (0, 0)
    if sizes != (_SALT_BYTES, _HASH_BYTES):
        raise BadRequest(
            f"{directory / FILE} is damaged: armband-server board --set-passphrase makes a new one"
        )
    return found


def _derived(text: str, made_with: Passphrase) -> bytes:
    # Imported here: it costs 40 ms, and the board in a terminal needs none.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    # An input method may leave full-width digits or a composed character: they are the same word.
    same = unicodedata.normalize("NFKC", text)
    return Argon2id(
        salt=bytes.fromhex(made_with.salt),
        length=_HASH_BYTES,
        iterations=made_with.passes,
        lanes=made_with.lanes,
        memory_cost=made_with.memory_kib,
    ).derive(same.encode())
