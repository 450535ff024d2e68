"""How an input becomes another one: bytes, tokens, and what a target knows of its own form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

Mutator = Callable[[bytes, bytes, Random], bytes]
"""From an input and another one of the corpus to a new input."""
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF)


class Form(Protocol):
    """What is known of a target's inputs."""

    @property
    def mutators(self) -> Sequence[Mutator]:
        """Those that know its form."""

    @property
    def tokens(self) -> Sequence[bytes]:
        """Pieces that mean something."""


def mutate(raw: bytes, other: bytes, form: Form, random: Random) -> bytes:
    """An input with one to some changes."""
    for _ in range(1 << random.choice((0, 0, 1, 2, 3))):
        if form.mutators and random.random() < 0.6:
            raw = random.choice(form.mutators)(raw, other, random)
        elif form.tokens and random.random() < 0.4:
            raw = _put(raw, random.choice(form.tokens), random)
        else:
            raw = random.choice(_PLAIN)(raw, other, random)
    return raw


def _put(raw: bytes, token: bytes, random: Random) -> bytes:
    """A token between, or instead of something."""
    at = random.randint(0, len(raw))
    return raw[:at] + token + raw[at + random.choice((0, len(token), random.randint(0, 8))) :]


def _flip(raw: bytes, _other: bytes, random: Random) -> bytes:
    if not raw:
        return bytes([random.randrange(256)])
    changed = bytearray(raw)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _replace(raw: bytes, _other: bytes, random: Random) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + random.randbytes(random.randint(1, 4)) + raw[at + random.randint(0, 4) :]


def _number(raw: bytes, _other: bytes, random: Random) -> bytes:
    size = random.choice((1, 2, 4))
    number = random.choice(_NUMBERS) & ((1 << size * 8) - 1)
    at = random.randint(0, len(raw))
    return raw[:at] + number.to_bytes(size, random.choice(("big", "little"))) + raw[at + size :]


def _cut(raw: bytes, _other: bytes, random: Random) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + raw[at + random.randint(1, max(len(raw) // 4, 1)) :]


def _truncate(raw: bytes, _other: bytes, random: Random) -> bytes:
    return raw[: random.randint(0, len(raw))]


def _repeat(raw: bytes, _other: bytes, random: Random) -> bytes:
    at = random.randint(0, len(raw))
    piece = raw[at : at + random.randint(1, 32)]
    return raw[:at] + piece * random.choice((1, 2, 7, 40)) + raw[at:]


def _splice(raw: bytes, other: bytes, random: Random) -> bytes:
    return raw[: random.randint(0, len(raw))] + other[random.randint(0, len(other)) :]


def _insert(raw: bytes, other: bytes, random: Random) -> bytes:
    at, start = random.randint(0, len(raw)), random.randint(0, len(other))
    return raw[:at] + other[start : start + random.randint(1, 64)] + raw[at:]


_PLAIN: tuple[Mutator, ...] = (
    _flip, _flip, _replace, _number, _cut, _truncate, _repeat, _splice, _insert,
)  # fmt: skip
