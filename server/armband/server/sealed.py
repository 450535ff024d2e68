"""A sealed file: what is written into it can be read with the recovery key, or at home.

``MAGIC``, the length of the header (4 bytes, big-endian), the header (`Header` as JSON), then
chunks of `CHUNK_BYTES` (the last one shorter), each AES-256-GCM with its 16-byte tag. The nonce of
a chunk is its number and whether it is the last (STREAM): none can be left out, moved or cut off
unnoticed. The key is random for each file; the header holds it wrapped for the office's recovery
key (X25519) and, where there is one, for a secret that stays with the office. The chunks' key also
depends on the header. Memory: one chunk, whatever the size of the file.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from armband.server.errors import BackupUnsound, RecoveryKeyWrong

MAGIC = b"ARMBAND SEALED 1\n"
CHUNK_BYTES = 256 * 1024
TAG_BYTES = 16
HEADER_MAX_BYTES = 4096
SECRET_BYTES = 32
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
_ONCE = b"\0" * 12
"""The nonce where a key encrypts one thing only."""


class Header(msgspec.Struct, frozen=True):
    """What stands in the open.

    Attributes:
        recipient: the public recovery key.
        ephemeral: the public key of this file's exchange with it.
        recovery: the file's key, wrapped for the recovery key.
        home: the same, wrapped for the office's own secret; empty when it has none.
    """

    recipient: bytes
    ephemeral: bytes
    recovery: bytes
    home: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A new file's header and key."""

    header: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Sealing:
    """How an office seals: for whom, and with what randomness.

    Attributes:
        recipient: its public recovery key.
        home: a secret that stays with the office; None when it has none.
    """

    recipient: bytes
    home: bytes | None
    random_bytes: Callable[[int], bytes]

    def seal(self) -> Seal:
        """A key for one file."""
        key, ephemeral = self.random_bytes(SECRET_BYTES), self.random_bytes(SECRET_BYTES)
        shared = _exchanged(ephemeral, self.recipient)
        public = public_key(ephemeral)
        header = Header(
            self.recipient,
            public,
            _wrapped(_derived(shared, b"recovery" + public + self.recipient), key),
            b"" if self.home is None else _wrapped(_derived(self.home, b"home" + public), key),
        )
        return Seal(msgspec.json.encode(header), key)


def public_key(secret: bytes) -> bytes:
    """The public half of an X25519 secret; both have 32 bytes."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(*_RAW)


def is_sealed(raw: BinaryIO) -> bool:
    """Whether a file begins as a sealed one does; leaves it at its beginning."""
    raw.seek(0)
    found = raw.read(len(MAGIC)) == MAGIC
    raw.seek(0)
    return found


def opened(raw: BinaryIO, recovery: bytes | None, home: bytes | None) -> SealedReader:
    """What is in a sealed file.

    Args:
        recovery: the secret recovery key.
        home: the secret of the office that made it.

    Raises:
        RecoveryKeyWrong: neither opens it.
        BackupUnsound: it is cut off, or its header is damaged.
    """
    encoded = _read_header(raw)
    try:
        header = msgspec.json.decode(encoded, type=Header)
        key = _unwrapped(header, recovery, home)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        raise BackupUnsound("the head of the sealed file is damaged") from None
    return SealedReader(raw, Seal(encoded, key))


def _read_header(raw: BinaryIO) -> bytes:
    raw.seek(len(MAGIC))
    size = int.from_bytes(raw.read(4), "big")
    encoded = raw.read(size) if size <= HEADER_MAX_BYTES else b""
    if not encoded or len(encoded) != size:
        raise BackupUnsound("the head of the sealed file is damaged or cut off")
    return encoded


def _unwrapped(header: Header, recovery: bytes | None, home: bytes | None) -> bytes:
    if home is not None and header.home:
        try:
            return AESGCM(_derived(home, b"home" + header.ephemeral)).decrypt(
                _ONCE, header.home, None
            )
        except InvalidTag:
            pass
    if recovery is None:
        raise RecoveryKeyWrong(
            "the backup is sealed: name the office's recovery key with --recovery-key FILE"
        )
    if public_key(recovery) != header.recipient:
        raise RecoveryKeyWrong("the backup was sealed for another recovery key than this one")
    shared = _exchanged(recovery, header.ephemeral)
    wrapping = _derived(shared, b"recovery" + header.ephemeral + header.recipient)
    try:
        return AESGCM(wrapping).decrypt(_ONCE, header.recovery, None)
    except InvalidTag:
        raise BackupUnsound("the head of the sealed file is damaged") from None


def _exchanged(secret: bytes, public: bytes) -> bytes:
    mine = X25519PrivateKey.from_private_bytes(secret)
    return mine.exchange(X25519PublicKey.from_public_bytes(public))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    info = b"armband-sealed-1 " + purpose
    return HKDF(hashes.SHA256(), SECRET_BYTES, salt=None, info=info).derive(secret)


def _wrapped(key: bytes, content: bytes) -> bytes:
    return AESGCM(key).encrypt(_ONCE, content, None)


def _chunk_cipher(seal: Seal) -> AESGCM:
    return AESGCM(_derived(seal.key, b"chunks" + seal.header))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals what is written; closing it ends the file, leaving a block by an error does not."""

    def __init__(self, raw: BinaryIO, seal: Seal) -> None:
        self._raw = raw
        self._cipher = _chunk_cipher(seal)
        self._number = 0
        self._held = bytearray()
        raw.write(MAGIC + len(seal.header).to_bytes(4, "big") + seal.header)

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override] # any buffer
        """Take it all."""
        self._held += data
        # One chunk stays behind: only the end says which is the last.
        while len(self._held) > CHUNK_BYTES:
            self._put(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk; without it the file counts as cut off."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._raw.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """What is in a sealed file, from any place. Every byte that it gives has been verified.

    Raises:
        BackupUnsound: when it is made: the file is cut off. When it is read: it is damaged.
    """

    def __init__(self, raw: BinaryIO, seal: Seal) -> None:
        self._raw = raw
        self._cipher = _chunk_cipher(seal)
        self._start = len(MAGIC) + 4 + len(seal.header)
        sealed_bytes = raw.seek(0, os.SEEK_END) - self._start
        self._count = max(1, -(-sealed_bytes // (CHUNK_BYTES + TAG_BYTES)))
        self._size = sealed_bytes - self._count * TAG_BYTES
        self._place = 0
        self._loaded = -1
        self._chunk = b""
        # That the last chunk is the last one says that nothing was cut off.
        self._load(self._count - 1)

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """See `io.IOBase.seek`."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(22, "a place before the beginning")
        self._place = base + offset
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # what it gets
        """See `io.RawIOBase.readinto`."""
        if self._place >= self._size:
            return 0
        number, offset = divmod(self._place, CHUNK_BYTES)
        self._load(number)
        part = self._chunk[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _load(self, number: int) -> None:
        if number == self._loaded:
            return
        self._raw.seek(self._start + number * (CHUNK_BYTES + TAG_BYTES))
        sealed = self._raw.read(CHUNK_BYTES + TAG_BYTES)
        try:
            last = number == self._count - 1
            self._chunk = self._cipher.decrypt(_nonce(number, last=last), sealed, None)
        except (InvalidTag, ValueError):
            raise BackupUnsound("the sealed file is damaged or cut off") from None
        self._loaded = number
