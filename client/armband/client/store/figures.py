"""Roll-ups as the office last said them, and the names of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from armband.client.store import dbapi
from armband.client.store.tables import encode
from armband.client.sync_port import RollupPart
from armband.shared import wire
from armband.shared.kinds.unit import KIND as UNIT_KIND
from armband.shared.rollup import NOW, CellKey, Coverage, Metrics, coverage
from armband.shared.rollup_report import AsOf, RollupReport, build_report
from armband.shared.units import CLOSED, depth_below, is_within

WATCHES_KEPT = 32

_metrics_decoder = msgspec.msgpack.Decoder(Metrics)
_coverage_decoder = msgspec.msgpack.Decoder(wire.CoverageRow)


def apply_rollup(
    conn: dbapi.Connection, sub: wire.Subscribe, parts: Sequence[RollupPart]
) -> frozenset[str]:
    """Take in the frames of one moment: absolute values, so a repeat changes nothing.

    Gives ``{"unit"}`` when it named units.
    """
    watch = _watch_of(conn, sub)
    for part in parts:
        frame, body = part.frame, part.body
        if frame.reset:
            conn.execute("DELETE FROM cells WHERE watch = ?", (watch,))
        conn.executemany(
            "DELETE FROM cells WHERE watch = ? AND day = ? AND unit = ?",
            [(watch, row.day, row.unit) for row in body.rows if not row.metrics],
        )
        conn.executemany(
            "INSERT INTO cells VALUES (?, ?, ?, ?) "
            "ON CONFLICT (watch, day, unit) DO UPDATE SET metrics = excluded.metrics",
            [(watch, row.day, row.unit, encode(row.metrics)) for row in body.rows if row.metrics],
        )
        conn.executemany(
            "INSERT INTO unit_names VALUES (?, ?, ?) "
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level",
            [(unit.code, unit.name, unit.level) for unit in body.units],
        )
        conn.execute(
            "UPDATE watches SET seq = ?, at_ms = ?, last_day = ?, coverage = ? WHERE watch = ?",
            (frame.seq, frame.at_ms, body.day, encode(body.coverage), watch),
        )
    _forget_old(conn)
    named = any(part.body.units for part in parts)
    return frozenset({UNIT_KIND.name}) if named else frozenset()


def _forget_old(conn: dbapi.Connection) -> None:
    """Keep the figures of the newest subscriptions only: days go by, and each is one."""
    old = conn.execute(
        "SELECT watch FROM watches ORDER BY seq DESC, watch DESC LIMIT -1 OFFSET ?", (WATCHES_KEPT,)
    ).fetchall()
    for table in ("watches", "cells") if old else ():
        conn.executemany(f"DELETE FROM {table} WHERE watch = ?", old)


def _watch_of(conn: dbapi.Connection, sub: wire.Subscribe) -> int:
    key = (sub.unit, sub.depth, sub.day_from, sub.day_to)
    conn.execute(
        "INSERT INTO watches (unit, depth, day_from, day_to, seq, at_ms, last_day, coverage) "
        "VALUES (?, ?, ?, ?, 0, 0, '', x'') ON CONFLICT DO NOTHING",
        key,
    )
    watch: int = conn.execute(
        "SELECT watch FROM watches WHERE (unit, depth, day_from, day_to) = (?, ?, ?, ?)", key
    ).fetchone()[0]
    return watch


def load_units(conn: dbapi.Connection) -> dict[str, wire.UnitName]:
    """Every unit known here by its code: records first, else what roll-ups named."""
    found = {
        code: wire.UnitName(code, name, level)
        for code, name, level in conn.execute("SELECT code, name, level FROM unit_names")
    }
    rows = conn.execute("SELECT unit, title, fields FROM view WHERE kind = 'unit' AND voided = 0")
    for code, title, fields in rows:
        told = msgspec.msgpack.decode(fields)
        level = CLOSED if told.get("moved_to") else told.get("level", "")
        found[code] = wire.UnitName(code, title, level)
    return dict(sorted(found.items()))


def load_report(
    conn: dbapi.Connection,
    office: str,
    unit: str,
    day: str,
    depth: int,
    units: Mapping[str, wire.UnitName],
) -> RollupReport | None:
    """The newest figures of ``unit`` on ``day`` down to ``depth``, from any subscription that
    covers them; None when there is none."""
    rows = conn.execute(
        "SELECT watch, unit, depth, day_from, last_day, seq, at_ms, coverage FROM watches "
        "WHERE seq > 0 ORDER BY seq DESC, watch DESC"
    )
    for watch, top, deep, day_from, last_day, seq, at_ms, covered in rows:
        enough = is_within(unit, top) and depth_below(unit, top) + depth <= deep
        if not enough or not (day_from or last_day) <= day <= last_day:
            continue
        cells = _load_cells(conn, watch, day)
        names = {code: (u.name, u.level) for code, u in units.items()}
        names.setdefault(unit, (unit, ""))
        if unit == top and day == last_day:
            said = _coverage_decoder.decode(covered)
            reach = Coverage(said.reported, said.expected, tuple(said.missing))
        else:
            levels = {code: level for code, (_name, level) in names.items()}
            reach = coverage(unit, levels, day, cells)
        as_of = AsOf(seq, at_ms)
        return build_report(office, unit, as_of, [day], depth, names, cells, reach)
    return None


def _load_cells(conn: dbapi.Connection, watch: int, day: str) -> dict[CellKey, Metrics]:
    rows = conn.execute(
        "SELECT day, unit, metrics FROM cells WHERE watch = ? AND day IN (?, ?)", (watch, day, NOW)
    )
    return {(found_day, unit): _metrics_decoder.decode(raw) for found_day, unit, raw in rows}
