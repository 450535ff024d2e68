"""What every change of a whole store relies on: room, a sound copy, the same facts in both."""

from __future__ import annotations

import os
import shutil
from hashlib import blake2b
from pathlib import Path
from typing import Any

from armband.client.errors import StoreDamaged, StoreFull
from armband.client.i18n import _
from armband.client.store import dbapi

_HELPERS = ("-journal", "-wal", "-shm")
_CHAIN = "SELECT counter, id, prev, hlc, nonce, payload, state FROM ops ORDER BY counter"
_ENDS = "SELECT key_id, counter, head, cursor FROM sync"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'migrations' ORDER BY 1"


def check_room(path: Path) -> None:
    """That the disk has room for a copy and its journal.

    Raises:
        StoreFull: it has not.
    """
    wanted = 3 * sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())
    free = shutil.disk_usage(path.parent).free
    if free < wanted:
        raise StoreFull(
            _(
                "this release keeps records in a new way and needs {wanted} MB of free disk to "
                "change the store over; there are {free} MB. Nothing was changed: make room and "
                "start again"
            ).format(wanted=wanted // 1_000_000 + 1, free=free // 1_000_000)
        )


def remove(fresh: Path) -> None:
    """A half-made copy, and its helpers."""
    for part in ("", *_HELPERS):
        Path(f"{fresh}{part}").unlink(missing_ok=True)


def assert_sound(conn: dbapi.Connection, path: Path) -> None:
    """That no page is damaged.

    Raises:
        StoreDamaged: one is, of the store at ``path``.
    """
    found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreDamaged.found(path, found)


def facts(conn: dbapi.Connection) -> dict[str, Any]:
    """What no step of the schema may change: how much there is, and the chain of operations."""
    chain = blake2b(digest_size=16)
    for row in conn.execute(_CHAIN):
        chain.update(repr(row).encode())
    facts: dict[str, Any] = {"chain": chain.digest(), "sync": conn.execute(_ENDS).fetchall()}
    for (table,) in conn.execute(_TABLES).fetchall():
        facts[table] = conn.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()[0]
    return facts


def sync(file: Path) -> None:
    """Make a file, or the names in a folder, last through a power cut."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
