"""A small file that only who has the store's key can read: the terminal's Ed25519 key."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from armband.client.keyring_file import replace
from armband.client.keywrap import KEY_BYTES, cipher
from armband.shared.environment import Environment

TERMINAL_KEY_FILE = "terminal.key"
MARK = b"armband-sealed-1"
_NONCE = 12


def is_sealed(path: Path) -> bool:
    """Whether the file can only be read with the store's key."""
    return path.exists() and path.read_bytes().startswith(MARK)


def seal_terminal_key(data_dir: Path, key: bytes, environment: Environment) -> None:
    """Take the terminal's Ed25519 key out of the clear; it stays sealed from then on.

    Raises:
        OSError: the disk refuses; it is as it was.
    """
    path = data_dir / TERMINAL_KEY_FILE
    content = path.read_bytes() if path.exists() else b""
    if content and not content.startswith(MARK):
        replace(path, seal(content, key, environment))


def unseal_terminal_key(data_dir: Path, key: bytes) -> None:
    """Put the terminal's key in the clear again.

    Raises:
        ValueError: it is sealed with another key, or damaged.
        OSError: the disk refuses; it is as it was.
    """
    path = data_dir / TERMINAL_KEY_FILE
    content = path.read_bytes() if path.exists() else b""
    if content.startswith(MARK):
        replace(path, unsealed(content, key))


def seal(content: bytes, key: bytes, environment: Environment) -> bytes:
    """Bytes of a file that only who has the store's key can read."""
    nonce = environment.random_bytes(_NONCE)
    sealed: bytes = cipher(_sealing(key)).encrypt(nonce, content, MARK)
    return MARK + nonce + sealed


def unsealed(content: bytes, key: bytes) -> bytes:
    """What was sealed.

    Raises:
        ValueError: it is damaged, or sealed with another key.
    """
    from cryptography.exceptions import InvalidTag

    body = content[len(MARK) :]
    try:
        plain: bytes = cipher(_sealing(key)).decrypt(body[:_NONCE], body[_NONCE:], MARK)
    except InvalidTag:
        raise ValueError("sealed with another key") from None
    return plain


def _sealing(key: bytes) -> bytes:
    return blake2b(b"terminal.key", key=key, digest_size=KEY_BYTES).digest()
