"""Identifiers: 128 bits, as 16 bytes in memory and on the wire, lower-case hex for people.

A record made on a terminal gets a time-ordered id, so that an index grows at its end. A record
that comes from a register gets an id from its natural key, so that two imports of one register,
or two staff offline, make one record.
"""

from __future__ import annotations

from hashlib import blake2b

ID_BYTES = 16
NO_ID = bytes(ID_BYTES)
_NATURAL = b"armband-natural1"
_OPENED = b"armband-opened-1"


def new_record_id(now_ms: int, random_10: bytes) -> bytes:
    """A time-ordered id: 48 bits of milliseconds since 1970, then 80 random bits."""
    if len(random_10) != 10:
        raise ValueError("a record id takes 10 random bytes")
    return max(now_ms, 0).to_bytes(6, "big") + random_10


def natural_record_id(office: str, kind: str, *key: str) -> bytes:
    """The id of the record whose natural key is ``key``: the same key, the same record."""
    digest = blake2b(digest_size=ID_BYTES, person=_NATURAL)
    for part in (office, kind, *key):
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()


def opened_record_id(parent: bytes, what: str) -> bytes:
    """The id of the record that begins with ``parent``: on every terminal the same."""
    return blake2b(parent + what.encode(), digest_size=ID_BYTES, person=_OPENED).digest()


def id_from_hex(text: str) -> bytes:
    """Parse an id as printed.

    Raises:
        ValueError: it is not 32 hexadecimal digits.
    """
    raw = bytes.fromhex(text)
    if len(raw) != ID_BYTES:
        raise ValueError(f"{text!r} is no record id: 32 hexadecimal digits")
    return raw
