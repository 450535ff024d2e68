"""Rows as a recount reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditOp:
    """A stamped operation. ``nonce`` and ``payload`` are None once purged."""

    seq: int
    id: bytes
    prev: bytes
    key_id: bytes
    counter: int
    branch: bytes
    eff: int
    hlc: int
    suspect: int
    record: bytes
    kind: str
    payload_hash: bytes
    nonce: bytes | None
    payload: bytes | None
    hist: bytes


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A stored record."""

    id: bytes
    seq: int
    kind: str
    unit: str
    state: bytes
