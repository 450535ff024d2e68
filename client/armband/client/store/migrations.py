"""Numbered migrations: each runs in one transaction together with its record."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from armband.client.errors import StoreTooNew
from armband.client.store import dbapi

_FOLDER = Path(__file__).parent / "schema"


class DamagedSteps(dbapi.DatabaseError):
    """The list of migrations in the store is not one that was written: the file is damaged."""

    sqlite_errorcode = dbapi.SQLITE_CORRUPT


def available() -> list[Path]:
    """The migrations of this release, in order."""
    return sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def newest() -> int:
    """The number of this release's schema."""
    return number_of(available()[-1])


def number_of(path: Path) -> int:
    """The number in a migration's name."""
    return int(path.name[:4])


def applied(conn: dbapi.Connection) -> int:
    """The number of the newest migration in the store, 0 for an empty one.

    Raises:
        DamagedSteps: what is noted cannot be so.
    """
    there = conn.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
    ).fetchone()
    if there is None:
        return 0
    noted = conn.execute("SELECT number, name FROM migrations ORDER BY number").fetchall()
    for place, (number, name) in enumerate(noted, start=1):
        if number != place or not str(name).startswith(f"{number:04}_"):
            raise DamagedSteps(f"step {place} of the schema is noted as {number}, {name!r}")
    return len(noted)


def migrate(conn: dbapi.Connection) -> None:
    """Bring the store to this release's schema; runs outside a transaction.

    Only for a new store or a copy: `upgrade.bring_up` is for one that somebody works with.

    Raises:
        StoreTooNew: a newer release has written the store.
    """
    done = applied(conn)
    if done > newest():
        raise StoreTooNew(done, newest())
    conn.create_function("crc32", 1, crc32)
    for path in available():
        if number_of(path) > done:
            _apply(conn, path)


def _apply(conn: dbapi.Connection, path: Path) -> None:
    conn.execute("BEGIN IMMEDIATE")
    try:
        conn.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"
        )
        for statement in statements(path.read_text("utf-8")):
            conn.execute(statement)
        conn.execute("INSERT INTO migrations VALUES (?, ?)", (number_of(path), path.stem))
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


def statements(script: str) -> list[str]:
    """The statements of a script; ``executescript`` would end the open transaction."""
    found: list[str] = []
    buffer = ""
    for line in script.splitlines(keepends=True):
        buffer += line
        if dbapi.complete_statement(buffer):
            found.append(buffer)
            buffer = ""
    return found
