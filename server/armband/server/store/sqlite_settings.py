"""The office's settings: the ones in force, and every version of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from armband.server.model import SettingsVersion
from armband.server.store import dbapi
from armband.server.store.sqlite_office import read_office
from armband.server.store.values import (
    decode_policy,
    encode_metrics,
    encode_places,
    encode_policy,
)
from armband.shared.kinds import View
from armband.shared.merge import decode_state, view
from armband.shared.policy import Policy
from armband.shared.rollup import recount

SET_POLICY = "UPDATE offices SET policy = ? WHERE office = ?"
ADD_VERSION = "INSERT INTO settings (office, version, policy, author, at_ms) VALUES (?, ?, ?, ?, ?)"
VERSIONS = """
    SELECT version, policy, author, at_ms FROM settings WHERE office = ?
    ORDER BY version DESC LIMIT ?"""
STATES = "SELECT state FROM records WHERE office = ? AND unit != '' ORDER BY id"
DROP_CELLS = "DELETE FROM cells WHERE office = ?"
DROP_MEMBERS = "DELETE FROM members WHERE office = ?"
ADD_CELL = "INSERT INTO cells (office, day, unit, metrics) VALUES (?, ?, ?, ?)"
ADD_MEMBER = "INSERT INTO members (office, day, metric, member, places) VALUES (?, ?, ?, ?, ?)"


def set_policy(
    conn: dbapi.Connection, office: str, policy: Policy, author: str, at_ms: int
) -> Policy:
    """Put settings in force as a new version; the totals are those that they count, at once."""
    before = read_office(conn, office).policy
    policy = msgspec.structs.replace(policy, version=before.version + 1)
    raw = encode_policy(policy)
    conn.execute(SET_POLICY, (raw, office))
    conn.execute(ADD_VERSION, (office, policy.version, raw, author, at_ms))
    if counts_otherwise(before, policy):
        _count_anew(conn, office, policy)
    return policy


def counts_otherwise(before: Policy, after: Policy) -> bool:
    """Whether records may give other figures than before. The table of measures never does that:
    what it decided stands in the records."""
    return before != msgspec.structs.replace(
        after, version=before.version, rules=before.rules, keep_days=before.keep_days
    )


def _count_anew(conn: dbapi.Connection, office: str, policy: Policy) -> None:
    cells, members = recount(_views(conn, office), policy)
    conn.execute(DROP_CELLS, (office,))
    conn.execute(DROP_MEMBERS, (office,))
    conn.executemany(
        ADD_CELL, ((office, *key, encode_metrics(cell)) for key, cell in cells.items())
    )
    conn.executemany(
        ADD_MEMBER, ((office, *key, encode_places(places)) for key, places in members.items())
    )


def _views(conn: dbapi.Connection, office: str) -> Iterator[View]:
    for (state,) in conn.execute(STATES, (office,)):
        yield view(decode_state(state))


def versions(conn: dbapi.Connection, office: str, limit: int) -> list[SettingsVersion]:
    """The versions of the settings, the newest first."""
    rows = conn.execute(VERSIONS, (office, limit))
    return [SettingsVersion(n, decode_policy(raw), by, at) for n, raw, by, at in rows]
