"""The token of a script, as text: ``armband1.ID.SECRET.FINGERPRINT``, each part in base64url.

The text carries the fingerprint of the office's certificate, so that a script can pin it without a
file beside the token. The office keeps only a hash of the secret.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import blake2b

ID_BYTES = 8
SECRET_BYTES = 24
FINGERPRINT_BYTES = 32
_PREFIX = "armband1"
_SIZES = (ID_BYTES, SECRET_BYTES, FINGERPRINT_BYTES)


@dataclass(frozen=True, slots=True)
class Token:
    """A token's parts.

    Attributes:
        id: names the token at the office, 8 bytes.
        secret: proves that its holder has it, 24 bytes.
        fingerprint: SHA-256 of the office's certificate in DER.
    """

    id: bytes
    secret: bytes
    fingerprint: bytes


def token_text(token: Token) -> str:
    """The token as people copy it: one word of letters, digits, ``-``, ``_`` and ``.``."""
    parts = (token.id, token.secret, token.fingerprint)
    if tuple(len(part) for part in parts) != _SIZES:
        raise ValueError(f"a token's parts have {_SIZES} bytes")
    return ".".join((_PREFIX, *(_encoded(part) for part in parts)))


def parse_token(text: str) -> Token:
    """The parts of a token as text.

    Raises:
        ValueError: it is no token; the message says what one looks like and never repeats it.
    """
    prefix, *words = text.strip().split(".")
    if prefix != _PREFIX or len(words) != len(_SIZES):
        raise ValueError(f"a token has the form {_PREFIX}.ID.SECRET.FINGERPRINT")
    parts = [_decoded(word) for word in words]
    if tuple(len(part) for part in parts) != _SIZES:
        raise ValueError("the token is cut short or mistyped")
    return Token(*parts)


def secret_hash(secret: bytes) -> bytes:
    """What the office keeps of a secret. It is 192 random bits: no slow hash is needed."""
    return blake2b(secret, digest_size=32, person=b"armband-token-1").digest()


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _decoded(word: str) -> bytes:
    try:
        return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the token is cut short or mistyped") from None
