"""The schema's steps: numbered files, each applied with its record in one transaction."""

from __future__ import annotations

import re
from importlib.resources import files

from armband.server.errors import StoreDamaged
from armband.server.store import dbapi

APPLICATION_ID = 0x41726D62
"""Marks the file as an Armband office ("Armb")."""
LOOKED_AT = ("offices", "terminals", "invites", "tokens")
"""The small tables that are relied on from the start; the doctor looks at all."""
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def scripts() -> dict[int, str]:
    """The steps' SQL by number, in order."""
    found = {}
    for entry in files("armband.server.store").joinpath("schema").iterdir():
        match = _NAME.fullmatch(entry.name)
        if match is not None:
            found[int(match[1])] = entry.read_text(encoding="utf-8")
    return dict(sorted(found.items()))


def migrate(conn: dbapi.Connection) -> None:
    """Bring the schema up to date; call it inside a transaction.

    Raises:
        StoreDamaged: the file is something else, damaged, or newer than this release.
    """
    steps = scripts()
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    marked = conn.execute("PRAGMA application_id").fetchone()[0]
    if version > max(steps):
        raise StoreDamaged(
            f"the store has schema {version}, this release knows up to {max(steps)}: "
            "use the release that wrote it, or a newer one"
        )
    foreign = marked != APPLICATION_ID
    if foreign and (version or conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()):
        raise StoreDamaged("the file is a database of some other program")
    for number, script in steps.items():
        if number > version:
            for statement in statements(script):
                conn.execute(statement)
            # PRAGMA takes no parameters; the number comes from our own file's name.
            conn.execute(f"PRAGMA user_version = {number:d}")
    if foreign:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    for table in LOOKED_AT:
        found = conn.execute(f"PRAGMA integrity_check({table})").fetchone()[0]
        if found != "ok":
            raise StoreDamaged(
                f"the store is damaged ({found}): armband-server doctor says what to do"
            )


def statements(script: str) -> list[str]:
    """The statements of a script; ``executescript`` would commit the transaction first."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if dbapi.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found
