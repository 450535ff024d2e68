"""Frames: a valid message or `BadFrame`; what is decoded is encoded to what decodes the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgspec

from armband.shared import wire
from armband.shared.errors import BadFrame, InvalidRecord, UnknownKind
from armband.shared.fields import Patch
from armband.shared.kinds import kind_named
from armband.shared.merge import State, Write, encode_state
from armband.shared.ops import Payload, WireOp, encode_payload, link_all
from armband.shared.policy import Policy
from faults.bad_frames import good
from fuzz.engine import Target, said
from fuzz.packed import bomb, change_value, nest

ID, PUBLIC = bytes(range(16)), bytes(range(32))
NOW_MS = 1_655_000_000_000
HOUSEHOLD: Patch = {"unit": "lianhu/yg", "door": "3-2-502", "head": "王建国", "people": 3}


def wire_ops() -> list[WireOp]:
    """Operations as terminals record them."""
    check: Patch = {"unit": "lianhu/yg", "code": "green", "temp_tenths": 365, "day": "2022-06-12"}
    check |= {"decision": "passed", "at": NOW_MS}
    payloads = [
        Payload(ID, "household", "lianhu/yg", HOUSEHOLD, 0, "王建国"),
        Payload(bytes(16), "check", "lianhu/yg", check, 0, "王建国"),
        Payload(ID, "household", "lianhu/yg", {"phone": "13800000000"}, 1 << 50, "李四", ID),
    ]
    return [WireOp(NOW_MS << 16, n, encode_payload(payload)) for n, payload in enumerate(payloads)]


def state() -> bytes:
    """A record as the feed brings it."""
    write = Write(NOW_MS << 16, ID, ID, 1, 0, "王建国", False, HOUSEHOLD)
    return encode_state(State(ID, "household", (write,)))


def office_messages() -> list[wire.FromOffice]:
    """One of each message of the office, in an order that a terminal takes."""
    body = wire.RollupBody(
        "2022-06-12",
        [wire.CellRow("2022-06-12", "lianhu/yg", {"checks": 3})],
        [wire.UnitName("lianhu/yg", "阳光社区", "community")],
        wire.CoverageRow(1, 2, ["lianhu/yg/g1"]),
    )
    rows = [wire.HistoryRow(1, ID, NOW_MS << 16, NOW_MS << 16, False, wire_ops()[0].payload)]
    return [
        wire.Challenge(1, 1, "lianhu", ID, PUBLIC, NOW_MS),
        wire.Welcome(
            1, NOW_MS, ID, "lianhu", "莲湖街道", Policy(), ["lianhu/yg"], "grid", "王", 0, b"", 9, 0
        ),
        wire.Feed(7, 9, ID, wire.pack_list([wire.FeedRow(8, state())]), [bytes(16)]),
        wire.CaughtUp(9, ID, ID, 1),
        wire.Receipts([wire.Receipt(1, wire.STATUS_ACCEPTED, 10, NOW_MS << 16)], 10, ID, 0),
        wire.RollupFrame(1, 10, NOW_MS, True, False, wire.pack_rollup(body)),
        wire.HistoryReply(1, True, wire.pack_list(rows)),
        wire.OfficeState(False, "the disk is full"),
        wire.Enrolled(PUBLIC, "lianhu", "莲湖街道", "T001", ["lianhu/yg"], "grid"),
        wire.Refusal(wire.CLOSE_REVOKED, "revoked"),
    ]


def terminal_messages() -> list[wire.FromTerminal]:
    """One of each message of a terminal, in an order that the office takes."""
    return [
        wire.Hello(1, 1, "armband", ID, NOW_MS, ID, 7, 7, ID, ["lianhu/yg"], bytes(64)),
        wire.Push(bytes(16), 1, wire.pack_list(wire_ops())),
        wire.Subscribe(1, "lianhu/yg", 1, "2022-06-01", "2022-06-12"),
        wire.Unsubscribe(1),
        wire.HistoryRequest(1, ID),
        wire.Report(3, 2, 1, 0),
        wire.Enrol(1, bytes(8), PUBLIC, PUBLIC, PUBLIC),
        wire.TokenHello(1, "script", "armband1.AAAA.AAAA.AAAA"),
    ]


def _seeds() -> list[bytes]:
    random = Random(1)
    frames = [wire.encode(message) for message in (*terminal_messages(), *office_messages())]
    return [*frames, *(good(random) for _ in range(8))]


_UNPACK: dict[type, Callable[[bytes], Any]] = {
    wire.Push: wire.unpack_ops,
    wire.Feed: wire.unpack_rows,
    wire.RollupFrame: wire.unpack_rollup,
    wire.HistoryReply: wire.unpack_history,
}


def same(first: object, second: object) -> bool:
    """Equal, or unequal only because NaN is not itself."""
    return first == second or repr(first) == repr(second)


def run(raw: bytes) -> None:
    """One frame, as either side's."""
    for decode in (wire.decode_from_terminal, wire.decode_from_office):
        try:
            message = decode(raw)
        except BadFrame as error:
            said(str(error))
            continue
        assert same(decode(wire.encode(message)), message), message
        _unpacked(message)


def _unpacked(message: wire.Message) -> None:
    unpack = _UNPACK.get(type(message))
    if unpack is None or not isinstance(body := getattr(message, "body", None), bytes):
        return
    try:
        inside = unpack(body)
    except BadFrame as error:
        said(str(error))
        return
    assert same(unpack(wire.pack(msgspec.msgpack.encode(inside))), inside)
    if isinstance(message, wire.Push):
        check_ops(message.prev, message.counter, inside)


def check_ops(prev: bytes, counter: int, wires: Sequence[WireOp]) -> None:
    """Link operations: ids by content, a payload or the problem, a patch that a kind can judge."""
    linked = link_all(prev, ID, counter, wires)
    assert linked == link_all(prev, ID, counter, wires)
    assert len({op.id for op in linked}) == len(linked)
    for op in linked:
        assert len(op.id) == 16
        assert (op.body is None) == bool(op.problem)
        if op.body is not None:
            _judge(op.body)


def _judge(payload: Payload) -> None:
    for value in payload.patch.values():
        assert not isinstance(value, float) or math.isfinite(value)
    try:
        kind = kind_named(payload.kind)
        kind.check_patch(payload.patch)
        kind.check_new(payload.patch)
    except (InvalidRecord, UnknownKind) as error:
        said(str(error))


TARGET = Target(
    run,
    _seeds,
    (change_value, change_value, change_value, nest, bomb),
    (b"\x28\xb5\x2f\xfd", b"\xc4\x10", b"\xdd", b"\xdf", b"\xc6", b"\xcb", b"\xd7\xff", b"\xc1"),
    (
        "armband.shared.wire", "armband.shared.ops", "armband.shared.kinds",
        "armband.shared.fields", "armband.shared.days", "armband.shared.right",
    ),
    max_bytes=64 * 1024,
)  # fmt: skip
