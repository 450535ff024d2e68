"""Who may come in: terminals, invites, tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armband.server.errors import InviteExpired, InviteRefused, InviteUsed, NotFound
from armband.server.model import Invite, Terminal, Token, Touch
from armband.server.store import dbapi
from armband.server.store.values import decode_scope, encode_scope
from armband.shared.permissions import Role

TERMINALS = """
    SELECT key_id, public_key, name, person, role, scope, enrolled_ms, revoked_ms, last_seen_ms,
           software, clock_offset_ms, written, waiting, refused, conflicts
    FROM terminals WHERE office = ? ORDER BY name"""
COUNT_TERMINALS = "SELECT count(*) FROM terminals WHERE office = ?"
ADD_TERMINAL = """
    INSERT INTO terminals (office, key_id, public_key, name, person, role, scope, enrolled_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
FORKS = "SELECT key_id, count(*) FROM forks WHERE office = ? GROUP BY key_id ORDER BY key_id"
LISTED = "SELECT name FROM terminals WHERE office = ? AND key_id = ?"
REVOKE = """
    UPDATE terminals SET revoked_ms = ?
    WHERE office = ? AND key_id = ? AND revoked_ms IS NULL"""
ASSIGN = "UPDATE terminals SET role = ?, scope = ? WHERE office = ? AND key_id = ?"
TOUCH = """
    UPDATE terminals
    SET last_seen_ms = ?, software = coalesce(?, software),
        clock_offset_ms = coalesce(?, clock_offset_ms), written = coalesce(?, written),
        waiting = coalesce(?, waiting), refused = coalesce(?, refused),
        conflicts = coalesce(?, conflicts)
    WHERE office = ? AND key_id = ?"""
INVITE = """
    SELECT id, key, unit, role, person, expires_ms, used_by FROM invites
    WHERE office = ? AND id = ?"""
ADD_INVITE = """
    INSERT INTO invites (office, id, key, unit, role, person, created_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
USE_INVITE = "UPDATE invites SET used_by = ?, key = x'' WHERE office = ? AND id = ?"
SCRIPT = "SELECT id, unit, expires_ms, secret_hash FROM tokens WHERE office = ? AND id = ?"
ADD_SCRIPT = """
    INSERT INTO tokens (office, id, secret_hash, unit, created_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?)"""


def terminals(conn: dbapi.Connection, office: str) -> list[Terminal]:
    """All terminals, by name."""
    return [_terminal(*row) for row in conn.execute(TERMINALS, (office,))]


def _terminal(
    key_id: bytes,
    public_key: bytes,
    name: str,
    person: str,
    role: str,
    scope: str,
    *plain: Any,
) -> Terminal:
    return Terminal(key_id, public_key, name, person, Role(role), decode_scope(scope), *plain)


def forks(conn: dbapi.Connection, office: str) -> dict[bytes, int]:
    """How many branches each forked chain has beside its main one."""
    return dict(conn.execute(FORKS, (office,)))


def terminal(conn: dbapi.Connection, office: str, key_id: bytes) -> Terminal:
    """One terminal.

    Raises:
        NotFound: no terminal has this key.
    """
    for found in terminals(conn, office):
        if found.key_id == key_id:
            return found
    raise NotFound(f"no terminal has the key {key_id.hex()}")


def revoke(conn: dbapi.Connection, office: str, key_id: bytes, now_ms: int) -> Terminal:
    """See `Store.revoke`."""
    conn.execute(REVOKE, (now_ms, office, key_id))
    return terminal(conn, office, key_id)


def assign(
    conn: dbapi.Connection, office: str, key_id: bytes, role: Role, scope: tuple[str, ...]
) -> Terminal:
    """See `Store.assign`."""
    conn.execute(ASSIGN, (role.value, encode_scope(scope), office, key_id))
    return terminal(conn, office, key_id)


def touch(conn: dbapi.Connection, office: str, touches: Mapping[bytes, Touch]) -> None:
    """Keep what terminals said of themselves; keys that are not listed are passed over."""
    conn.executemany(TOUCH, (_touch_row(office, key, said) for key, said in touches.items()))


def _touch_row(office: str, key_id: bytes, said: Touch) -> tuple[object, ...]:
    report = said.report
    counts: tuple[int | None, ...] = (None, None, None, None)
    if report is not None:
        counts = (report.written, report.waiting, report.refused, report.conflicts)
    return (said.last_seen_ms, said.software, said.clock_offset_ms, *counts, office, key_id)


def invite(conn: dbapi.Connection, office: str, invite_id: bytes, now_ms: int) -> Invite:
    """An invite that is neither used nor expired."""
    row = conn.execute(INVITE, (office, invite_id)).fetchone()
    if row is None:
        raise InviteRefused("unknown")
    if row[6] is not None:
        raise InviteUsed
    if row[5] <= now_ms:
        raise InviteExpired
    return Invite(row[0], row[1], row[2], Role(row[3]), row[4], row[5])


def add_invite(conn: dbapi.Connection, office: str, new: Invite, now_ms: int) -> None:
    """Keep a new invite."""
    values = (new.key, new.unit, new.role.value, new.person, now_ms, new.expires_ms)
    conn.execute(ADD_INVITE, (office, new.id, *values))


def take_invite(
    conn: dbapi.Connection,
    office: str,
    invite_id: bytes,
    key: tuple[bytes, bytes],
    now_ms: int,
) -> Terminal:
    """Use up an invite and list ``key`` = (key id, public key) as a terminal."""
    used = invite(conn, office, invite_id, now_ms)
    key_id, public_key = key
    if conn.execute(LISTED, (office, key_id)).fetchone() is not None:
        raise InviteRefused("not for a key that is listed already")
    count = conn.execute(COUNT_TERMINALS, (office,)).fetchone()[0]
    values = (f"T{count + 1:03}", used.person, used.role.value, encode_scope((used.unit,)), now_ms)
    conn.execute(ADD_TERMINAL, (office, key_id, public_key, *values))
    conn.execute(USE_INVITE, (key_id, office, invite_id))
    return terminal(conn, office, key_id)


def add_token(
    conn: dbapi.Connection, office: str, new: Token, secret_hash: bytes, now_ms: int
) -> None:
    """Keep a new token."""
    conn.execute(ADD_SCRIPT, (office, new.id, secret_hash, new.unit, now_ms, new.expires_ms))


def token(conn: dbapi.Connection, office: str, token_id: bytes) -> tuple[Token, bytes] | None:
    """A token with the hash of its secret."""
    row = conn.execute(SCRIPT, (office, token_id)).fetchone()
    return None if row is None else (Token(*row[:3]), bytes(row[3]))
