"""Finding people and doors by what somebody typed: ranges of the term index, joined.

A piece of text means one of several ranges; a record must fit every piece. A resident also fits by
the door of the household, and a visit or a check by the people and doors that it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from armband.client.model import Match
from armband.client.search.terms import Term
from armband.client.store import dbapi
from armband.client.store.tables import chunks, decode_patch, marks
from armband.client.titles import references
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.same import SAME_AS, survivor

Pieces = Sequence[Sequence[Term]]
HOUSEHOLD, RESIDENT = "household", "resident"
CANDIDATES_MAX = 20_000
"""Records of one piece that are looked at before the lane asks for a letter more."""
EVERYTHING = 1_000_000
"""More than there is of anything."""
_ALSO = " AND n IN (SELECT n FROM terms WHERE kind = ? AND term >= ? AND term < ?)"


def numbers_in(
    conn: dbapi.Connection, kind: str, terms: Sequence[Term], limit: int
) -> dict[int, None]:
    """Records of ``kind`` in any of the ranges; an earlier range and a shorter term first."""
    found: dict[int, None] = {}
    for term in terms:
        if len(found) >= limit:
            break
        rows = conn.execute(
            "SELECT n FROM terms WHERE kind = ? AND term >= ? AND term < ?"
            + _ALSO * len(term.also)
            + " LIMIT ?",
            (
                *(kind, term.low, term.high),
                *(bound for other in term.also for bound in (kind, other.low, other.high)),
                limit,
            ),
        )
        for (n,) in rows:
            found[n] = None
    return found


def referring(conn: dbapi.Connection, kind: str, numbers: Iterable[int]) -> dict[int, None]:
    """Records of ``kind`` that refer to one of the records ``numbers``."""
    found: dict[int, None] = {}
    for piece in chunks(numbers):
        rows = conn.execute(
            "SELECT refs.n FROM view JOIN refs ON refs.target = view.record AND refs.kind = ? "
            f"WHERE view.n IN ({marks(piece)})",
            (kind, *piece),
        )
        found.update(dict.fromkeys(sorted([n for (n,) in rows])))
    return found


def _people_of_piece(
    conn: dbapi.Connection, terms: Sequence[Term], limit: int
) -> tuple[dict[int, None], dict[int, None]]:
    """Households and residents that fit one piece."""
    households = numbers_in(conn, HOUSEHOLD, terms, limit)
    residents = numbers_in(conn, RESIDENT, terms, limit)
    if len(residents) < limit:
        residents |= referring(conn, RESIDENT, households)
    return households, residents


def find_people(conn: dbapi.Connection, pieces: Pieces, limit: int) -> tuple[list[int], list[int]]:
    """Numbers of the households and of the residents that fit every piece, best first."""
    households: dict[int, None] | None = None
    residents: dict[int, None] | None = None
    for terms in pieces:
        doors, persons = _people_of_piece(conn, terms, limit)
        households = doors if households is None else _both(households, doors)
        residents = persons if residents is None else _both(residents, persons)
    return list(households or ()), list(residents or ())


def _both(first: dict[int, None], second: dict[int, None]) -> dict[int, None]:
    return {n: None for n in first if n in second}


def found_by_text(
    conn: dbapi.Connection, kind: str, pieces: Pieces, followed_max: int
) -> tuple[list[int], bool]:
    """Numbers of the records of ``kind`` that fit every piece, by themselves or by their people.

    Of one piece, at most ``followed_max`` people and doors are followed to the records that speak
    of them; the second value says that there are more.
    """
    targets = {ref for _name, ref in references(CATALOGUE[kind])} if kind in CATALOGUE else set()
    if len(pieces) > 1:
        # What one piece leaves out may be all that fits the other.
        followed_max = EVERYTHING
    found: dict[int, None] | None = None
    is_cut = False
    for terms in pieces:
        own = numbers_in(conn, kind, terms, EVERYTHING)
        speaks_of = _spoken_of(conn, targets, terms, followed_max + 1)
        # Where thousands fit by themselves already, nobody is followed.
        followed = followed_max if len(own) <= followed_max else 0
        is_cut = len(speaks_of) > followed
        own |= referring(conn, kind, islice(speaks_of, followed))
        found = own if found is None else _both(found, own)
    return list(found or ()), is_cut


def _spoken_of(
    conn: dbapi.Connection, targets: set[str], terms: Sequence[Term], limit: int
) -> dict[int, None]:
    """The people, doors and other named records, of the kinds ``targets``, that fit one piece."""
    found: dict[int, None] = {}
    if RESIDENT in targets:
        households, residents = _people_of_piece(conn, terms, limit)
        found = households | residents
    elif HOUSEHOLD in targets:
        found = numbers_in(conn, HOUSEHOLD, terms, limit)
    for target in sorted(targets - {RESIDENT, HOUSEHOLD}):
        if target in CATALOGUE and CATALOGUE[target].names_others:
            found |= numbers_in(conn, target, terms, EVERYTHING)
    return found


def match(
    conn: dbapi.Connection, pieces: Pieces, limit: int, unit_names: Mapping[str, str]
) -> list[Match]:
    """The people and doors that fit: people before doors, nearest to what was typed first."""
    if not pieces:
        return []
    # Some more than asked for: voided ones fall out.
    wide = 2 * limit + 10
    households, residents = find_people(conn, pieces, CANDIDATES_MAX if len(pieces) > 1 else wide)
    numbers = [*residents[:wide], *households[:wide]]
    rows = {
        n: row
        for n, *row in conn.execute(
            "SELECT n, record, kind, unit, fields FROM view NOT INDEXED "
            f"WHERE n IN ({marks(numbers)}) AND voided = 0",
            numbers,
        )
    }
    chosen = [rows[n] for n in numbers if n in rows][:limit]
    decoded = _standing(
        conn, [(record, kind, unit, decode_patch(raw)) for record, kind, unit, raw in chosen]
    )
    doors = _doors(conn, [_text(fields, HOUSEHOLD) for _r, _k, _u, fields in decoded])
    return [
        _match(record, kind, unit, fields, doors, unit_names)
        for record, kind, unit, fields in decoded
    ]


Row = tuple[bytes, str, str, Patch]


def _standing(conn: dbapi.Connection, rows: Sequence[Row]) -> list[Row]:
    """The rows, with those that were merged into another replaced by the one that stands."""
    if not any(SAME_AS in fields for _record, _kind, _unit, fields in rows):
        return list(rows)
    known = {record.hex(): (record, kind, unit, fields) for record, kind, unit, fields in rows}

    def same_as(record: str) -> str | None:
        if record not in known:
            row = conn.execute(
                "SELECT record, kind, unit, fields FROM view WHERE record = ? AND voided = 0",
                (bytes.fromhex(record),),
            ).fetchone()
            if row is None:
                return None
            known[record] = (row[0], row[1], row[2], decode_patch(row[3]))
        return _text(known[record][3], SAME_AS)

    found = dict.fromkeys(survivor(record.hex(), same_as) for record, _k, _u, _f in rows)
    return [known[record] for record in found]


def _match(
    record: bytes,
    kind: str,
    unit: str,
    fields: Patch,
    doors: Mapping[str, str],
    unit_names: Mapping[str, str],
) -> Match:
    is_door = kind == HOUSEHOLD
    home = _text(fields, HOUSEHOLD)
    return Match(
        id=record,
        kind=kind,
        name=_text(fields, "head" if is_door else "name"),
        door=_text(fields, "door") if is_door else doors.get(home, ""),
        unit=unit,
        unit_name=unit_names.get(unit, unit),
        phone=_text(fields, "phone"),
        household=record if is_door else bytes.fromhex(home),
    )


def _text(fields: Patch, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _doors(conn: dbapi.Connection, homes: Sequence[str]) -> dict[str, str]:
    wanted = [bytes.fromhex(home) for home in dict.fromkeys(homes) if home]
    rows = conn.execute(
        f"SELECT record, fields FROM view WHERE record IN ({marks(wanted)})",
        wanted,
    )
    return {record.hex(): _text(decode_patch(fields), "door") for record, fields in rows}
