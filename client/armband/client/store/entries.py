"""Reading records: single ones, stretches of a ledger, what to call what they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from armband.client.model import Entry
from armband.client.store import dbapi
from armband.client.store.derive import STANDINGS
from armband.client.store.tables import chunks, decode_patch, marks
from armband.client.titles import names_wanted
from armband.shared.kinds.declare import View

COLUMNS = "record, kind, unit, fields, void, stamp, conflicts, suspect, standing"


def view_of(row: Sequence[Any]) -> View:
    """The view in a row of `COLUMNS`."""
    record, kind, unit, fields, void, stamp, conflicts, suspect, _standing = row
    return View(
        id=record,
        kind=kind,
        unit=unit,
        fields=decode_patch(fields),
        void=void,
        stamp=stamp,
        conflicts=tuple(conflicts.split()),
        suspect=bool(suspect),
    )


def entries_of(conn: dbapi.Connection, rows: Sequence[Sequence[Any]]) -> tuple[Entry, ...]:
    """Rows of `COLUMNS` as entries, with the titles of what they refer to."""
    views = [view_of(row) for row in rows]
    titles = load_titles(conn, names_wanted(views))
    entries = []
    for view, row in zip(views, rows, strict=True):
        wanted = (record.hex() for record in names_wanted([view]))
        names = {hex_id: titles[hex_id] for hex_id in wanted if hex_id in titles}
        entries.append(Entry(view, STANDINGS[row[-1]], names))
    return tuple(entries)


def load_titles(conn: dbapi.Connection, records: Sequence[bytes]) -> Mapping[str, str]:
    """Hex id to title, of those records that are here."""
    found: dict[str, str] = {}
    for piece in chunks(records):
        rows = conn.execute(
            f"SELECT record, title FROM view WHERE record IN ({marks(piece)})",
            piece,
        )
        found.update((record.hex(), title) for record, title in rows)
    return found


def load_entry(conn: dbapi.Connection, record: bytes) -> Entry | None:
    """One record, or None."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM view WHERE record = ?",
        (record,),
    ).fetchall()
    return entries_of(conn, rows)[0] if rows else None


def load_all(conn: dbapi.Connection, kind: str) -> tuple[Entry, ...]:
    """Every record of a kind that is not voided, in the ledger's order; for the small kinds."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM view WHERE kind = ? AND voided = 0 ORDER BY sort",
        (kind,),
    ).fetchall()
    return entries_of(conn, rows)
