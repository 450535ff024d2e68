"""What is to be done here: the duties of the records, less what other records have settled."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import msgspec

from armband.client.model import Identity, Task, Today, TodoQuery
from armband.client.store import dbapi
from armband.client.store.entries import COLUMNS, entries_of
from armband.client.store.sitting import posts_of, who_sits_here
from armband.client.store.tables import chunks, load_identity, marks
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.duties import Rank, post_key, role_key, unit_key
from armband.shared.policy import Policy
from armband.shared.roles import Role
from armband.shared.units import lineage

_OPEN = """
SELECT d.n, d.key, d.rank, CASE WHEN d.daily THEN :day_ends ELSE d.due_ms END AS due
FROM duties d INDEXED BY duties_open
WHERE d.rank IN (SELECT value FROM json_each(:ranks)) AND (d.daily OR d.done_ms <= d.since_ms)
    AND NOT (d.daily AND d.done_ms >= max(d.since_ms + 1, :day_begins))
    AND d.from_ms <= :now AND (d.until_ms = 0 OR d.until_ms > :now)
    AND (:everyones OR d.who IN (SELECT value FROM json_each(:mine)))
    AND (instr(d.key, '#') = 0 OR NOT EXISTS (SELECT 1 FROM settled s WHERE s.key IN (
            substr(d.key, 1, instr(d.key, '#')) || :me,
            substr(d.key, 1, instr(d.key, '#')) || :terminal)
        AND s.at_ms >= CASE WHEN d.daily THEN max(d.since_ms + 1, :day_begins)
            ELSE d.since_ms + 1 END))
ORDER BY d.rank, due, d.n, d.key
"""
"""Only the open ones are looked at, however much has been done: `done_ms` stands in the index. What
a person has done for themselves alone is asked for one by one, of the few duties with a ``#``."""


_Row = tuple[int, str, int, int]
"""The record's number, the duty's key, its rank, and when it is due."""
_RANK, _DUE = itemgetter(2), itemgetter(3)


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody asks: now, and the bounds of the office's day, in UTC milliseconds."""

    now_ms: int
    day_begins_ms: int
    day_ends_ms: int


def load_today(conn: dbapi.Connection, moment: Moment, query: TodoQuery, policy: Policy) -> Today:
    """A stretch of the open duties, the most urgent first, and how many there are of each rank."""
    identity = load_identity(conn)
    me = who_sits_here(conn)
    asked = {
        "now": moment.now_ms,
        "day_begins": moment.day_begins_ms,
        "day_ends": moment.day_ends_ms,
        "everyones": not query.who,
        "mine": _answered_by(conn, query.who, identity, moment.now_ms),
        "me": me,
        "terminal": identity.terminal,
        "ranks": msgspec.json.encode([int(rank) for rank in query.ranks or Rank]).decode(),
    }
    rows = _once(conn.execute(_OPEN, asked))
    counts, late = _counted(rows, moment.now_ms)
    wanted = rows[query.offset : query.offset + query.limit]
    return Today(_tasks(conn, wanted, policy), counts, late)


def _counted(rows: Sequence[_Row], now_ms: int) -> tuple[dict[Rank, int], dict[Rank, int]]:
    """Of rows in order: how many there are of each rank, and how many of those are late."""
    counts: dict[Rank, int] = {}
    late: dict[Rank, int] = {}
    begin = 0
    while begin < len(rows):
        number = rows[begin][2]
        end = bisect_right(rows, number, begin, key=_RANK)
        counts[Rank(number)] = end - begin
        late[Rank(number)] = bisect_right(rows, now_ms, begin, end, key=_DUE) - begin
        begin = end
    return counts, late


def _answered_by(conn: dbapi.Connection, who: str, identity: Identity, now_ms: int) -> str:
    """As JSON: every ``who`` of a duty for which a member of the staff answers here."""
    posts = (post_key(post) for post in posts_of(conn, who, now_ms))
    units = (unit_key(code) for scope in identity.scope for code in lineage(scope))
    mine = ["", who, role_key(Role(identity.role)), *posts, *units]
    return msgspec.json.encode(mine).decode()


def _once(rows: Iterable[_Row]) -> list[_Row]:
    """Of duties whose keys differ only after a ``#``, the most urgent."""
    first: dict[tuple[int, str], _Row] = {}
    return [
        row
        for row in rows
        if "#" not in row[1] or first.setdefault((row[0], row[1].partition("#")[0]), row) is row
    ]


def _tasks(conn: dbapi.Connection, rows: Sequence[_Row], policy: Policy) -> tuple[Task, ...]:
    numbers = list(dict.fromkeys(row[0] for row in rows))
    found = []
    for piece in chunks(numbers):
        found += conn.execute(
            f"SELECT n, {COLUMNS} FROM view NOT INDEXED WHERE n IN ({marks(piece)})", piece
        ).fetchall()
    entries = dict(
        zip([row[0] for row in found], entries_of(conn, [r[1:] for r in found]), strict=True)
    )
    duties = {
        (n, duty.key): duty
        for n, entry in entries.items()
        for duty in CATALOGUE[entry.view.kind].duties_of(entry.view, policy)
    }
    return tuple(Task(entries[n], duties[n, key], due_ms) for n, key, _rank, due_ms in rows)
