"""A store that lies in another file than before: copied, put back, or moved to another disk.

A copy of a store that was being written to may hold pages of two moments. SQLite cannot see that:
its journal does not say to which state of the file it belongs. So such a store is examined once,
before anything is read out of it; one that stays where it is never pays for that.
"""

from __future__ import annotations

from pathlib import Path

from armband.client.errors import StoreDamaged
from armband.client.store import dbapi, derive
from armband.client.store.desk import load_preference, set_preference
from armband.client.store.examine import examine_own

LIES_IN = "lies in"
"""The preference that names the file by its number on the disk."""


def examine_if_moved(conn: dbapi.Connection, path: Path) -> None:
    """Examine a store that was last opened in another file, and derive anew what screens read.

    The base needs nothing here: it is compared with the office's at the next exchange.

    Raises:
        StoreDamaged: it is not sound; nothing was changed.
    """
    here = str(path.stat().st_ino)
    if load_preference(conn, LIES_IN) == here:
        return
    found = examine_own(conn)
    if found:
        raise StoreDamaged.found(path, found[0])
    derive.forget_rules(conn)
    set_preference(conn, LIES_IN, here)
