"""Which columns of a schema nothing proves: no second copy in an index, and no recount."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def unproved(conn: sqlite3.Connection, recounted: Mapping[str, str]) -> list[str]:
    """``table.column`` of all that could change unseen.

    Args:
        recounted: ``table`` or ``table.column`` to how the doctor proves it otherwise.
    """
    tables = [
        name
        for (name,) in conn.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return [
        f"{table}.{column}"
        for table in sorted(tables)
        if table not in recounted
        for column in sorted(_columns(conn, table) - _indexed(conn, table))
        if f"{table}.{column}" not in recounted
    ]


def _columns(conn: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in conn.execute(f"PRAGMA table_xinfo({table})")}


def _indexed(conn: sqlite3.Connection, table: str) -> set[str]:
    """Columns of the indexes that hold every row; each entry of one also holds the row's key."""
    found: set[str] = set()
    for _seq, index, _unique, origin, partial in conn.execute(f"PRAGMA index_list({table})"):
        if origin == "c" and not partial:
            found |= {row[2] for row in conn.execute(f"PRAGMA index_info({index})")}
    if found:
        found |= {row[1] for row in conn.execute(f"PRAGMA table_xinfo({table})") if row[5]}
    return found
