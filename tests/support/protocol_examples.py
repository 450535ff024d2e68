"""The worked examples of shared/PROTOCOL.md, computed by the code that the product runs."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from armband.shared import handshake, ids, merge, ops, wire

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = _KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
_KEY_ID = ops.key_id_of(_PUBLIC)
_NONCE, _TERMINAL_NONCE = b"\xaa" * 32, b"\xbb" * 32
_FINGERPRINT = sha256(b"certificate").digest()


def worked_examples() -> dict[str, str]:
    """Name of each example to its value: hex of bytes, or text."""
    keys = {"public_key": _PUBLIC, "key_id": _KEY_ID, "fingerprint": _FINGERPRINT}
    subscribe = wire.encode(wire.Subscribe(0, "lianhu", 1))
    raw = {**keys, **_operation(), **_hello()}
    return {
        **{name: value.hex() for name, value in raw.items()},
        **_enrolment(),
        "subscribe_frame": subscribe.hex(),
    }


def _operation() -> dict[str, bytes]:
    record = ids.natural_record_id("lianhu", "household", "lianhu/yangguang", "3-2-502")
    payload = ops.Payload(
        record,
        "household",
        "lianhu/yangguang",
        {"unit": "lianhu/yangguang", "door": "3-2-502", "people": 3},
        0,
        "王建国",
    )
    op_wire = ops.WireOp(108_134_400_000_000_000, 7, ops.encode_payload(payload))
    op = ops.link(ops.CHAIN_START, _KEY_ID, 1, op_wire)
    push = wire.Push(ops.CHAIN_START, 1, wire.pack_list([op_wire]))
    write = merge.Write(op_wire.hlc, op.id, _KEY_ID, 1, 0, payload.author, False, payload.patch)
    return {
        "record": record,
        "payload": op_wire.payload,
        "payload_hash": op.payload_hash,
        "op_id": op.id,
        "push_frame": wire.encode(push),
        "state": merge.encode_state(merge.merge(None, record, "household", [write])),
        "hist_1": ops.next_history(ops.CHAIN_START, op.id, op_wire.hlc, _KEY_ID, suspect=False),
        "set_digest": ops.set_digest([(record, 1)]),
    }


def _hello() -> dict[str, bytes]:
    unsigned = wire.Hello(
        wire.PROTOCOL,
        wire.SCHEMA,
        "example 1.0",
        _KEY_ID,
        1_650_000_000_000,
        b"",
        0,
        0,
        b"",
        [],
        b"",
    )
    transcript = handshake.hello_transcript(_NONCE, _FINGERPRINT, unsigned)
    signature = _KEY.sign(transcript)
    signed = msgspec.structs.replace(unsigned, signature=signature)
    return {
        "hello_transcript": transcript,
        "hello_signature": signature,
        "hello_frame": wire.encode(signed),
    }


def _enrolment() -> dict[str, str]:
    code = handshake.code_from_bytes(bytes(range(10)))
    key = handshake.code_key(code)

    def proof(side: str) -> str:
        nonces = (_NONCE, _TERMINAL_NONCE)
        return handshake.enrol_proof(key, side, _FINGERPRINT, _PUBLIC, nonces).hex()

    return {
        "code": handshake.printed_code(code),
        "invite": handshake.invite_id(code).hex(),
        "code_key": key.hex(),
        "proof_terminal": proof("terminal"),
        "proof_office": proof("office"),
    }
