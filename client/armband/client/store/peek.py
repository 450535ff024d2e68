"""A look at the store of a terminal that another process holds: reads only, waits for nobody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from armband.client.errors import StoreDamaged
from armband.client.model import SyncStatus
from armband.client.store.desk import load_status
from armband.client.store.driver import connect_reader


def peek_status(path: Path) -> SyncStatus | None:
    """The counts of the sync line, or None where there is no store yet.

    Raises:
        StoreDamaged: the file is no sound database of this release.
    """
    if not path.exists():
        return None
    try:
        conn = connect_reader(path)
        try:
            return load_status(conn)
        finally:
            conn.close()
    except sqlite3.Error as error:
        raise StoreDamaged(f"{path} cannot be read: {error}") from None
