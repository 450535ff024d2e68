"""The wire: messages survive their bytes, anything else is a BadFrame and costs little."""

from __future__ import annotations

import tracemalloc
from typing import Any, get_args

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.shared import limits, wire
from armband.shared.errors import BadFrame
from armband.shared.handshake import hello_transcript
from armband.shared.hlc import MAX_STAMP
from armband.shared.ops import CHAIN_START, WireOp, link_all
from armband.shared.policy import Policy
from support.examples import examples

FROM_TERMINAL = get_args(wire.FromTerminal)
FROM_OFFICE = get_args(wire.FromOffice)
NUMBERS = st.integers(0, (1 << 62) - 1)
STRATEGIES: dict[object, st.SearchStrategy[object]] = {
    wire.Id: st.binary(min_size=16, max_size=16),
    wire.Code: st.text(max_size=30),
    wire.Words: st.text(max_size=30),
    wire.Body: st.binary(max_size=60),
    wire.Number: NUMBERS,
    wire.Version: st.integers(0, 65_535),
    wire.Moment: st.integers(-(1 << 52), 1 << 52),
    int: NUMBERS,
    str: st.text(max_size=30),
    bytes: st.binary(max_size=40),
    bool: st.booleans(),
    Policy: st.builds(Policy, st.integers(340, 430), st.integers(-720, 840), st.integers(0, 1439)),
    list[wire.Code]: st.lists(st.text(max_size=12), max_size=4),
    list[wire.Id]: st.lists(st.binary(min_size=16, max_size=16), max_size=4),
    list[str]: st.lists(st.text(max_size=12), max_size=4),
    dict[str, int]: st.dictionaries(st.text(max_size=9), NUMBERS, max_size=4),
}


