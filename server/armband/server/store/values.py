"""How composite values stand in a column."""

from __future__ import annotations

import msgspec

from armband.shared.policy import Policy
from armband.shared.rollup import Metrics, Places

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_counts = msgspec.msgpack.Decoder(dict[str, int])
_policy = msgspec.msgpack.Decoder(Policy)
_scope = msgspec.json.Decoder(tuple[str, ...])


def encode_metrics(metrics: Metrics) -> bytes:
    """A cell's metrics; equal ones have equal bytes."""
    return _encoder.encode(metrics)


def decode_metrics(raw: bytes) -> Metrics:
    """The metrics in a cell."""
    return _counts.decode(raw)


def encode_places(places: Places) -> bytes:
    """Where a member is counted; equal ones have equal bytes."""
    return _encoder.encode(places)


def decode_places(raw: bytes) -> Places:
    """Where a member is counted."""
    return _counts.decode(raw)


def encode_policy(policy: Policy) -> bytes:
    """An office's settings."""
    return _encoder.encode(policy)


def decode_policy(raw: bytes) -> Policy:
    """An office's settings."""
    return _policy.decode(raw)


def encode_scope(scope: tuple[str, ...]) -> str:
    """A terminal's units, as a JSON list that an administrator can read."""
    return msgspec.json.encode(scope).decode()


def decode_scope(text: str) -> tuple[str, ...]:
    """A terminal's units."""
    return _scope.decode(text)


def nonce_bytes(nonce: int) -> bytes:
    """A nonce has 64 bits without a sign, an SQL integer 63."""
    return nonce.to_bytes(8, "big")
