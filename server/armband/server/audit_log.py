"""The audit log: who did what and when, each row bound to the one before it by its hash.

Pure. Rows name records, terminals, units and kinds, and no person that the office looks after.
Whoever can write the file can also write a whole new chain, or leave out its end: only a head that
was kept elsewhere shows that (see `check_log`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

import msgspec

from armband.shared.ops import CHAIN_START

HEAD_BYTES = 32
_LABEL = b"armband audit log 1"
_encoder = msgspec.msgpack.Encoder(order="deterministic")

acting: ContextVar[str] = ContextVar("acting")
"""Who stands behind what runs now, where that is not the process's own account."""

Details = dict[str, str | int]


class Entry(msgspec.Struct, frozen=True):
    """What one row says.

    Attributes:
        at_ms: when, in UTC milliseconds by the office's clock.
        actor: ``account NAME`` of the machine, ``terminal ID`` or ``peer ADDRESS``.
        action: the verb, or what happened.
        object: ids, kinds and unit codes that it was done to.
        details: numbers and reasons.
    """

    at_ms: int
    actor: str
    action: str
    object: str
    details: Details


class LogRow(msgspec.Struct, frozen=True):
    """An entry in its place; ``number`` counts from 1."""

    number: int
    entry: Entry
    hash: bytes


class LogHead(msgspec.Struct, frozen=True):
    """Where a log ends. Printed as ``NUMBER:HASH``."""

    number: int = 0
    hash: bytes = CHAIN_START

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


def parse_head(text: str) -> LogHead:
    """A head as it was printed.

    Raises:
        ValueError: it is none.
    """
    number, colon, digits = text.strip().partition(":")
    try:
        head = LogHead(int(number), bytes.fromhex(digits))
    except ValueError:
        head = LogHead(-1)
    if not colon or head.number < 0 or len(head.hash) != HEAD_BYTES:
        raise ValueError(f"{text!r} is no head of a log; it looks like 12:{'0a' * 4}… (64 digits)")
    return head


def next_row(head: LogHead, entry: Entry) -> LogRow:
    """The row that puts ``entry`` after ``head``."""
    number = head.number + 1
    said = _encoder.encode((number, entry))
    return LogRow(number, entry, hashlib.sha256(_LABEL + head.hash + said).digest())


def check_log(rows: Iterable[LogRow], expect: LogHead | None = None) -> Iterator[LogRow | str]:
    """The rows of a log from its first one; then, at the first that does not hold, a text of why.

    Args:
        expect: a head that was kept elsewhere: the log must have come by it.
    """
    head, met = LogHead(), expect is None or expect == LogHead()
    for row in rows:
        wanted = next_row(head, row.entry)
        if row.number != wanted.number:
            yield f"row {wanted.number} is missing; row {row.number} follows"
            return
        if row.hash != wanted.hash:
            yield f"row {row.number} was changed, or is not the row that was written there"
            return
        head = LogHead(row.number, row.hash)
        if expect is not None and head.number == expect.number:
            if head != expect:
                yield f"row {row.number} is not the row whose head was kept: the log was rewritten"
                return
            met = True
        yield row
    if not met:
        assert expect is not None, "only a head can be missed"
        yield f"the log ends at row {head.number}, the head that was kept is row {expect.number}"
