"""The recovery key of an office: it opens its sealed backups, and is kept elsewhere.

The office itself holds only the public half: it seals without being able to open. While its folder
stands it opens its own backups with a secret of its own, so that the recovery key stays in the
safe.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from armband.server import certificate
from armband.server.errors import RecoveryKeyWrong
from armband.server.sealed import SECRET_BYTES, Sealing, public_key
from armband.server.store_key import store_key, write_secret
from armband.shared.handshake import ALPHABET

PUBLIC_FILE = "backup.pub"
RECOVERY_FILE = "recovery-key.txt"
_CHECK_BYTES = 3
_GROUP = 4
_TEXT = """\
Armband: recovery key of the office {code}

{key}

This key and a backup give back everything, on any machine. Without it no backup can be opened once
the office's folder is gone. Print this or keep it on a stick in the safe, away from the backups,
and delete it here. Read it with: armband-server restore BACKUP --recovery-key THIS-FILE
"""


def make_recovery_key(
    directory: Path, file: Path, code: str, random_bytes: Callable[[int], bytes]
) -> None:
    """A new recovery key, written into ``file``; backups from now on are sealed for it.

    Raises:
        StoreExists: ``file`` is there already.
        OSError: the disk refuses.
    """
    secret = random_bytes(SECRET_BYTES)
    write_secret(file, _TEXT.format(code=code, key=as_text(secret)).encode())
    part = directory / f".{PUBLIC_FILE}.part"
    part.unlink(missing_ok=True)
    write_secret(part, public_key(secret).hex().encode() + b"\n")
    part.replace(directory / PUBLIC_FILE)


def sealing_of(directory: Path, random_bytes: Callable[[int], bytes]) -> Sealing | None:
    """How the office in ``directory`` seals; None when it has no recovery key yet.

    Raises:
        RecoveryKeyWrong: the public half is damaged.
        StoreKeyWrong: the key of the store is missing.
    """
    path = directory / PUBLIC_FILE
    if not path.exists():
        return None
    try:
        recipient = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        recipient = b""
    if len(recipient) != SECRET_BYTES:
        raise RecoveryKeyWrong(
            f"{path} is damaged: armband-server recovery-key makes a new one, for new backups"
        )
    return Sealing(recipient, home_secret(directory), random_bytes)


def home_secret(directory: Path) -> bytes | None:
    """What opens the office's own backups while its folder stands: it follows the store's key, or,
    without one, from the certificate's; None when there is neither.

    Raises:
        StoreKeyWrong: the key of the store is missing.
    """
    key = store_key(directory)
    if key is not None:
        return key
    path = directory / certificate.KEY_FILE
    return path.read_bytes() if path.exists() else None


def read_recovery_key(file: Path) -> bytes:
    """The secret in a file that `make_recovery_key` has written, or that somebody has typed off.

    Raises:
        RecoveryKeyWrong: there is none in it, or it has a typing mistake.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecoveryKeyWrong(f"{file} cannot be read as a recovery key: {error}") from None
    digits = (SECRET_BYTES + _CHECK_BYTES) * 8 // 5
    for line in text.splitlines():
        plain = re.sub(r"[\s-]", "", line).upper()
        plain = plain.translate(str.maketrans("OIL", "011"))
        if len(plain) == digits and set(plain) <= set(ALPHABET):
            return _from_digits(plain, file)
    raise RecoveryKeyWrong(f"{file} holds no recovery key: a line of 14 groups of 4 characters")


def as_text(secret: bytes) -> str:
    """A secret to print and to type: 14 groups of 4 characters, with a check sum."""
    number = int.from_bytes(secret + _check(secret), "big")
    count = (SECRET_BYTES + _CHECK_BYTES) * 8 // 5
    digits = "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(count)))
    return "-".join(digits[at : at + _GROUP] for at in range(0, count, _GROUP))


def _from_digits(digits: str, file: Path) -> bytes:
    number = 0
    for digit in digits:
        number = number << 5 | ALPHABET.index(digit)
    raw = number.to_bytes(SECRET_BYTES + _CHECK_BYTES, "big")
    secret, check = raw[:SECRET_BYTES], raw[SECRET_BYTES:]
    if check != _check(secret):
        raise RecoveryKeyWrong(f"the recovery key in {file} has a typing mistake")
    return secret


def _check(secret: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=_CHECK_BYTES, person=b"armband-recover").digest()
