"""A key under a PIN: Argon2id makes the key that wraps it. Pure, but for the randomness given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from armband.shared.environment import Environment

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE = 12


class Cost(NamedTuple):
    """What one guess costs."""

    memory_kib: int
    passes: int
    lanes: int


USUAL = Cost(65_536, 3, 4)
"""As RFC 9106 recommends where memory is scarce."""


class Wrapped(msgspec.Struct, frozen=True):
    """The store's key under one person's PIN; salt, nonce and box are hex."""

    salt: str
    nonce: str
    box: str
    memory_kib: int = USUAL.memory_kib
    passes: int = USUAL.passes
    lanes: int = USUAL.lanes


def wrap(
    key: bytes, pin: str, environment: Environment, person: str, cost: Cost = USUAL
) -> Wrapped:
    """The key under a PIN."""
    salt, nonce = environment.random_bytes(16), environment.random_bytes(_NONCE)
    blank = Wrapped(salt.hex(), nonce.hex(), "", *cost)
    box = cipher(_derived(pin, blank)).encrypt(nonce, key, person.encode())
    return msgspec.structs.replace(blank, box=box.hex())


def unwrap(wrapped: Wrapped, pin: str, person: str) -> bytes | None:
    """The key, or None when the PIN is another.

    Raises:
        ValueError: the ring is damaged.
    """
    from cryptography.exceptions import InvalidTag

    nonce, box = bytes.fromhex(wrapped.nonce), bytes.fromhex(wrapped.box)
    try:
        return cipher(_derived(pin, wrapped)).decrypt(nonce, box, person.encode())
    except InvalidTag:
        return None


def cipher(key: bytes) -> AESGCM:
    """What encrypts and proves with a key of `KEY_BYTES`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _derived(pin: str, wrapped: Wrapped) -> bytes:
    # Imported here: status and help need no cryptography, and it costs 40 ms.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if not 8 <= wrapped.memory_kib <= 1 << 20 or not 1 <= wrapped.passes <= 64:
        raise ValueError("cost out of bounds")
    return Argon2id(
        salt=bytes.fromhex(wrapped.salt),
        length=KEY_BYTES,
        iterations=wrapped.passes,
        lanes=wrapped.lanes,
        memory_cost=wrapped.memory_kib,
    ).derive(pin.encode())
