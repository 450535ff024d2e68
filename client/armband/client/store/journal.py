"""How long own operations are kept: dropped once they are stable and their keep-days are over.

An operation is dropped when a verified backup of the office holds it, the office's feed has taken
its place on the screens or never will (`handed_in`), and it was held `Policy.keep_days` days of the
office ago. What was refused is kept: no seq says whether a backup holds it. Days are counted by the
office's clock, with marks of how far it was on each day, because this terminal's clock may be years
off.
"""

from __future__ import annotations

from collections.abc import Iterable

from armband.client.store import dbapi
from armband.client.store.handed_in import handed_in
from armband.client.store.tables import load_sync, marks
from armband.shared.days import add_days, day_of
from armband.shared.policy import Policy

Run = tuple[int, int, bytes]
"""First and last counter of consecutive dropped operations, and the id of the last."""


def note_held(conn: dbapi.Connection, seq: int, policy: Policy, office_now_ms: int) -> None:
    """The office is at ``seq`` now: whatever it holds, it holds on this day."""
    conn.execute(
        "INSERT INTO held_days VALUES (?, ?) "
        "ON CONFLICT (day) DO UPDATE SET seq = max(seq, excluded.seq)",
        (day_of(office_now_ms, policy), seq),
    )


def begin_epoch(conn: dbapi.Connection) -> None:
    """Other operations stand at the office's seqs now."""
    conn.execute("DELETE FROM held_days")


def drop_old(conn: dbapi.Connection, policy: Policy, office_now_ms: int) -> list[bytes]:
    """Drop what need not be kept any more; the records that look different without it."""
    last_day = add_days(day_of(office_now_ms, policy), -policy.keep_days)
    mark = conn.execute(
        "SELECT max(day), max(seq) FROM held_days WHERE day <= ?", (last_day,)
    ).fetchone()
    if mark[0] is None:
        return []
    upto = min(mark[1], load_sync(conn).stable_seq)
    own = handed_in(conn)
    gone = conn.execute(
        f"DELETE FROM ops WHERE state = 1 AND (shown = 0 OR record IN ({marks(own)})) "
        "AND seq <= ? RETURNING counter, id, record, shown",
        (*own, upto),
    ).fetchall()
    if gone:
        _note_runs(conn, ((counter, counter, op) for counter, op, _record, _shown in gone))
    # The newest mark of the days that are over says all that the older ones said.
    conn.execute("UPDATE held_days SET seq = ? WHERE day = ?", (mark[1], mark[0]))
    conn.execute("DELETE FROM held_days WHERE day < ?", (mark[0],))
    return [record for _counter, _id, record, shown in gone if shown]


def _note_runs(conn: dbapi.Connection, gone: Iterable[Run]) -> None:
    merged: list[Run] = []
    for first, last, head in sorted([*dropped_runs(conn), *gone]):
        if merged and merged[-1][1] + 1 == first:
            merged[-1] = (merged[-1][0], last, head)
        else:
            merged.append((first, last, head))
    conn.execute("DELETE FROM dropped")
    conn.executemany("INSERT INTO dropped VALUES (?, ?, ?)", merged)


def dropped_runs(conn: dbapi.Connection) -> list[Run]:
    """The runs of dropped operations, in order of the chain."""
    return conn.execute("SELECT first, last, head FROM dropped ORDER BY first").fetchall()


def dropped_count(conn: dbapi.Connection) -> int:
    """How many own operations were dropped."""
    (found,) = conn.execute("SELECT coalesce(sum(last - first + 1), 0) FROM dropped").fetchone()
    return int(found)


def known_id(conn: dbapi.Connection, counter: int) -> bytes | None:
    """The id of an own operation, kept or dropped, as far as it is known here."""
    row = conn.execute(
        "SELECT id FROM ops WHERE counter = :counter UNION ALL "
        "SELECT head FROM dropped WHERE last = :counter LIMIT 1",
        {"counter": counter},
    ).fetchone()
    return row[0] if row else None
