"""Cases that have come to a terminal of their addressee and do not say so yet."""

from __future__ import annotations

from armband.client.model import Standing
from armband.client.store import dbapi
from armband.client.store.entries import COLUMNS, entries_of
from armband.client.store.sitting import who_sits_here
from armband.client.store.tables import load_identity
from armband.shared.kinds.case_clock import is_addressee, undelivered_since
from armband.shared.kinds.duties import Rank
from armband.shared.roles import Role


def load_undelivered(conn: dbapi.Connection) -> list[tuple[bytes, int]]:
    """Each such case, and the moment of its dispatch; none that the office refused to be told."""
    identity = load_identity(conn)
    me = who_sits_here(conn)
    staff = [me] if me else []
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM view NOT INDEXED WHERE kind = 'case' AND voided = 0 AND n IN "
        "(SELECT n FROM duties WHERE rank = ?) ORDER BY n",
        (Rank.CLOCK,),
    ).fetchall()
    found = []
    for entry in entries_of(conn, rows):
        fields = entry.view.fields
        since = undelivered_since(fields)
        if since is None or entry.standing is Standing.REFUSED:
            continue
        if is_addressee(fields, staff, Role(identity.role)):
            found.append((entry.view.id, since))
    return found
