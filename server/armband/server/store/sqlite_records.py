"""What commands and people read: histories, ledgers, roll-up cells, chains, the quarantine."""

from __future__ import annotations

from armband.server.model import Head, Quarantined, RecordHistory, RecordsPage
from armband.server.store import dbapi
from armband.server.store.port import CellQuery
from armband.server.store.readable import within
from armband.server.store.sqlite_office import read_office
from armband.server.store.values import decode_metrics
from armband.shared import limits
from armband.shared.merge import decode_state, view
from armband.shared.rollup import NOW, CellKey, Metrics
from armband.shared.units import depth_below
from armband.shared.wire import HistoryRow

PLACE = "SELECT kind, unit FROM records WHERE office = ? AND id = ?"
HISTORY = """
    SELECT seq, id, eff, hlc, suspect, payload FROM ops
    WHERE office = ? AND record = ? ORDER BY seq DESC LIMIT ?"""
HEADS = """
    SELECT op, counter, eff, branch = key_id FROM heads
    WHERE office = ? AND key_id = ?"""
CELLS = """
    SELECT day, unit, metrics FROM cells
    WHERE office = ? AND day BETWEEN ? AND ?
      AND (unit BETWEEN ? AND ? OR unit BETWEEN ? AND ?)"""
RECORDS = """
    WITH page AS (
        SELECT found.unit, found.id FROM records AS found
        WHERE found.office = ? AND found.kind = ? AND found.unit >= ?
          AND (found.unit BETWEEN ? AND ? OR found.unit BETWEEN ? AND ?)
          AND (found.unit > ? OR found.id > ?)
        ORDER BY found.unit, found.id LIMIT ?
    )
    SELECT r.unit, r.id, r.state FROM page CROSS JOIN records AS r
    WHERE r.office = ? AND r.id = page.id ORDER BY page.unit, page.id"""
QUARANTINE = """
    SELECT id, key_id, counter, reason, detail, received_ms, payload FROM quarantine
    WHERE office = ? ORDER BY received_ms DESC, key_id, counter DESC LIMIT ?"""


def history(conn: dbapi.Connection, office: str, record: bytes) -> RecordHistory | None:
    """See `Office.history`."""
    place = conn.execute(PLACE, (office, record)).fetchone()
    if place is None:
        return None
    found = conn.execute(HISTORY, (office, record, limits.MAX_HISTORY_ROWS)).fetchall()
    rows = [
        HistoryRow(seq, op, eff, hlc, bool(suspect), payload or b"")
        for seq, op, eff, hlc, suspect, payload in reversed(found)
    ]
    return RecordHistory(record, place[0], place[1], rows)


def head_of(conn: dbapi.Connection, office: str, key_id: bytes) -> Head:
    """The head of the main branch, or of the longest one where there is no main branch."""
    heads = conn.execute(HEADS, (office, key_id)).fetchall()
    if not heads:
        return Head()
    op, counter, eff, _is_main = max(heads, key=lambda head: (head[3], head[1], head[0]))
    return Head(op, counter, eff)


def cells(
    conn: dbapi.Connection, office: str, query: CellQuery
) -> tuple[int, dict[CellKey, Metrics]]:
    """See `Store.cells`."""
    below = [code for bounds in within(query.unit) for code in bounds]
    found: dict[CellKey, Metrics] = {}
    for first, last in ((NOW, NOW), (query.day_from, query.day_to)):
        for day, unit, raw in conn.execute(CELLS, (office, first, last, *below)):
            wanted = depth_below(unit, query.unit) <= query.depth
            if wanted or (day == query.day_to and unit in query.also):
                metrics = decode_metrics(raw)
                if metrics:
                    found[day, unit] = metrics
    return read_office(conn, office).seq, found


def records_page(
    conn: dbapi.Connection,
    office: str,
    kind: str,
    unit: str,
    after: tuple[str, bytes] | None,
    limit: int,
) -> RecordsPage:
    """See `Office.records_page`."""
    last_unit, last_id = after if after is not None else ("", b"")
    below = [code for bounds in within(unit) for code in bounds]
    bounds = (office, kind, last_unit, *below, last_unit, last_id, limit, office)
    rows = conn.execute(RECORDS, bounds).fetchall()
    views = [view(decode_state(state)) for _unit, _id, state in rows]
    return RecordsPage(views, (rows[-1][0], rows[-1][1]) if len(rows) == limit else None)


def quarantine(conn: dbapi.Connection, office: str, limit: int) -> list[Quarantined]:
    """See `Office.quarantine`."""
    return [Quarantined(*row) for row in conn.execute(QUARANTINE, (office, limit))]
