"""No column of the terminal's store can change without the doctor's notice."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from armband.client.store.migrations import migrate
from support.proved import unproved

RECOUNTED = {
    "migrations": "compared with this release's own",
    "base": "records and seqs by the digest in `sync`, states by their checksum",
    "view": "derived anew and compared",
    "terms": "derived anew and compared",
    "refs": "derived anew and compared",
    "duties": "derived anew and compared",
    "settled": "derived anew and compared",
    **{
        f"ops.{column}": "by the operation's id"
        for column in ("prev", "hlc", "nonce", "payload", "record", "id")
    },
}


def test_every_column_is_proved() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrate(conn)
        assert unproved(conn, RECOUNTED) == []


def test_a_new_column_without_a_second_copy_is_noticed() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrate(conn)
        conn.execute("ALTER TABLE sync ADD COLUMN mood TEXT")
        conn.execute("CREATE TABLE extras (name TEXT PRIMARY KEY, worth INTEGER)")
        assert unproved(conn, RECOUNTED) == ["extras.name", "extras.worth", "sync.mood"]
