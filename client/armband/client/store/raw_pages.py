"""Rows straight out of the pages of a SQLite file or its journal, without the file's own tree.

The last resort of a salvage: when the schema, the header or a page of the tree is damaged, the rows
on all other pages are still whole. What is found here is not believed until something else proves
it: an old version of a page may hold rows that were changed since.

The format: https://sqlite.org/fileformat2.html, "B-tree Pages" and "Record Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from armband.client.store.cipher_pages import RESERVED, decrypted
from armband.client.store.dbapi import PLAIN_MARK

PAGE = 4096
"""The size that our stores have; it never changes in a file with a write-ahead log."""
_TABLE_LEAF = 0x0D
_HEADER_ON_FIRST = 100
_JOURNAL_HEADER, _FRAME_HEADER = 32, 24
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_COLUMNS_MAX = 64

Value = int | bytes | None
Row = tuple[int, list[Value]]
"""A rowid, and the columns: integers, blobs, texts as their bytes, floats as their eight bytes."""


def rows_in(path: Path, columns: int, key: bytes | None = None) -> Iterator[Row]:
    """Every row of ``columns`` columns on any page of the file, then of its journal.

    With ``key`` of an encrypted store; a page that is plain nevertheless is read as it is.
    """
    raw = path.read_bytes() if path.exists() else b""
    pages = [raw[at : at + PAGE] for at in range(0, len(raw), PAGE)]
    if raw.startswith(PLAIN_MARK):
        key = None
    opened = _opened(pages, key)
    yield from _rows(opened, opened, columns, key)
    journal = Path(f"{path}-wal")
    if journal.exists():
        raw = journal.read_bytes()
        starts = range(_JOURNAL_HEADER + _FRAME_HEADER, len(raw), PAGE + _FRAME_HEADER)
        frames = [raw[at : at + PAGE] for at in starts]
        yield from _rows(_opened(frames, key), opened, columns, key)


def _opened(pages: list[bytes], key: bytes | None) -> list[bytes]:
    return pages if key is None else [decrypted(page, key) for page in pages]


def _rows(pages: list[bytes], file: list[bytes], columns: int, key: bytes | None) -> Iterator[Row]:
    usable = PAGE if key is None else PAGE - RESERVED
    for page in pages:
        if len(page) == PAGE and page[0] == _TABLE_LEAF:
            for cell in range(int.from_bytes(page[3:5], "big")):
                try:
                    row = _row(page, cell, file, usable)
                except (IndexError, ValueError):
                    continue
                if len(row[1]) == columns:
                    yield row


def _row(page: bytes, cell: int, file: list[bytes], usable: int) -> Row:
    pointer = 8 + 2 * cell
    at = int.from_bytes(page[pointer : pointer + 2], "big")
    size, at = _varint(page, at)
    rowid, at = _varint(page, at)
    return rowid, _values(_payload(page, at, size, file, usable))


def _payload(page: bytes, at: int, size: int, file: list[bytes], usable: int) -> bytes:
    """The record's bytes; those that do not fit are on a chain of pages of their own."""
    local_max, local_min = usable - 35, (usable - 12) * 32 // 255 - 23
    if size <= local_max:
        return page[at : at + size]
    local = local_min + (size - local_min) % (usable - 4)
    local = local if local <= local_max else local_min
    parts, left = [page[at : at + local]], size - local
    number = int.from_bytes(page[at + local : at + local + 4], "big")
    # A damaged chain may run in a circle.
    for _ in range(len(file)):
        if left <= 0 or not 0 < number <= len(file):
            break
        more = file[number - 1]
        parts.append(more[4 : min(4 + left, usable)])
        left -= usable - 4
        number = int.from_bytes(more[:4], "big")
    return b"".join(parts)


def _values(record: bytes) -> list[Value]:
    head, at = _varint(record, 0)
    kinds: list[int] = []
    while at < head and len(kinds) < _COLUMNS_MAX:
        kind, at = _varint(record, at)
        kinds.append(kind)
    values: list[Value] = []
    at = head
    for kind in kinds:
        value, at = _value(record, at, kind)
        values.append(value)
    return values


def _value(record: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    if kind <= 7:
        size = _INTEGER_BYTES[kind] if kind < 7 else 8
    elif kind >= 12:
        size = (kind - 12) // 2
    else:
        raise ValueError("a serial type that SQLite keeps to itself")
    raw = record[at : at + size]
    if len(raw) != size:
        raise ValueError("the record ends too early")
    value = int.from_bytes(raw, "big", signed=True) if kind < 7 else raw
    return value, at + size


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = raw[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | raw[at + 8], at + 9