def of_type(hint: object) -> st.SearchStrategy[object]:
    """Values of a field's type."""
    if hint in STRATEGIES:
        return STRATEGIES[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return of_struct(hint)
    if getattr(hint, "__origin__", None) is list:
        return st.lists(of_type(get_args(hint)[0]), max_size=4)
    metas = getattr(hint, "__metadata__", ())
    size = next((m for m in metas if (m.min_length, m.max_length) != (None, None)), None)
    if size is not None:
        bare = getattr(hint, "__origin__", None)
        if getattr(bare, "__origin__", None) is list:
            return st.lists(of_type(get_args(bare)[0]), max_size=min(4, size.max_length))
        bounded = st.text if bare is str else st.binary
        return bounded(min_size=size.min_length or 0, max_size=size.max_length)
    bounds = next(m for m in metas if m.ge is not None)
    return st.integers(bounds.ge, bounds.le if bounds.le is not None else (1 << 64) - 1)


def of_struct(struct: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    """Messages of a type, every field filled."""
    hints = msgspec.structs.fields(struct)
    return st.builds(struct, **{field.name: of_type(field.type) for field in hints})


TERMINAL_MESSAGES = st.one_of(*[of_struct(message) for message in FROM_TERMINAL])
OFFICE_MESSAGES = st.one_of(*[of_struct(message) for message in FROM_OFFICE])


@pytest.mark.parametrize("struct", FROM_TERMINAL)
@given(data=st.data())
@settings(max_examples=25)
def test_a_terminals_message_survives_its_bytes(
    struct: type[msgspec.Struct], data: st.DataObject
) -> None:
    message: Any = data.draw(of_struct(struct))
    assert wire.decode_from_terminal(wire.encode(message)) == message


@pytest.mark.parametrize("struct", FROM_OFFICE)
@given(data=st.data())
@settings(max_examples=25)
def test_an_offices_message_survives_its_bytes(
    struct: type[msgspec.Struct], data: st.DataObject
) -> None:
    message: Any = data.draw(of_struct(struct))
    assert wire.decode_from_office(wire.encode(message)) == message


def decoded(frame: bytes) -> None:
    """Decode as either side would, and use what comes out as the first step of it would."""
    for decode in (wire.decode_from_terminal, wire.decode_from_office):
        try:
            message = decode(frame)
        except BadFrame as error:
            assert len(error.problem) < 500  # noqa: PT017 not every frame is bad
            continue
        if isinstance(message, wire.Hello):
            hello_transcript(b"n", b"f", message)
        if isinstance(message, wire.Push):
            unpacked(wire.unpack_ops, message.body)
        if isinstance(message, wire.Feed):
            unpacked(wire.unpack_rows, message.body)


def unpacked(unpack: object, body: bytes) -> None:
    try:
        items = unpack(body)  # type: ignore[operator]  # one of the four unpackers
    except BadFrame:
        return
    if unpack is wire.unpack_ops:
        link_all(CHAIN_START, bytes(16), (1 << 62) - 1, items)


@given(st.binary(max_size=300))
@settings(max_examples=examples(200))
def test_random_bytes_are_a_message_or_a_bad_frame(frame: bytes) -> None:
    decoded(frame)
    for unpack in (wire.unpack_ops, wire.unpack_rows, wire.unpack_rollup, wire.unpack_history):
        unpacked(unpack, frame)


@given(st.one_of(TERMINAL_MESSAGES, OFFICE_MESSAGES), st.data())
@settings(max_examples=examples(200))
def test_cut_and_changed_messages_are_messages_or_bad_frames(
    message: wire.Message, data: st.DataObject
) -> None:
    raw = bytearray(wire.encode(message))
    for _change in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    decoded(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@given(TERMINAL_MESSAGES)
def test_neither_side_takes_the_others_messages(message: wire.FromTerminal) -> None:
    with pytest.raises(BadFrame):
        wire.decode_from_office(wire.encode(message))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x91" * 100_000,  # deep nesting: RecursionError inside
        b"\xdd\xff\xff\xff\xff" * 10,  # claims four billion items
        b"\xc6\xff\xff\xff\xff",  # claims four gigabytes
        b"\x93\x07\x01" + b"\x91" * 99_999,  # deep nesting where a newer field may stand
        b"\x94\x04\x01\xa2\xff\xfe\xa0",  # invalid UTF-8
        msgspec.msgpack.encode([99, 1]),  # unknown tag
        msgspec.msgpack.encode([5, bytes(15), 1, b""]),  # a short id
        msgspec.msgpack.encode([5, bytes(16), 0, b""]),  # counters start at 1
        msgspec.msgpack.encode([5, bytes(16), (1 << 64) - 1, b""]),
        msgspec.msgpack.encode([6, 1, "o", 13]),  # too deep
        msgspec.msgpack.encode([9, 1, 2, 3, -1]),
        msgspec.msgpack.encode([6, 1, "x" * 201, 0]),
        msgspec.msgpack.encode(["5", bytes(16), 1, b""]),
    ],
)
def test_hostile_frames(frame: bytes) -> None:
    with pytest.raises(BadFrame):
        wire.decode_from_terminal(frame)


HELLO = wire.Hello(1, 1, "test", bytes(16), 0, b"", 0, 0, b"", [], b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"protocol": -1},
        {"protocol": 1 << 32},
        {"cursor": -1},
        {"cursor": 1 << 63},
        {"witness_seq": (1 << 64) - 1},
        {"now_ms": (1 << 64) - 1},
    ],
)
def test_numbers_that_would_not_fit_are_bad_frames(changes: dict[str, int]) -> None:
    """They would raise deep inside: in the bytes to sign, or at the database."""
    with pytest.raises(BadFrame):
        wire.decode_from_terminal(wire.encode(msgspec.structs.replace(HELLO, **changes)))


@pytest.mark.parametrize(
    "op", [WireOp(-1, 0, b""), WireOp(MAX_STAMP + 1, 0, b""), WireOp(0, -1, b"")]
)
def test_operations_with_impossible_stamps_are_bad_frames(op: WireOp) -> None:
    with pytest.raises(BadFrame):
        wire.unpack_ops(wire.pack_list([op]))


