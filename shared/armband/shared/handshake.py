"""The handshake's proofs, as bytes to sign or to authenticate. Keys and sockets are elsewhere.

Enrolment: the code is 80 secret bits. Both sides derive a key from it and prove to know it over the
certificate that the terminal saw, the terminal's key and both nonces, so that somebody between them
can neither enrol nor pose as the office.
"""

from __future__ import annotations

import hmac
from hashlib import blake2b

from armband.shared.wire import Hello

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U (https://www.crockford.com/base32.html)."""
CODE_LETTERS = 16
CODE_BYTES = 10
_READ_AS = str.maketrans("ILO", "110")


def code_from_bytes(secret: bytes) -> str:
    """The enrolment code of 10 random bytes: 16 letters."""
    if len(secret) != CODE_BYTES:
        raise ValueError("an enrolment code takes 10 random bytes")
    number = int.from_bytes(secret, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


def normal_code(typed: str) -> str:
    """A code as somebody typed it, in its one form: upper case, no blanks or dashes, O as 0.

    Raises:
        ValueError: it is not 16 letters of the alphabet.
    """
    code = typed.upper().replace("-", "").replace(" ", "").translate(_READ_AS)
    if len(code) != CODE_LETTERS or any(letter not in ALPHABET for letter in code):
        raise ValueError(f"an enrolment code has {CODE_LETTERS} letters and digits")
    return code


def printed_code(code: str) -> str:
    """A code in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def invite_id(code: str) -> bytes:
    """What names an invitation on the wire and at the office: 8 bytes that do not show the code."""
    return blake2b(code.encode(), digest_size=8, person=b"armband-invite-1").digest()


def code_key(code: str) -> bytes:
    """The key that both sides derive from a code; the office keeps this and not the code."""
    return blake2b(code.encode(), digest_size=32, person=b"armband-enrol-1").digest()


def enrol_proof(
    key: bytes, side: str, fingerprint: bytes, public_key: bytes, nonces: tuple[bytes, bytes]
) -> bytes:
    """What ``side`` ("terminal" or "office") shows for knowing the code.

    Args:
        key: of `code_key`.
        fingerprint: SHA-256 of the office's certificate in DER, as this side has it.
        public_key: the terminal's Ed25519 key, 32 bytes.
        nonces: the office's (of the challenge), then the terminal's (of the enrol).
    """
    parts = (side.encode(), fingerprint, public_key, *nonces)
    message = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hmac.digest(key, b"armband-enrol-1" + message, "sha256")


def same(first: bytes, second: bytes) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(first, second)


def hello_transcript(nonce: bytes, fingerprint: bytes, hello: Hello) -> bytes:
    """What a terminal signs: this challenge, this certificate, this hello."""
    parts = (
        nonce,
        fingerprint,
        hello.key_id,
        hello.protocol.to_bytes(4, "big"),
        hello.cursor.to_bytes(8, "big"),
        hello.epoch,
        hello.witness_seq.to_bytes(8, "big"),
        hello.witness_hist,
        "\n".join(hello.scope).encode(),
    )
    return b"armband-hello-1" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
