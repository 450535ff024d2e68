"""A stretch of a ledger: filtered, counted, in order, from one index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from armband.client.model import Entry, LedgerQuery
from armband.client.search.terms import query_pieces
from armband.client.store.entries import COLUMNS, entries_of
from armband.client.store.people import found_by_text
from armband.client.store.tables import chunks, marks
from armband.client.titles import dated_bounds
from armband.shared.kinds import CATALOGUE


def page(
    conn: sqlite3.Connection, query: LedgerQuery, offset: int, limit: int, total: int | None
) -> tuple[int, tuple[Entry, ...]]:
    """The total and the entries from ``offset`` on; ``total`` when it is known already."""
    where, values = _conditions(query)
    if query.text.strip() or query.about:
        return _page_of_found(conn, query, offset, limit)
    if total is None:
        total = conn.execute(f"SELECT count(*) FROM view WHERE {where}", values).fetchone()[0]
    return total, _entries_in_order(conn, _numbers(conn, query, offset, limit, total))


def _numbers(
    conn: sqlite3.Connection, query: LedgerQuery, offset: int, limit: int, total: int
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
    conn: sqlite3.Connection, query: LedgerQuery, offset: int, limit: int
) -> tuple[int, tuple[Entry, ...]]:
    """As `page`, among the records that fit the text or are about one record."""
    where, values = _conditions(query)
    kept: list[tuple[str, int]] = []
    for piece in chunks(_found(conn, query)):
        kept += conn.execute(
            f"SELECT sort, n FROM view NOT INDEXED WHERE n IN ({marks(piece)}) AND {where}",
            (*piece, *values),
        )
    kept.sort(reverse=_is_dated(query.kind))
    return len(kept), _entries_in_order(conn, [n for _sort, n in kept[offset : offset + limit]])


def _found(conn: sqlite3.Connection, query: LedgerQuery) -> list[int]:
    numbers: list[int] | None = None
    if query.text.strip():
        numbers = found_by_text(conn, query.kind, query_pieces(query.text))
    if query.about:
        rows = conn.execute(
            "SELECT n FROM refs WHERE target = ? AND kind = ?",
            (bytes.fromhex(query.about), query.kind),
        )
        about = {n for (n,) in rows}
        numbers = sorted(about) if numbers is None else [n for n in numbers if n in about]
    return numbers or []


def _entries_in_order(conn: sqlite3.Connection, numbers: Sequence[int]) -> tuple[Entry, ...]:
    found: dict[int, Sequence[Any]] = {}
    for piece in chunks(numbers):
        rows = conn.execute(
            f"SELECT n, {COLUMNS} FROM view WHERE n IN ({marks(piece)})",
            piece,
        )
        for n, *row in rows:
            found[n] = row
    return entries_of(conn, [found[n] for n in numbers])
