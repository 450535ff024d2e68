"""Which records may count a member of a distinct count: those that this terminal knows of.

A member's text says whom it stands for: a record's id, alone or with more around it
(``home:ID:name``, ``ID:morning``), a telephone, the hash of an ID number, or a post of a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from armband.client.store import dbapi
from armband.client.store.tables import marks

_IDS = re.compile(r"(?<![^:])[0-9a-f]{32}(?![^:])")
_PHONE, _ID_NUMBER = "phone:", "id:"
_BY_PHONE = ("check", "returnee", "screening")
_BY_ID_NUMBER = ("returnee",)
_BY_POST = ("staff", "post")


def records_of(conn: dbapi.Connection, member: str) -> list[bytes]:
    """The records that may count ``member``; others among them do no harm."""
    if member.startswith(_PHONE):
        return _with_phone(conn, member.removeprefix(_PHONE))
    if member.startswith(_ID_NUMBER):
        return _with_text(conn, member.removeprefix(_ID_NUMBER))
    found = [bytes.fromhex(piece) for piece in _IDS.findall(member)]
    if found:
        return _speaking_of(conn, found)
    return _at(conn, member.rpartition(":")[0])


def _speaking_of(conn: dbapi.Connection, targets: list[bytes]) -> list[bytes]:
    return _first(
        conn.execute(
            f"SELECT record FROM refs JOIN view USING (n) WHERE target IN ({marks(targets)}) "
            "ORDER BY n",
            targets,
        )
    )


def _with_phone(conn: dbapi.Connection, phone: str) -> list[bytes]:
    term = "p:" + phone.lstrip("+")[::-1]
    return _first(
        conn.execute(
            "SELECT record FROM terms JOIN view USING (n) "
            f"WHERE terms.kind IN ({marks(_BY_PHONE)}) AND term = ? ORDER BY n",
            (*_BY_PHONE, term),
        )
    )


def _with_text(conn: dbapi.Connection, text: str) -> list[bytes]:
    """Hashes have no index: their records are few, and rarely change here."""
    return _first(
        conn.execute(
            f"SELECT record FROM view WHERE kind IN ({marks(_BY_ID_NUMBER)}) "
            "AND instr(fields, ?) ORDER BY n",
            (*_BY_ID_NUMBER, text.encode()),
        )
    )


def _at(conn: dbapi.Connection, unit: str) -> list[bytes]:
    return _first(
        conn.execute(
            f"SELECT record FROM view WHERE kind IN ({marks(_BY_POST)}) AND unit = ? ORDER BY n",
            (*_BY_POST, unit),
        )
    )


def _first(rows: Iterable[tuple[bytes]]) -> list[bytes]:
    return [row[0] for row in rows]
