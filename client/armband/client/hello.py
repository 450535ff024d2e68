"""The terminal's first word: who it is and how far it has come, signed for this connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from armband.client.sync_port import SyncPoint
from armband.shared import wire
from armband.shared.handshake import hello_transcript


class Signer(Protocol):
    """The terminal's key."""

    @property
    def key_id(self) -> bytes:
        """Names the key, 16 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a session starts from.

    Attributes:
        point: what the store says of the last time.
        office: code of the office that was enrolled with.
        fingerprint: of the certificate on this connection.
        software: name and version, for the office's list.
        now_ms: this terminal's clock, for the hello.
    """

    point: SyncPoint
    office: str
    fingerprint: bytes
    software: str
    now_ms: Callable[[], int]


def signed_hello(nonce: bytes, protocol: int, opening: Opening, signer: Signer) -> wire.Hello:
    """The hello that answers a challenge with this nonce, in a protocol that both speak."""
    point = opening.point
    unsigned = wire.Hello(
        protocol=protocol,
        schema=wire.SCHEMA,
        software=opening.software,
        key_id=signer.key_id,
        now_ms=opening.now_ms(),
        epoch=point.epoch,
        cursor=point.cursor,
        witness_seq=point.witness_seq,
        witness_hist=point.witness_hist,
        scope=list(point.scope),
        signature=b"",
    )
    transcript = hello_transcript(nonce, opening.fingerprint, unsigned)
    return msgspec.structs.replace(unsigned, signature=signer.sign(transcript))
