"""The derived tables: what screens read (`view`), its search terms and references.

They are rebuilt for a record in the same transaction that changes its base or its own operations,
so that they always equal the fold of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from armband.client.model import Standing
from armband.client.overlay import OwnOp, shown_view, standing_of
from armband.client.search.terms import record_terms
from armband.client.store import dbapi
from armband.client.store.duty_rows import DutyRows
from armband.client.store.handed_in import kinds_handed_in
from armband.client.store.tables import (
    chunks,
    encode,
    is_enrolled,
    load_bases,
    load_identity,
    load_own,
    load_sync,
    marks,
)
from armband.client.titles import about, sort_key, title_of
from armband.shared.ids import ID_BYTES
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.merge import State

_RULES = 5
"""To be raised when terms, titles or sort keys of the same declarations come out otherwise."""
_DERIVED_BY = "derived by"
"""The preference that names them."""
STANDINGS = (Standing.WRITTEN, Standing.HELD, Standing.REFUSED)
"""A standing's place is what the store holds for it."""

_UPSERT = """
INSERT INTO view (n, record, kind, sort, unit, voided, contested, title, standing, stamp, suspect,
    void, conflicts, fields, terms, refs)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (n) DO UPDATE SET kind = excluded.kind, sort = excluded.sort, unit = excluded.unit,
    voided = excluded.voided, contested = excluded.contested, title = excluded.title,
    standing = excluded.standing, stamp = excluded.stamp, suspect = excluded.suspect,
    void = excluded.void, conflicts = excluded.conflicts, fields = excluded.fields,
    terms = excluded.terms, refs = excluded.refs
"""


@dataclass(frozen=True, slots=True)
class _Old:
    """What the derived tables hold of a record before it changes."""

    n: int
    kind: str
    terms: frozenset[str]
    refs: tuple[bytes, ...]


@dataclass(slots=True)
class _Changes:
    """What one refresh does to the tables, gathered so that each takes one statement."""

    rows: list[tuple[object, ...]]
    gone: list[tuple[int]]
    terms_gone: list[tuple[str, str, int]]
    terms_new: list[tuple[str, str, int]]
    refs_gone: list[tuple[bytes, str, int]]
    refs_new: list[tuple[bytes, str, int]]
    duties: DutyRows = field(default_factory=DutyRows)


def refresh(
    conn: dbapi.Connection,
    key_id: bytes,
    records: Sequence[bytes],
    bases: Mapping[bytes, State] | None = None,
) -> frozenset[str]:
    """Rebuild the derived rows of ``records``; the kinds that look different now.

    ``bases`` may bring the states that the caller has decoded already: all that are in the store.
    """
    if not records:
        return frozenset()
    own = load_own(conn, records)
    known = load_bases(conn, records) if bases is None else bases
    old = _load_old(conn, records)
    next_n: int = conn.execute("SELECT coalesce(max(n), 0) + 1 FROM view").fetchone()[0]
    changes = _Changes([], [], [], [], [], [])
    policy = load_identity(conn).policy
    told_nothing_more = kinds_handed_in(conn)
    kinds: set[str] = set()
    for record in dict.fromkeys(records):
        mine = own.get(record, [])
        view = shown_view(known.get(record), record, mine, key_id)
        before = old.get(record)
        if before is not None:
            kinds.add(before.kind)
        if view is None:
            if before is not None:
                _forget(changes, before)
            continue
        kinds.add(view.kind)
        n = before.n if before else next_n
        next_n += before is None
        _replace(changes, n, before, view, mine)
        if before is not None:
            changes.duties.forget(n, before.kind)
        if view.kind not in told_nothing_more:
            # Of what it hands in, this terminal never hears that it was done.
            changes.duties.add(n, view, policy)
    _apply(conn, changes)
    return frozenset(kinds)


def _load_old(conn: dbapi.Connection, records: Sequence[bytes]) -> dict[bytes, _Old]:
    found: dict[bytes, _Old] = {}
    for piece in chunks(records):
        rows = conn.execute(
            f"SELECT record, n, kind, terms, refs FROM view WHERE record IN ({marks(piece)})",
            piece,
        )
        for record, n, kind, terms, refs in rows:
            found[record] = _Old(n, kind, frozenset(split_terms(terms)), _split_refs(refs))
    return found


def split_terms(joined: str) -> list[str]:
    """The terms of a record as ``view.terms`` holds them."""
    return joined.split("\n") if joined else []


def _split_refs(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + ID_BYTES] for at in range(0, len(joined), ID_BYTES))


def _forget(changes: _Changes, old: _Old) -> None:
    changes.gone.append((old.n,))
    changes.duties.forget(old.n, old.kind)
    changes.terms_gone.extend((old.kind, term, old.n) for term in sorted(old.terms))
    changes.refs_gone.extend((target, old.kind, old.n) for target in old.refs)


