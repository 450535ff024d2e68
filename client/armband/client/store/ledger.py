"""A stretch of a ledger: filtered, counted, in order, from one index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from armband.client.model import Entry, LedgerQuery, Page
from armband.client.search.terms import query_pieces
from armband.client.store import dbapi
from armband.client.store.entries import COLUMNS, entries_of
from armband.client.store.people import EVERYTHING, found_by_text
from armband.client.store.tables import chunks, marks
from armband.client.titles import dated_bounds
from armband.shared.kinds import CATALOGUE

FOLLOWED_MAX = 500
"""People and doors whose records are looked up for one piece of text: one letter fits thousands,
and nobody looks for a record among those; the next letter finds what this one left out. So many
have some two thousand visits, which are looked up in half a frame."""
_MANY = 2_000
"""From so many on, walking the ledger's index is cheaper than looking up each one's place."""


def page(
    conn: dbapi.Connection, query: LedgerQuery, offset: int, limit: int, total: int | None
) -> Page:
    """The entries from ``offset`` on, and how many there are; ``total`` when it is known."""
    where, values = _conditions(query)
    if query.text.strip() or query.about:
        return _page_of_found(conn, query, offset, limit, total)
    if total is None:
        total = conn.execute(f"SELECT count(*) FROM view WHERE {where}", values).fetchone()[0]
    numbers = _numbers(conn, query, offset, limit, total)
    return Page(offset, total, _entries_in_order(conn, numbers))


def _numbers(
    conn: dbapi.Connection, query: LedgerQuery, offset: int, limit: int, total: int
) -> list[int]:
    """The page's records, by walking the index alone from its nearer end."""
    where, values = _conditions(query)
    wanted = max(min(limit, total - offset), 0)
    from_end = total - offset - wanted
    backwards = from_end < offset
    descending = _is_dated(query.kind) != backwards
    # Equal sort keys come in the index's own order, the same in both directions; naming more
    # columns here would make SQLite sort what it has in order already.
    order = "DESC" if descending else "ASC"
    rows = conn.execute(
        f"SELECT n FROM view WHERE {where} ORDER BY sort {order} LIMIT ? OFFSET ?",
        (*values, wanted, from_end if backwards else offset),
    ).fetchall()
    numbers = [row[0] for row in rows]
    return numbers[::-1] if backwards else numbers


def _is_dated(kind: str) -> bool:
    return bool(kind in CATALOGUE and CATALOGUE[kind].dated)


def _conditions(query: LedgerQuery) -> tuple[str, list[object]]:
    """The index's columns that a query bounds."""
    parts = ["kind = ?"]
    values: list[object] = [query.kind]
    if _is_dated(query.kind) and (query.day_from or query.day_to):
        parts.append("sort >= ? AND sort < ?")
        values += dated_bounds(query.day_from, query.day_to)
    if query.unit:
        # "0" is the character after "/": the range is everything below the unit.
        parts.append("(unit = ? OR (unit >= ? AND unit < ?))")
        values += [query.unit, query.unit + "/", query.unit + "0"]
    if not query.with_void:
        parts.append("voided = 0")
    if query.only_conflicts:
        parts.append("contested = 1")
    return " AND ".join(parts), values


def _page_of_found(
    conn: dbapi.Connection, query: LedgerQuery, offset: int, limit: int, total: int | None
) -> Page:
    """As `page`, among the records that fit the text or are about one record."""
    found, is_cut = _found(conn, query)
    if len(found) >= _MANY:
        total, numbers = _walked(conn, query, found, offset, limit, total)
    else:
        total, numbers = _ranked(conn, query, found, offset, limit)
    return Page(offset, total, _entries_in_order(conn, numbers), is_cut)


def _ranked(
    conn: dbapi.Connection, query: LedgerQuery, found: Sequence[int], offset: int, limit: int
) -> tuple[int, list[int]]:
    """How many of ``found`` are in the ledger, and a stretch of them: each is looked up."""
    where, values = _conditions(query)
    kept: list[tuple[str, int]] = []
    for piece in chunks(found):
        kept += conn.execute(
            f"SELECT sort, n FROM view NOT INDEXED WHERE n IN ({marks(piece)}) AND {where}",
            (*piece, *values),
        )
    kept.sort(reverse=_is_dated(query.kind))
    return len(kept), [n for _sort, n in kept[offset : offset + limit]]


def _walked(
    conn: dbapi.Connection,
    query: LedgerQuery,
    found: Sequence[int],
    offset: int,
    limit: int,
    total: int | None,
) -> tuple[int, list[int]]:
    """As `_ranked`, by walking the ledger until the stretch is full."""
    where, values = _conditions(query)
    among = (msgspec.json.encode(found).decode(), *values)
    if total is None:
        total = conn.execute(
            "SELECT count(*) FROM view NOT INDEXED "
            f"WHERE n IN (SELECT value FROM json_each(?)) AND {where}",
            among,
        ).fetchone()[0]
    order = "DESC" if _is_dated(query.kind) else "ASC"
    # The plus keeps SQLite from looking each one up and sorting them.
    rows = conn.execute(
        "SELECT n FROM view INDEXED BY view_ledger "
        f"WHERE +n IN (SELECT value FROM json_each(?)) AND {where} ORDER BY sort {order} "
        "LIMIT ? OFFSET ?",
        (*among, limit, offset),
    )
    return total, [n for (n,) in rows]


def _found(conn: dbapi.Connection, query: LedgerQuery) -> tuple[list[int], bool]:
    """The records that fit the text and are about one record; whether some were left out."""
    numbers: list[int] | None = None
    is_cut = False
    if query.text.strip():
        followed_max = EVERYTHING if query.about else FOLLOWED_MAX
        pieces = query_pieces(query.text)
        numbers, is_cut = found_by_text(conn, query.kind, pieces, followed_max)
    if query.about:
        rows = conn.execute(
            "SELECT n FROM refs WHERE target = ? AND kind = ?",
            (bytes.fromhex(query.about), query.kind),
        )
        about = {n for (n,) in rows}
        numbers = sorted(about) if numbers is None else [n for n in numbers if n in about]
    return numbers or [], is_cut


def _entries_in_order(conn: dbapi.Connection, numbers: Sequence[int]) -> tuple[Entry, ...]:
    found: dict[int, Sequence[Any]] = {}
    for piece in chunks(numbers):
        rows = conn.execute(
            f"SELECT n, {COLUMNS} FROM view WHERE n IN ({marks(piece)})",
            piece,
        )
        for n, *row in rows:
            found[n] = row
    return entries_of(conn, [found[n] for n in numbers])
