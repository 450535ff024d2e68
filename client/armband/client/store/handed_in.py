"""Records that this terminal hands in and is not sent: its own operations are all it has of them.

They stay on the screens as they were written here, past the receipt and past the feed, until the
journal drops the operations.
"""

from __future__ import annotations

from armband.client.store import dbapi
from armband.client.store.tables import load_identity, marks
from armband.shared.permissions import handed_in_kinds
from armband.shared.roles import Role
from armband.shared.units import in_scope


def kinds_handed_in(conn: dbapi.Connection) -> frozenset[str]:
    """The kinds of which this terminal sees its own records alone."""
    return handed_in_kinds(Role(load_identity(conn).role))


def handed_in(conn: dbapi.Connection) -> list[bytes]:
    """The records of these kinds, of units that are still in the scope.

    A terminal whose key is revoked has none.
    """
    kinds = sorted(kinds_handed_in(conn))
    if not kinds or conn.execute("SELECT revoked FROM sync").fetchone()[0]:
        return []
    scope = load_identity(conn).scope
    rows = conn.execute(
        f"SELECT record, unit FROM view WHERE kind IN ({marks(kinds)}) "
        "AND record NOT IN (SELECT record FROM base)",
        kinds,
    )
    return [record for record, unit in rows if in_scope(unit, scope)]
