"""The worked examples of shared/PROTOCOL.md, computed by the code that the product runs."""

from __future__ import annotations

import hmac
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from armband.shared import handshake, ids, merge, ops, wire


def worked_examples() -> dict[str, str]:
    """Name of each example to its value: hex of bytes, or text."""
    seed = bytes(range(32))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = ops.key_id_of(public)
    nonce, terminal_nonce = b"\xaa" * 32, b"\xbb" * 32
    fingerprint = sha256(b"certificate").digest()

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
    op = ops.link(ops.CHAIN_START, key_id, 1, op_wire)
    push = wire.Push(ops.CHAIN_START, 1, wire.pack_list([op_wire]))
    write = merge.Write(op_wire.hlc, op.id, key_id, 1, 0, payload.author, False, payload.patch)
    state = merge.merge(None, record, "household", [write])

    hello = wire.Hello(
        wire.PROTOCOL,
        wire.SCHEMA,
        "example 1.0",
        key_id,
        1_650_000_000_000,
        b"",
        0,
        0,
        b"",
        [],
        b"",
    )
    transcript = handshake.hello_transcript(nonce, fingerprint, hello)
    signature = key.sign(transcript)
    signed = msgspec.structs.replace(hello, signature=signature)

    code = handshake.code_from_bytes(bytes(range(10)))
    code_key = handshake.code_key(code)
    nonces = (nonce, terminal_nonce)

    def proof(side: str) -> str:
        return handshake.enrol_proof(code_key, side, fingerprint, public, nonces).hex()

    assert hmac.compare_digest(signature, key.sign(transcript)), "Ed25519 is deterministic"
    return {
        "public_key": public.hex(),
        "key_id": key_id.hex(),
        "fingerprint": fingerprint.hex(),
        "record": record.hex(),
        "payload": op_wire.payload.hex(),
        "payload_hash": op.payload_hash.hex(),
        "op_id": op.id.hex(),
        "push_frame": wire.encode(push).hex(),
        "state": merge.encode_state(state).hex(),
        "hist_1": ops.next_history(ops.CHAIN_START, op.id, op_wire.hlc).hex(),
        "set_digest": ops.set_digest([(record, 1)]).hex(),
        "hello_transcript": transcript.hex(),
        "hello_signature": signature.hex(),
        "hello_frame": wire.encode(signed).hex(),
        "code": handshake.printed_code(code),
        "invite": handshake.invite_id(code).hex(),
        "code_key": code_key.hex(),
        "proof_terminal": proof("terminal"),
        "proof_office": proof("office"),
        "subscribe_frame": wire.encode(wire.Subscribe(0, "lianhu", 1)).hex(),
    }
