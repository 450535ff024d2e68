"""Frames that no terminal sends: damaged, oversized, nested, bombs, and right ones out of place."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec
import zstandard

from armband.shared import limits, wire
from armband.shared.ops import Payload, WireOp, encode_payload

_encode = msgspec.msgpack.encode
_ID = bytes(range(16))


def _zeros(size: int, *, tells_size: bool = True) -> bytes:
    packer = zstandard.ZstdCompressor(level=1, write_content_size=tells_size)
    return b"\x01" + packer.compress(bytes(size))


_BOMBS = [_zeros(limits.MAX_UNPACKED), _zeros(200_000_000), _zeros(1_000_000, tells_size=False)]
_EMPTY_ARRAYS = wire.pack(b"\xdd" + (1_000_000).to_bytes(4, "big") + b"\x90" * 1_000_000)


def _op(random: Random, payload: bytes) -> WireOp:
    return WireOp(random.getrandbits(63), random.getrandbits(63), payload)


def _good_payload(random: Random) -> bytes:
    unit = random.choice(("lianhu/yg/g1", "elsewhere", "", "../..", "x" * 300))
    patch = random.choice(({"unit": unit}, {"a": float("nan")}, {"unit": 5}, {"void": ""}, {}))
    kind = random.choice(("check", "visit", "no such kind", "", "x" * 100))
    record = random.randbytes(random.choice((0, 15, 16, 17)))
    return _encode([record, kind, unit, patch, random.getrandbits(62), "w" * random.randrange(99)])


def good(random: Random) -> bytes:
    """A frame as a terminal might send it, with operations of any quality."""
    ops = [_op(random, _good_payload(random)) for _ in range(random.randint(0, 3))]
    return wire.encode(
        random.choice(
            (
                wire.Push(_ID, random.randint(1, 1 << 62), wire.pack_list(ops)),
                wire.Subscribe(random.getrandbits(8), "lianhu", random.randrange(12)),
                wire.Subscribe(1, "lianhu", 1, "2022-13-45", "9999-99-99"),
                wire.Unsubscribe(random.getrandbits(60)),
                wire.HistoryRequest(random.getrandbits(60), _ID),
                wire.Report(1, 2, 3, 4),
                wire.TokenHello(1, "x", "armband1.AAAA"),
                wire.Enrol(1, b"i" * 8, b"k" * 32, b"n" * 32, b"p" * 32),
            )
        )
    )


def _random_bytes(random: Random) -> bytes:
    return random.randbytes(random.choice((0, 1, 2, 7, 60, 300, 3000)))


def _truncated(random: Random) -> bytes:
    frame = good(random)
    return frame[: random.randrange(len(frame))]


def _flipped(random: Random) -> bytes:
    frame = bytearray(good(random))
    for _ in range(random.randint(1, 4)):
        frame[random.randrange(len(frame))] ^= 1 << random.randrange(8)
    return bytes(frame)


def _nested(random: Random) -> bytes:
    depth = random.choice((40, 600, 5_000, limits.MAX_FRAME - 1))
    return random.choice((b"\x91", b"\x81\xa1a", b"\x95\x05\x91")) * (depth // 3) + b"\xc0"


def _nested_payload(random: Random) -> bytes:
    deep = b"\x91" * random.choice((30, 900, 30_000)) + b"\xc0"
    payload = b"\x96\xc4\x10" + _ID + b"\xa5check\xa6lianhu\x81\xa1a" + deep + b"\x00\xa1w"
    return wire.encode(wire.Push(_ID, 1, wire.pack_list([_op(random, payload)])))


def _claims(random: Random) -> bytes:
    head = random.choice((b"\xdd", b"\xdf", b"\xc6", b"\xdb"))
    return b"\x94\x05" + head + random.choice((b"\xff\xff\xff\xff", b"\x00\xff\xff\xff"))


def _bomb(random: Random) -> bytes:
    return wire.encode(wire.Push(_ID, 1, random.choice((*_BOMBS, _EMPTY_ARRAYS))))


def _too_many(random: Random) -> bytes:
    ops = [_op(random, b"") for _ in range(limits.MAX_BATCH_OPS + 1)]
    return wire.encode(wire.Push(_ID, 1, wire.pack_list(ops)))


def _large_values(random: Random) -> bytes:
    text = "字" * random.choice((limits.MAX_TEXT, limits.MAX_TEXT + 1, 9000))
    payload = encode_payload(Payload(_ID, "check", "lianhu", {"note": text}, 0, "w"))
    return wire.encode(wire.Push(_ID, 1, wire.pack_list([_op(random, payload)])))


def _oversized(random: Random) -> bytes:
    return random.randbytes(64) * (limits.MAX_FRAME // 64 + 1)


_OFTEN: tuple[Callable[[Random], bytes], ...] = (
    good, _random_bytes, _truncated, _flipped, _claims, _flipped, _truncated,
)  # fmt: skip
_SELDOM: tuple[Callable[[Random], bytes], ...] = (
    _nested, _nested_payload, _bomb, _too_many, _large_values, _oversized,
)  # fmt: skip


def bad_frame(random: Random) -> bytes:
    """One frame; one in fifty is of the kinds that cost something."""
    return random.choice(_SELDOM if random.random() < 0.02 else _OFTEN)(random)
