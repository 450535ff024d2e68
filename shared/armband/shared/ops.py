"""Operations: every change, as an immutable link of its terminal's chain.

The id of an operation is its content: BLAKE2b-128 over the predecessor's id, the key id, the
counter, the stamp, the payload's hash and a nonce. A receiver computes it and never believes one,
and drops repeats by id alone. A cloned or restored terminal file therefore makes a second branch of
the chain, never a silent overwrite.

The nonce also salts the payload's hash: once a payload is purged, a short value such as a
temperature cannot be guessed from what remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated

import msgspec

from armband.shared import limits
from armband.shared.fields import Patch, Value
from armband.shared.hlc import MAX_STAMP
from armband.shared.ids import ID_BYTES, NO_ID

MAX_AUTHOR = 60


class Payload(msgspec.Struct, frozen=True, array_like=True):
    """What an operation says. New fields go at the end.

    Attributes:
        record, kind: which record it changes.
        unit: the unit in which the author works on it; permission is asked for there.
        patch: field name to new value. The first operation of a record sets ``unit``.
        seen: the version of the record that the author had seen (`merge.State.stamp`; 0 for none).
        author: who did it, as the office knows them.
        mends: the id of the refused operation that this one replaces, or empty.
    """

    record: bytes
    kind: str
    unit: str
    patch: Patch
    seen: int
    author: str
    mends: bytes = b""


class WireOp(msgspec.Struct, frozen=True, array_like=True):
    """An operation as it travels in a batch: id, predecessor, key and counter follow from it.

    ``payload`` is an encoded `Payload`; hashing the very bytes that travelled leaves no room for
    two encodings of one thing.
    """

    hlc: Annotated[int, msgspec.Meta(ge=0, le=MAX_STAMP)]
    nonce: Annotated[int, msgspec.Meta(ge=0)]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Op:
    """An operation in its place in a chain. ``body`` is None when the payload does not decode."""

    id: bytes
    prev: bytes
    key_id: bytes
    counter: int
    wire: WireOp
    payload_hash: bytes
    body: Payload | None
    problem: str = ""


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_payload_decoder = msgspec.msgpack.Decoder(Payload)


def encode_payload(payload: Payload) -> bytes:
    """The bytes of a payload, keys in order."""
    return _encoder.encode(payload)


def decode_payload(raw: bytes) -> Payload:
    """The payload in ``raw``.

    Raises:
        ValueError: it is not one, or breaks a limit; the text says how.
    """
    if len(raw) > limits.MAX_PAYLOAD:
        raise ValueError(f"payload of {len(raw)} bytes, at most {limits.MAX_PAYLOAD}")
    try:
        payload = _payload_decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"payload does not decode: {error}") from None
    if len(payload.record) != ID_BYTES:
        raise ValueError("record id is not 16 bytes")
    if len(payload.patch) > limits.MAX_FIELDS:
        raise ValueError(f"{len(payload.patch)} fields, at most {limits.MAX_FIELDS}")
    if len(payload.author) > MAX_AUTHOR:
        raise ValueError(f"author of {len(payload.author)} characters, at most {MAX_AUTHOR}")
    for name, value in payload.patch.items():
        _check_size(name, value)
    return payload


def _check_size(name: str, value: Value) -> None:
    if isinstance(value, str) and len(value) > limits.MAX_TEXT:
        raise ValueError(f"{name} of {len(value)} characters, at most {limits.MAX_TEXT}")
    if isinstance(value, list) and len(value) > limits.MAX_LIST:
        raise ValueError(f"{name} of {len(value)} items, at most {limits.MAX_LIST}")


def key_id_of(public_key: bytes) -> bytes:
    """The id of a signing key: BLAKE2b-128 of its public half."""
    return blake2b(public_key, digest_size=ID_BYTES, person=b"armband-key-id-1").digest()


def payload_hash_of(wire: WireOp) -> bytes:
    """The payload's hash, salted with the nonce."""
    salt = wire.nonce.to_bytes(8, "big")
    return blake2b(wire.payload, digest_size=ID_BYTES, salt=salt).digest()


def op_id_of(prev: bytes, key_id: bytes, counter: int, wire: WireOp, payload_hash: bytes) -> bytes:
    """The content id of an operation."""
    parts = (
        prev,
        key_id,
        counter.to_bytes(8, "big"),
        wire.hlc.to_bytes(8, "big"),
        payload_hash,
        wire.nonce.to_bytes(8, "big"),
    )
    return blake2b(b"".join(parts), digest_size=ID_BYTES, person=b"armband-op-id-1").digest()


def link(prev: bytes, key_id: bytes, counter: int, wire: WireOp) -> Op:
    """Put one travelled operation into its place: ids computed, payload decoded or the problem."""
    payload_hash = payload_hash_of(wire)
    op_id = op_id_of(prev, key_id, counter, wire, payload_hash)
    try:
        body = decode_payload(wire.payload)
    except ValueError as error:
        return Op(op_id, prev, key_id, counter, wire, payload_hash, None, str(error))
    return Op(op_id, prev, key_id, counter, wire, payload_hash, body)


def link_all(prev: bytes, key_id: bytes, counter: int, wires: Iterable[WireOp]) -> list[Op]:
    """Link consecutive operations of one chain; ``counter`` is the first one's."""
    linked: list[Op] = []
    for offset, wire in enumerate(wires):
        op = link(prev, key_id, counter + offset, wire)
        linked.append(op)
        prev = op.id
    return linked


def next_history(history: bytes, op_id: bytes, eff: int, branch: bytes, *, suspect: bool) -> bytes:
    """One step of the office's chain: ``hist_n = H(hist_{n-1}, id, eff, branch, suspect)``.

    It covers all that the office has decided about an operation, so that equal histories mean equal
    records, to the byte: the same operations can land with the same stamps after a restore, and
    still on another branch, or from a clock that is doubted now.
    """
    digest = blake2b(history, digest_size=ID_BYTES, person=b"armband-hist-1")
    digest.update(op_id)
    digest.update(eff.to_bytes(8, "big"))
    digest.update(branch)
    digest.update(bytes([suspect]))
    return digest.digest()


def set_digest(rows: Sequence[tuple[bytes, int]]) -> bytes:
    """The digest of a set of ``(record id, seq)``: exclusive or, so disjoint sets just join."""
    total = 0
    for record, seq in rows:
        raw = blake2b(record + seq.to_bytes(8, "big"), digest_size=ID_BYTES).digest()
        total ^= int.from_bytes(raw, "big")
    return total.to_bytes(ID_BYTES, "big")


def join_digests(first: bytes, second: bytes) -> bytes:
    """The digest of the symmetric difference of two sets: of their union when they are disjoint."""
    joined = int.from_bytes(first, "big") ^ int.from_bytes(second, "big")
    return joined.to_bytes(ID_BYTES, "big")


CHAIN_START = NO_ID
"""The predecessor of a chain's first operation, and the office's history before its first."""
