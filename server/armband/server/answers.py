"""Answers to a terminal as frames, each within `limits.MAX_FRAME`."""

from __future__ import annotations

import msgspec

from armband.server.commit.model import BatchResult
from armband.server.follower import Reader
from armband.server.model import RecordHistory
from armband.shared import limits, wire

_MAX_DETAIL = 500
"""Characters of `wire.Words`."""
_HISTORY_BYTES = limits.MAX_UNPACKED // 2
"""Of a history before it is packed."""
_HEAD = 64
"""Room for a frame's other elements."""


def receipt_frames(result: BatchResult) -> list[bytes]:
    """The receipts of a batch, in as many frames as it takes."""
    return _receipts(result, [_clipped(receipt) for receipt in result.receipts])


def _clipped(receipt: wire.Receipt) -> wire.Receipt:
    if len(receipt.detail) <= _MAX_DETAIL:
        return receipt
    return msgspec.structs.replace(receipt, detail=receipt.detail[: _MAX_DETAIL - 1] + "…")


def _receipts(result: BatchResult, items: list[wire.Receipt]) -> list[bytes]:
    frame = wire.encode(wire.Receipts(items, result.seq, result.hist, result.stable_seq))
    if len(frame) <= limits.MAX_FRAME or len(items) <= 1:
        return [frame]
    middle = len(items) // 2
    return [*_receipts(result, items[:middle]), *_receipts(result, items[middle:])]


def history_frame(request: int, history: RecordHistory | None, reader: Reader) -> bytes:
    """The answer to a history request: the newest operations that fit, or "not found".

    A record that the reader may not read is not found.
    """
    if history is None or not reader.may_read(history.kind, history.unit):
        return wire.encode(wire.HistoryReply(request, False, wire.pack_list([])))
    rows: list[wire.HistoryRow] = []
    size = 0
    for row in reversed(history.rows[-limits.MAX_HISTORY_ROWS :]):
        size += len(row.payload) + _HEAD
        if size > _HISTORY_BYTES:
            break
        rows.append(row)
    rows.reverse()
    body = wire.pack_list(rows)
    while len(body) > limits.MAX_FRAME - _HEAD and len(rows) > 1:
        rows = rows[len(rows) // 2 :]
        body = wire.pack_list(rows)
    return wire.encode(wire.HistoryReply(request, True, body))
