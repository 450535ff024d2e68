"""A small terminal of the tests: signs, pushes, and notes every message that it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from armband.shared import hlc, ids, wire
from armband.shared.fields import Patch, Value
from armband.shared.handshake import hello_transcript
from armband.shared.ops import CHAIN_START, Payload, WireOp, encode_payload, key_id_of, link
from armband.shared.transport import Transport, TransportClosed
from support.waiting import within

M = TypeVar("M", bound=wire.Message)


@dataclass
class Key:
    """A terminal's key and its chain."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    counter: int = 0
    prev: bytes = CHAIN_START
    stamp: int = 0

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return key_id_of(self.public)

    def op(
        self,
        now_ms: int,
        record: bytes,
        kind: str,
        unit: str,
        patch: Patch,
        seen: int = 0,
    ) -> WireOp:
        """The next operation of the chain."""
        self.stamp = hlc.tick(self.stamp, now_ms)
        self.counter += 1
        payload = encode_payload(Payload(record, kind, unit, patch, seen, "tester"))
        op = WireOp(self.stamp, self.counter * 7919, payload)
        self.prev = link(self.prev, self.id, self.counter, op).id
        return op


def check_patch(unit: str, at_ms: int, day: str, **more: Value) -> Patch:
    """A check's fields."""
    patch: Patch = {
        "unit": unit,
        "code": "green",
        "decision": "passed",
        "at": at_ms,
        "day": day,
        "temp_tenths": 365,
    }
    patch.update(more)
    return patch


def record_id(number: int) -> bytes:
    """A record id that differs by its number."""
    return ids.new_record_id(1_000_000 + number, number.to_bytes(10, "big"))


class Peer:
    """One connection of a terminal or a script.

    Attributes:
        seen, frames: all messages that came, in order, and their bytes.
        sent: all frames that went out.
    """

    def __init__(self, transport: Transport, key: Key | None = None) -> None:
        self.transport = transport
        self.key = key or Key()
        self.seen: list[wire.FromOffice] = []
        self.frames: list[bytes] = []
        self.sent: list[bytes] = []
        self._taken: dict[type, int] = {}
        self._floor = 0

    async def read(self) -> wire.FromOffice:
        """The next message; feeds are applied as a terminal would."""
        frame = await self.transport.receive()
        self.frames.append(frame)
        message = wire.decode_from_office(frame)
        self.seen.append(message)
        return message

    async def next(self, kind: type[M], timeout_s: float = 5.0) -> M:
        """The next message of a kind that was not taken yet; others wait to be asked for."""

        async def search() -> M:
            while True:
                for index in range(max(self._floor, self._taken.get(kind, 0)), len(self.seen)):
                    message = self.seen[index]
                    self._taken[kind] = index + 1
                    if isinstance(message, kind):
                        return message
                await self.read()

        return await within(search(), f"a {kind.__name__}", timeout_s)

    def skip(self) -> None:
        """Take everything that has been read so far."""
        self._floor = len(self.seen)

    async def closed(self, timeout_s: float = 5.0) -> TransportClosed:
        """Read on until the office closes."""

        async def search() -> TransportClosed:
            while True:
                try:
                    await self.read()
                except TransportClosed as error:
                    return error

        return await within(search(), "the office closes", timeout_s)

    async def send(self, message: wire.FromTerminal) -> None:
        self.sent.append(wire.encode(message))
        await self.transport.send(self.sent[-1])

    async def hello(
        self,
        now_ms: int,
        *,
        epoch: bytes = b"",
        cursor: int = 0,
        witness: tuple[int, bytes] = (0, b""),
        scope: Sequence[str] = (),
        protocol: int = wire.PROTOCOL,
        signer: Key | None = None,
    ) -> None:
        """Answer the challenge with a signed hello."""
        challenge = await self.next(wire.Challenge)
        unsigned = wire.Hello(
            protocol, wire.SCHEMA, "test", self.key.id, now_ms, epoch, cursor, *witness,
            list(scope), b"",
        )  # fmt: skip
        transcript = hello_transcript(challenge.nonce, self.transport.fingerprint, unsigned)
        signature = (signer or self.key).private.sign(transcript)
        fields = {name: getattr(unsigned, name) for name in unsigned.__struct_fields__}
        await self.send(wire.Hello(**{**fields, "signature": signature}))

    async def welcome(self, now_ms: int, **options: Any) -> wire.Welcome:
        """Say hello and be welcomed."""
        await self.hello(now_ms, **options)
        return await self.next(wire.Welcome)

    async def push(self, *ops: WireOp, prev: bytes, counter: int) -> None:
        await self.send(wire.Push(prev, counter, wire.pack_list(list(ops))))

    async def record(
        self, now_ms: int, record: bytes, kind: str, unit: str, patch: Patch, seen: int = 0
    ) -> None:
        """Push one operation."""
        prev, counter = self.key.prev, self.key.counter + 1
        op = self.key.op(now_ms, record, kind, unit, patch, seen)
        await self.push(op, prev=prev, counter=counter)
