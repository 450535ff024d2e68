"""What lies on the terminal's desk: the tray of refused operations, conflicts, own history,
forms half filled in, and what the person has chosen."""

from __future__ import annotations

import msgspec

from armband.client.model import (
    Conflict,
    ConflictChoice,
    HistoryEntry,
    Refused,
    Standing,
    SyncStatus,
)
from armband.client.overlay import OpState, laid_over
from armband.client.store import dbapi
from armband.client.store.entries import COLUMNS as VIEW_COLUMNS
from armband.client.store.entries import load_titles, view_of
from armband.client.store.journal import dropped_count
from armband.client.store.tables import (
    decode_payload,
    encode,
    load_bases,
    load_identity,
    load_own,
    load_sync,
)
from armband.client.titles import names_wanted
from armband.shared import hlc
from armband.shared.merge import State, candidates

CHECKED = "checked with the office"
"""The preference that says when the base was last compared with the office's, and the outcome."""
# One statement: the sync line is counted anew after each write. Every count walks an index.
_COUNTS = """
SELECT (SELECT count(*) FROM ops WHERE state = 0), (SELECT count(*) FROM ops WHERE state = 2),
    (SELECT count(*) FROM ops WHERE state = 2 AND put_away = 0),
    (SELECT count(*) FROM view WHERE contested = 1)
"""
_HELD_UP_TO = "SELECT count(*) FROM ops WHERE state = 1 AND seq <= ?"

_values_decoder = msgspec.msgpack.Decoder(dict[str, str])


def load_status(conn: dbapi.Connection) -> SyncStatus:
    """The counts of the sync line; what the connection adds comes from the link."""
    sync = load_sync(conn)
    waiting, refused_ever, refused, conflicts = conn.execute(_COUNTS).fetchone()
    stable = dropped_count(conn)
    if sync.stable_seq:
        (held,) = conn.execute(_HELD_UP_TO, (sync.stable_seq,)).fetchone()
        stable += held
    checked, _blank, outcome = load_preference(conn, CHECKED).partition(" ")
    return SyncStatus(
        written=sync.counter,
        held=sync.counter - waiting - refused_ever,
        stable=stable,
        waiting=waiting,
        refused=refused,
        conflicts=conflicts,
        last_contact=sync.last_contact_ms,
        checked=int(checked) if checked else None,
        agrees=outcome != "differs",
        fork=bool(sync.fork),
        revoked=bool(sync.revoked),
        utc_offset_min=load_identity(conn).policy.utc_offset_min,
    )


def load_tray(conn: dbapi.Connection) -> list[Refused]:
    """Refused operations that wait for a person, oldest first."""
    rows = conn.execute(
        "SELECT id, payload, reason, detail, at_ms, is_new FROM ops "
        "WHERE state = 2 AND put_away = 0 ORDER BY counter"
    )
    return [_refused(*row) for row in rows]


def load_refused(conn: dbapi.Connection, op: bytes) -> Refused | None:
    """One operation of the tray, or None."""
    row = conn.execute(
        "SELECT id, payload, reason, detail, at_ms, is_new FROM ops "
        "WHERE id = ? AND state = 2 AND put_away = 0",
        (op,),
    ).fetchone()
    return _refused(*row) if row else None


def _refused(op: bytes, raw: bytes, reason: str, detail: str, at_ms: int, is_new: int) -> Refused:
    body = decode_payload(raw)
    return Refused(
        op=op,
        record=body.record,
        kind=body.kind,
        unit=body.unit,
        patch=body.patch,
        reason=reason,
        detail=detail,
        at_ms=at_ms,
        is_new=bool(is_new),
    )


def _state_of(conn: dbapi.Connection, record: bytes) -> State | None:
    base = load_bases(conn, [record]).get(record)
    own = load_own(conn, [record]).get(record, [])
    return laid_over(base, record, own, load_sync(conn).key_id)


def load_conflicts(conn: dbapi.Connection) -> list[Conflict]:
    """Every field with several standing values, the winner first."""
    rows = conn.execute(
        f"SELECT {VIEW_COLUMNS}, title FROM view WHERE contested = 1 ORDER BY kind, sort, n"
    ).fetchall()
    found: list[Conflict] = []
    for *row, title in rows:
        view = view_of(row)
        state = _state_of(conn, view.id)
        if state is None:
            continue
        named = title or " ".join(load_titles(conn, names_wanted([view])).values())
        for name in view.conflicts:
            choices = tuple(
                ConflictChoice(c.value, c.author, hlc.stamp_ms(c.stamp), c.suspect)
                for c in candidates(state, name)
            )
            found.append(Conflict(view.id, view.kind, named, name, choices))
    return found


def load_history(conn: dbapi.Connection, record: bytes) -> tuple[HistoryEntry, ...]:
    """What is known here of a record's operations: own ones, and others' that still stand."""
    own: dict[bytes, HistoryEntry] = {}
    rows = conn.execute(
        "SELECT id, at_ms, state, payload FROM ops WHERE record = ? ORDER BY counter", (record,)
    )
    for op, at_ms, state, raw in rows:
        body = decode_payload(raw)
        own[op] = HistoryEntry(at_ms, body.author, body.patch, _standing(state))
    base = load_bases(conn, [record]).get(record)
    others = [
        HistoryEntry(
            hlc.stamp_ms(write.stamp), write.author, write.patch, Standing.HELD, write.suspect
        )
        for write in (base.writes if base else ())
        if write.op not in own
    ]
    return tuple(sorted([*others, *own.values()], key=lambda entry: entry.at_ms))


def load_unsent(conn: dbapi.Connection, record: bytes) -> tuple[HistoryEntry, ...]:
    """Own operations on a record that the office does not hold."""
    rows = conn.execute(
        "SELECT at_ms, state, payload FROM ops WHERE record = ? AND state != 1 ORDER BY counter",
        (record,),
    )
    bodies = [(at_ms, state, decode_payload(raw)) for at_ms, state, raw in rows]
    return tuple(
        HistoryEntry(at_ms, body.author, body.patch, _standing(state))
        for at_ms, state, body in bodies
    )


def _standing(state: int) -> Standing:
    return {
        OpState.WAITING: Standing.WRITTEN,
        OpState.HELD: Standing.HELD,
        OpState.REFUSED: Standing.REFUSED,
    }[OpState(state)]


def save_draft(conn: dbapi.Connection, form: str, values: dict[str, str], now_ms: int) -> None:
    """Keep what is typed into a form."""
    conn.execute(
        "INSERT INTO drafts VALUES (?, ?, ?) "
        "ON CONFLICT (form) DO UPDATE SET fields = excluded.fields, at_ms = excluded.at_ms",
        (form, encode(values), now_ms),
    )


def drop_draft(conn: dbapi.Connection, form: str) -> None:
    """Forget what was typed into a form."""
    conn.execute("DELETE FROM drafts WHERE form = ?", (form,))


def load_drafts(conn: dbapi.Connection) -> dict[str, dict[str, str]]:
    """Form to what is typed into it, the newest first."""
    rows = conn.execute("SELECT form, fields FROM drafts ORDER BY at_ms DESC, form")
    return {form: _values_decoder.decode(raw) for form, raw in rows}


def load_preference(conn: dbapi.Connection, name: str) -> str:
    """What was chosen, ``""`` when nothing was."""
    row = conn.execute("SELECT value FROM preferences WHERE name = ?", (name,)).fetchone()
    return row[0] if row else ""


def set_preference(conn: dbapi.Connection, name: str, value: str) -> None:
    """Keep a choice."""
    conn.execute(
        "INSERT INTO preferences VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
