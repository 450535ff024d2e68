"""Mutators for MessagePack, which know the bodies and payloads packed inside, and for sequences."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import msgspec

from armband.shared import wire
from armband.shared.errors import BadFrame
from fuzz.mutate import Mutator

_DEPTH_MAX = 6
_DECODED_MAX = 64 * 1024
_INTEGERS = (
    0, 1, -1, 127, 255, 65_535, 65_536, 1 << 31, 1 << 52, (1 << 62) - 1, 1 << 62, (1 << 63) - 1,
    1 << 63, (1 << 64) - 1, -(1 << 63), 373, 1_655_000_000_000,
)  # fmt: skip
_SIZES = (0, 1, 15, 16, 17, 32, 200, 201, 500, 501)
_WORDS = (
    "", "lianhu", "lianhu/yg/g1", "../..", "check", "visit", "household", "unit", "void", "reason",
    "2022-06-12", "9999-12-31", "0001-01-01", "２０２２-06-12", "\ud7ff\x00", "王建国", "a" * 61,
    "字" * 201,
)  # fmt: skip


def join_frames(frames: list[bytes]) -> bytes:
    """Frames as one input: each after its length in three bytes."""
    return b"".join(len(frame).to_bytes(3, "big") + frame for frame in frames)


def split_frames(raw: bytes) -> list[bytes]:
    """The frames of an input; the last one may be cut short."""
    frames = []
    while raw:
        size = int.from_bytes(raw[:3], "big")
        frames.append(raw[3 : 3 + size])
        raw = raw[3 + size :]
    return frames


def change_value(raw: bytes, other: bytes, random: Random) -> bytes:
    """One value somewhere in a MessagePack tree, also inside of what is packed in it."""
    tree, donor = _decoded(raw), _decoded(other)
    if tree is None:
        return raw
    try:
        return msgspec.msgpack.encode(_changed(tree, donor, random, 0))
    except (OverflowError, RecursionError, msgspec.MsgspecError, ValueError, TypeError):
        return raw


def nest(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Something deep in the place of one byte."""
    at = random.randint(0, len(raw))
    deep = random.choice((b"\x91", b"\x81\xa1a")) * random.choice((5, 200, 1200)) + b"\xc0"
    return raw[:at] + deep + raw[at + 1 :]


def bomb(raw: bytes, other: bytes, random: Random) -> bytes:
    """A body that is small until it is unpacked; seldom, for what it costs."""
    if random.random() < 0.9:
        return change_value(raw, other, random)
    tree = _decoded(raw)
    if not isinstance(tree, list) or not tree:
        return raw
    size = random.choice((1000, 1000, 4 << 20, (4 << 20) + 1))
    tree[random.randrange(len(tree))] = _filled(random.choice((0x00, 0x90)), size)
    return msgspec.msgpack.encode(tree)


@cache
def _filled(byte: int, size: int) -> bytes:
    head = b"\xdd" + (size - 5).to_bytes(4, "big")
    return wire.pack(head + bytes([byte]) * (size - 5))


def each_frame(mutator: Mutator) -> Mutator:
    """A frame's mutator, for one frame of a sequence."""

    def change(raw: bytes, other: bytes, random: Random) -> bytes:
        frames, others = split_frames(raw), split_frames(other)
        if not frames:
            return raw
        at = random.randrange(len(frames))
        frames[at] = mutator(frames[at], random.choice(others or frames), random)
        return join_frames(frames)

    return change


def rearrange(raw: bytes, other: bytes, random: Random) -> bytes:
    """Frames doubled, left out, swapped, or taken from another sequence."""
    frames, others = split_frames(raw), split_frames(other)
    at = random.randint(0, len(frames))
    match random.randrange(4):
        case 0 if frames:
            frames.insert(at, random.choice(frames))
        case 1 if frames:
            del frames[random.randrange(len(frames))]
        case 2 if frames:
            frames.insert(at, frames.pop(random.randrange(len(frames))))
        case _:
            frames[at:at] = random.sample(others, min(len(others), 2))
    return join_frames(frames[:24])


def _decoded(raw: bytes) -> Any:
    if len(raw) > _DECODED_MAX:
        return None  # a bomb of an earlier change
    try:
        return msgspec.msgpack.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def _changed(node: Any, donor: Any, random: Random, depth: int) -> Any:
    if isinstance(node, list) and node and depth < _DEPTH_MAX and random.random() < 0.9:
        return _changed_list(node, donor, random, depth)
    if isinstance(node, dict) and node and depth < _DEPTH_MAX and random.random() < 0.8:
        key = random.choice(sorted(node, key=repr))
        if random.random() < 0.2:
            return {**node, random.choice(_WORDS): _other_value(donor, random)}
        return {**node, key: _changed(node[key], donor, random, depth + 1)}
    if isinstance(node, bytes) and random.random() < 0.7:
        inside = _changed_inside(node, donor, random, depth)
        if inside is not None:
            return inside
    return _other_value(donor, random)


def _changed_list(node: list[Any], donor: Any, random: Random, depth: int) -> list[Any]:
    at = random.randrange(len(node))
    dice = random.random()
    if dice < 0.07:
        return [*node[:at], *node[at + 1 :]]
    if dice < 0.14:
        return [*node[:at], *[node[at]] * random.choice((1, 2, 300)), *node[at:]]
    return [*node[:at], _changed(node[at], donor, random, depth + 1), *node[at + 1 :]]


def _changed_inside(node: bytes, donor: Any, random: Random, depth: int) -> bytes | None:
    """What is packed in bytes, changed: a body, a payload, a state."""
    tree = _decoded(node)
    if isinstance(tree, list):
        return msgspec.msgpack.encode(_changed(tree, donor, random, depth + 1))
    try:
        tree = _decoded(wire.unpack(node))
    except BadFrame:
        return None
    if tree is None:
        return None
    return wire.pack(msgspec.msgpack.encode(_changed(tree, donor, random, depth)))


def _other_value(donor: Any, random: Random) -> Any:
    values: tuple[Any, ...] = (
        *(random.choice(_INTEGERS), random.choice(_INTEGERS), random.choice(_WORDS)),
        bytes(random.choice(_SIZES)),
        random.choice((None, True, 1.5, float("nan"), float("inf"), [], {})),
        [random.choice(_WORDS)] * random.choice((0, 1, 201)),
        {random.choice(_WORDS): random.choice(_INTEGERS)},
        random.choice(donor) if isinstance(donor, list) and donor else donor,
    )
    return random.choice(values)