def _replace(changes: _Changes, n: int, old: _Old | None, view: View, own: Sequence[OwnOp]) -> None:
    kind = CATALOGUE.get(view.kind)
    terms = record_terms(kind, view.fields) if kind else ()
    refs = about(view)
    if old is not None and old.kind != view.kind:
        # Terms and references are kept by kind: those of the other kind would stay behind.
        changes.terms_gone.extend((old.kind, term, n) for term in sorted(old.terms))
        changes.refs_gone.extend((target, old.kind, n) for target in old.refs)
        old = None
    old_terms = old.terms if old else frozenset()
    old_refs = old.refs if old else ()
    new_terms = frozenset(terms)
    changes.terms_gone.extend((view.kind, term, n) for term in sorted(old_terms - new_terms))
    changes.terms_new.extend((view.kind, term, n) for term in terms if term not in old_terms)
    changes.refs_gone.extend((target, view.kind, n) for target in old_refs if target not in refs)
    changes.refs_new.extend((target, view.kind, n) for target in refs if target not in old_refs)
    title = title_of(view)
    changes.rows.append(
        (
            n,
            view.id,
            view.kind,
            sort_key(view, title),
            view.unit,
            bool(view.void),
            bool(view.conflicts),
            title,
            STANDINGS.index(standing_of(own)),
            view.stamp,
            view.suspect,
            view.void,
            " ".join(view.conflicts),
            encode(view.fields),
            "\n".join(terms),
            b"".join(refs),
        )
    )


def _apply(conn: dbapi.Connection, changes: _Changes) -> None:
    steps: tuple[tuple[str, Sequence[tuple[object, ...]]], ...] = (
        ("DELETE FROM view WHERE n = ?", changes.gone),
        ("DELETE FROM terms WHERE kind = ? AND term = ? AND n = ?", changes.terms_gone),
        ("DELETE FROM refs WHERE target = ? AND kind = ? AND n = ?", changes.refs_gone),
        (_UPSERT, changes.rows),
        # In key order, the tree is walked once from left to right.
        ("INSERT INTO terms VALUES (?, ?, ?)", sorted(changes.terms_new)),
        ("INSERT INTO refs VALUES (?, ?, ?)", sorted(changes.refs_new)),
    )
    for statement, rows in steps:
        if rows:
            conn.executemany(statement, rows)
    changes.duties.apply(conn)


def clear(conn: dbapi.Connection) -> None:
    """Empty the derived tables."""
    for table in ("view", "terms", "refs", "duties", "settled"):
        conn.execute(f"DELETE FROM {table}")


def records_with_duties(conn: dbapi.Connection) -> list[bytes]:
    """The records of kinds that ask somebody to do something, or show that it was done."""
    kinds = sorted(name for name, kind in CATALOGUE.items() if kind.duties or kind.settles)
    rows = conn.execute(f"SELECT record FROM view WHERE kind IN ({marks(kinds)})", kinds)
    return [row[0] for row in rows]


def refresh_if_old(conn: dbapi.Connection) -> None:
    """Rebuild everything when another release, with other rules, has derived it."""
    if derived_by(conn) == rules_version():
        return
    if is_enrolled(conn):
        refresh_all(conn, load_sync(conn).key_id)
    note_rules(conn)


def derived_by(conn: dbapi.Connection) -> str:
    """The rules by which the derived tables were made; ``""`` when they are not noted."""
    row = conn.execute("SELECT value FROM preferences WHERE name = ?", (_DERIVED_BY,)).fetchone()
    return row[0] if row else ""


def note_rules(conn: dbapi.Connection) -> None:
    """The derived tables are as this release's rules make them."""
    conn.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?)", (_DERIVED_BY, rules_version()))


def forget_rules(conn: dbapi.Connection) -> None:
    """The derived tables are not to be trusted: the next `refresh_if_old` makes them anew."""
    conn.execute("DELETE FROM preferences WHERE name = ?", (_DERIVED_BY,))


def rules_version() -> str:
    """Changes with what the kinds declare, and with `_RULES`."""
    declared = [
        (name, field_name, field.search.value, field.type.value, field.ref, kind.dated)
        for name, kind in sorted(CATALOGUE.items())
        for field_name, field in kind.fields.items()
    ]
    return blake2b(repr((_RULES, declared)).encode(), digest_size=8).hexdigest()


def refresh_all(conn: dbapi.Connection, key_id: bytes) -> frozenset[str]:
    """Rebuild everything from base and own operations."""
    before = {row[0] for row in conn.execute("SELECT DISTINCT kind FROM view")}
    clear(conn)
    records = [
        row[0]
        for row in conn.execute(
            "SELECT record FROM base UNION SELECT record FROM ops WHERE shown = 1"
        )
    ]
    kinds: frozenset[str] = frozenset(before)
    for piece in chunks(records):
        kinds |= refresh(conn, key_id, piece)
    return kinds
