"""What a terminal reads: pages of changed records, what left its scope, and the digest of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from armband.server.commit.effects import total
from armband.server.commit.rows import UnitDigest
from armband.server.model import FeedPage, OfficeRow, SetDigest
from armband.server.store import dbapi
from armband.server.store.readable import UnitRange, readable_ranges
from armband.server.store.sqlite_office import read_office
from armband.shared import limits
from armband.shared.ops import CHAIN_START
from armband.shared.permissions import Role, may_read
from armband.shared.wire import FeedRow

KINDS = "SELECT DISTINCT kind FROM digests WHERE office = ?"
HIST = "SELECT hist FROM ops WHERE office = ? AND seq = ?"
CHANGES = """
    SELECT seq, kind, unit, state FROM records
    WHERE office = ? AND seq > ? ORDER BY seq"""
SCOPE_CHANGES = """
    WITH readable AS (
        SELECT json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS low,
               json_extract(value, '$[2]') AS high
        FROM json_each(?)
    ), page AS (
        SELECT found.seq FROM readable CROSS JOIN records AS found
        WHERE found.office = ? AND found.kind = readable.kind
          AND found.unit BETWEEN readable.low AND readable.high AND found.seq > ?
        ORDER BY found.seq LIMIT ?
    )
    SELECT r.seq, r.kind, r.unit, r.state FROM page CROSS JOIN records AS r
    WHERE r.office = ? AND r.seq = page.seq ORDER BY page.seq"""
MOVES = """
    SELECT m.seq, m.record, m.old_unit, r.kind, r.unit
    FROM moves AS m JOIN records AS r ON r.office = m.office AND r.id = m.record
    WHERE m.office = ? AND m.seq > ? AND m.seq <= ? ORDER BY m.seq"""
SCOPE_DIGESTS = """
    WITH readable AS (
        SELECT json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS low,
               json_extract(value, '$[2]') AS high
        FROM json_each(?)
    )
    SELECT d.count, d.digest FROM readable CROSS JOIN digests AS d
    WHERE d.office = ? AND d.kind = readable.kind
      AND d.unit BETWEEN readable.low AND readable.high"""

FEW_CHANGES = 5000
"""Up to so many changes behind the head, walking all changes beats gathering the scope's."""
ROW_BYTES = 14
"""What a row costs in a page beside its state."""


def feed_page(
    conn: dbapi.Connection, office: str, cursor: int, role: Role, scope: Sequence[str]
) -> FeedPage:
    """See `Office.feed_page`."""
    row = read_office(conn, office)
    found = _changed(conn, row, cursor, role, scope)
    rows, full = _fill(found)
    to_seq = rows[-1].seq if full else row.seq
    left, cut = _left(conn, office, (cursor, to_seq), role, scope)
    if cut is not None:
        to_seq = cut
        rows = [feed_row for feed_row in rows if feed_row.seq <= cut]
    if to_seq < row.seq:
        hist = hist_at(conn, office, to_seq)
        assert hist is not None, "every seq below the head has an operation"
        return FeedPage(rows, left, to_seq, hist, None)
    return FeedPage(rows, left, row.seq, row.hist, _digest(conn, row, role, scope))


def digest(conn: dbapi.Connection, office: str, role: Role, scope: Sequence[str]) -> SetDigest:
    """See `Office.digest`."""
    return _digest(conn, read_office(conn, office), role, scope)


def hist_at(conn: dbapi.Connection, office: str, seq: int) -> bytes | None:
    """The history at ``seq``, or None beyond the head."""
    if seq == 0:
        return CHAIN_START
    row = conn.execute(HIST, (office, seq)).fetchone()
    return None if row is None else bytes(row[0])


def ranges_json(ranges: Iterable[UnitRange]) -> str:
    """Ranges as a parameter for ``json_each``."""
    return msgspec.json.encode([(r.kind, r.low, r.high) for r in ranges]).decode()


def _ranges(conn: dbapi.Connection, office: str, role: Role, scope: Sequence[str]) -> str:
    kinds = [kind for (kind,) in conn.execute(KINDS, (office,))]
    return ranges_json(readable_ranges(role, scope, kinds))


def _digest(conn: dbapi.Connection, row: OfficeRow, role: Role, scope: Sequence[str]) -> SetDigest:
    ranges = _ranges(conn, row.code, role, scope)
    parts = conn.execute(SCOPE_DIGESTS, (ranges, row.code))
    joined = total(UnitDigest(count, digest) for count, digest in parts)
    return SetDigest(row.seq, row.hist, joined.digest, joined.count)


def _changed(
    conn: dbapi.Connection, row: OfficeRow, cursor: int, role: Role, scope: Sequence[str]
) -> Iterator[FeedRow]:
    """Readable records after the cursor, by seq; lazily, so that a full page ends the walk."""
    if row.code in scope or row.seq - cursor <= FEW_CHANGES:
        for seq, kind, unit, state in conn.execute(CHANGES, (row.code, cursor)):
            if unit and may_read(role, kind, unit, scope):
                yield FeedRow(seq, state)
        return
    ranges = _ranges(conn, row.code, role, scope)
    bounds = (ranges, row.code, cursor, limits.FEED_PAGE_ROWS + 1, row.code)
    for seq, _kind, _unit, state in conn.execute(SCOPE_CHANGES, bounds):
        yield FeedRow(seq, state)


def _fill(found: Iterator[FeedRow]) -> tuple[list[FeedRow], bool]:
    """One page's rows, and whether there may be more."""
    rows: list[FeedRow] = []
    size = 0
    for row in found:
        size += len(row.state) + ROW_BYTES
        if rows and (size > limits.FEED_PAGE_BYTES or len(rows) == limits.FEED_PAGE_ROWS):
            return rows, True
        rows.append(row)
    return rows, False


def _left(
    conn: dbapi.Connection,
    office: str,
    between: tuple[int, int],
    role: Role,
    scope: Sequence[str],
) -> tuple[list[bytes], int | None]:
    """Records that went out of the scope, and the seq at which a page with too many ends."""
    left: dict[bytes, None] = {}
    for seq, record, old_unit, kind, unit in conn.execute(MOVES, (office, *between)):
        if may_read(role, kind, old_unit, scope) and not may_read(role, kind, unit, scope):
            left[record] = None
            if len(left) == limits.FEED_PAGE_ROWS and seq < between[1]:
                return list(left), seq
    return list(left), None
