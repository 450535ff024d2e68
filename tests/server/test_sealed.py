"""Sealed files: only the right key opens them, and nothing in them can be changed or cut off."""

from __future__ import annotations

import io
from random import Random

import pytest

from armband.server.errors import BackupUnsound, RecoveryKeyWrong
from armband.server.recovery import as_text, read_recovery_key
from armband.server.sealed import (
    CHUNK_BYTES,
    TAG_BYTES,
    SealedWriter,
    Sealing,
    opened,
    public_key,
)

SECRET = Random(1).randbytes(32)
HOME = Random(2).randbytes(32)
CHUNKS = 3


def sealed(content: bytes, seed: int = 5) -> bytes:
    seal = Sealing(public_key(SECRET), HOME, Random(seed).randbytes).seal()
    raw = io.BytesIO()
    writer = SealedWriter(raw, seal)
    for at in range(0, len(content), 70_001):
        writer.write(content[at : at + 70_001])
    writer.finish()
    return raw.getvalue()


def read(raw: bytes, recovery: bytes | None = SECRET, home: bytes | None = None) -> bytes:
    return io.BufferedReader(opened(io.BytesIO(raw), recovery, home)).read()


CONTENT = Random(3).randbytes(CHUNK_BYTES * (CHUNKS - 1) + 1000)


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, len(CONTENT)]
)
def test_what_was_sealed_comes_back_by_either_key(size: int) -> None:
    raw = sealed(CONTENT[:size])
    assert read(raw) == read(raw, None, HOME) == CONTENT[:size]


def test_another_key_or_none_does_not_open_it() -> None:
    raw = sealed(b"x")
    for recovery, home in ((None, None), (HOME, None), (None, SECRET)):
        with pytest.raises(RecoveryKeyWrong):
            read(raw, recovery, home)


def test_it_can_be_read_from_any_place() -> None:
    reader = opened(io.BytesIO(sealed(CONTENT)), SECRET, None)
    for at in (CHUNK_BYTES + 5, 3, len(CONTENT) - 4):
        reader.seek(at)
        assert reader.read(4) == CONTENT[at : at + 4]


def test_nothing_can_be_changed_cut_off_moved_or_added() -> None:
    raw = sealed(CONTENT)
    whole = CHUNK_BYTES + TAG_BYTES
    start = len(raw) - (len(CONTENT) + CHUNKS * TAG_BYTES)
    chunks = [raw[start + n * whole : start + (n + 1) * whole] for n in range(CHUNKS)]
    head = raw[:start]
    other = sealed(CONTENT, seed=6)[start:]
    spoiled = {
        "a byte at the end": raw[:-1],
        "the last chunk": head + b"".join(chunks[:-1]),
        "all chunks": head,
        "two change places": head + chunks[1] + chunks[0] + chunks[2],
        "the first is gone": head + chunks[1] + chunks[2],
        "one more": raw + chunks[2],
        "another file's": head + other,
    }
    rng = Random(4)
    for number in range(60):
        at = rng.randrange(17, len(raw)) if number > 20 else 17 + number * start // 25
        spoiled[f"bit at {at}"] = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
    for what, wrong in spoiled.items():
        with pytest.raises((BackupUnsound, RecoveryKeyWrong)):
            assert read(wrong) != CONTENT, what


def test_a_recovery_key_is_read_as_people_type_it(tmp_path) -> None:
    file = tmp_path / "key"
    text = as_text(SECRET)
    assert len(text.split("-")) == 14
    file.write_text(
        f"note\n {text.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')}\n"
    )
    assert read_recovery_key(file) == SECRET
    other = "2" if text[5] != "2" else "3"
    file.write_text(text[:5] + other + text[6:])
    with pytest.raises(RecoveryKeyWrong, match="typing mistake"):
        read_recovery_key(file)
