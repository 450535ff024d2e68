"""Unsent work in a file, for where there is no network for days: PROTOCOL.md describes it.

A magic, a version byte, then one zstd frame with the MessagePack of `Sealed`: the bytes of a
`Carried` and the terminal's signature over them. The office takes it in as it would pushes.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from armband.shared import limits
from armband.shared.errors import BadFrame
from armband.shared.ops import WireOp
from armband.shared.wire import Code, Id, Moment

MAGIC = b"armband-unsent\x00"
VERSION = 1
MAX_FILE = 32 * 1024 * 1024
"""Bytes of a file; a terminal's work of years."""
MAX_CONTENT = 128 * 1024 * 1024
"""Bytes once unpacked."""


class Run(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive operations of the terminal's chain, as in a `wire.Push`."""

    prev: Id
    counter: Annotated[int, msgspec.Meta(ge=1, le=(1 << 62) - 1)]
    ops: Annotated[list[WireOp], msgspec.Meta(min_length=1, max_length=limits.MAX_BATCH_OPS)]


class Carried(msgspec.Struct, frozen=True, array_like=True):
    """What is in the file. New fields go at the end.

    Attributes:
        office: its code.
        key_id: whose chain.
        written_ms: the terminal's clock when the file was made.
        runs: by counter.
    """

    office: Code
    key_id: Id
    written_ms: Moment
    runs: list[Run]


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """The bytes of a `Carried`, and Ed25519 over `to_sign` of them."""

    content: bytes
    signature: bytes


_encoder = msgspec.msgpack.Encoder()
_sealed = msgspec.msgpack.Decoder(Sealed)
_carried = msgspec.msgpack.Decoder(Carried)
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError)


def content_of(carried: Carried) -> bytes:
    """The bytes to sign and to seal."""
    return _encoder.encode(carried)


def to_sign(content: bytes) -> bytes:
    """What the terminal signs: nothing else that it signs begins so."""
    return b"armband-unsent-1" + content


def seal(content: bytes, signature: bytes) -> bytes:
    """The bytes of the file."""
    import zstandard  # here as in `wire`: most commands need none

    packed = zstandard.ZstdCompressor(level=9).compress(_encoder.encode(Sealed(content, signature)))
    return MAGIC + bytes([VERSION]) + packed


def unseal(raw: bytes) -> tuple[Carried, Sealed]:
    """What a file holds; its signature is still to be checked.

    Raises:
        BadFrame: it is no such file, damaged, of a newer release, or too large.
    """
    import zstandard

    if not raw.startswith(MAGIC):
        raise BadFrame("not a file of armband export-unsent")
    if raw[len(MAGIC) : len(MAGIC) + 1] != bytes([VERSION]):
        raise BadFrame("written by a newer release of armband")
    packed = raw[len(MAGIC) + 1 :]
    try:
        size = zstandard.frame_content_size(packed)
        if len(raw) > MAX_FILE or not 0 <= size <= MAX_CONTENT:
            raise BadFrame(f"too large: {size} bytes, at most {MAX_CONTENT}")
        opened = zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False)
        sealed = _sealed.decode(opened)
        return _carried.decode(sealed.content), sealed
    except (zstandard.ZstdError, *_BROKEN) as error:
        raise BadFrame(f"the file is damaged: {error}") from None