@given(st.lists(st.builds(WireOp, st.integers(0, MAX_STAMP), NUMBERS, st.binary(max_size=300))))
def test_a_packed_batch_survives(ops: list[WireOp]) -> None:
    assert wire.unpack_ops(wire.pack_list(ops)) == ops


@given(st.lists(of_struct(wire.FeedRow), max_size=5), st.lists(of_struct(wire.HistoryRow)))
def test_packed_rows_survive(rows: list[wire.FeedRow], history: list[wire.HistoryRow]) -> None:
    assert wire.unpack_rows(wire.pack_list(rows)) == rows
    assert wire.unpack_history(wire.pack_list(history)) == history


@given(of_struct(wire.RollupBody))
def test_a_packed_rollup_survives(body: wire.RollupBody) -> None:
    assert wire.unpack_rollup(wire.pack_rollup(body)) == body


@given(st.binary(max_size=2000))
def test_packing_is_exact_and_pays(raw: bytes) -> None:
    packed = wire.pack(raw * 3)
    assert wire.unpack(packed) == raw * 3
    assert len(packed) <= len(raw * 3) + 64


def test_a_batch_has_a_limit() -> None:
    full = [WireOp(1, 1, b"")] * limits.MAX_BATCH_OPS
    assert len(wire.unpack_ops(wire.pack_list(full))) == limits.MAX_BATCH_OPS
    with pytest.raises(BadFrame):
        wire.unpack_ops(wire.pack_list([*full, full[0]]))


def _bomb(*, tells_its_size: bool) -> bytes:
    compressor = zstandard.ZstdCompressor(level=19, write_content_size=tells_its_size)
    if tells_its_size:
        return b"\x01" + compressor.compress(bytes(200 * 1024 * 1024))
    stream = compressor.compressobj()
    block = bytes(1024 * 1024)
    return b"\x01" + b"".join(stream.compress(block) for _mib in range(200)) + stream.flush()


@pytest.mark.parametrize("tells_its_size", [True, False])
def test_a_decompression_bomb_is_refused_and_costs_no_memory(tells_its_size: bool) -> None:
    bomb = _bomb(tells_its_size=tells_its_size)
    assert len(bomb) < limits.MAX_FRAME
    tracemalloc.start()
    try:
        with pytest.raises(BadFrame):
            wire.unpack(bomb)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * limits.MAX_UNPACKED


def test_a_body_that_lies_about_its_size_is_refused() -> None:
    honest = zstandard.ZstdCompressor().compress(b"x" * 100)
    for at in range(len(honest)):
        damaged = bytearray(honest)
        damaged[at] ^= 0x40
        try:
            raw = wire.unpack(b"\x01" + bytes(damaged))
        except BadFrame:
            continue
        assert len(raw) <= limits.MAX_UNPACKED
    with pytest.raises(BadFrame):
        wire.unpack(b"\x01" + honest + b"more")
    with pytest.raises(BadFrame):
        wire.unpack(b"\x02" + honest)
    with pytest.raises(BadFrame):
        wire.unpack(b"")


def test_older_readers_pass_over_what_newer_writers_add() -> None:
    raw = msgspec.msgpack.decode(wire.encode(wire.Unsubscribe(3)))
    assert wire.decode_from_terminal(msgspec.msgpack.encode([*raw, "new", 7])) == wire.Unsubscribe(
        3
    )


def test_every_message_has_its_own_tag_for_ever() -> None:
    tags = {struct.__name__: struct.__struct_config__.tag for struct in FROM_TERMINAL + FROM_OFFICE}
    assert tags == {
        "Challenge": 1,
        "Hello": 2,
        "Enrol": 3,
        "TokenHello": 4,
        "Push": 5,
        "Subscribe": 6,
        "Unsubscribe": 7,
        "HistoryRequest": 8,
        "Report": 9,
        "Welcome": 20,
        "Enrolled": 21,
        "Receipts": 22,
        "Feed": 23,
        "CaughtUp": 24,
        "RollupFrame": 25,
        "HistoryReply": 26,
        "OfficeState": 27,
        "Refusal": 28,
    }
