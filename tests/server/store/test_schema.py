"""The rules that keep every way of spreading open: the office leads every key and statement."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from armband.server.errors import StoreDamaged
from armband.server.store import (
    migrations,
    sqlite_access,
    sqlite_audit,
    sqlite_commit,
    sqlite_feed,
    sqlite_log,
    sqlite_office,
    sqlite_records,
)

MODULES = (
    sqlite_access,
    sqlite_audit,
    sqlite_commit,
    sqlite_feed,
    sqlite_log,
    sqlite_office,
    sqlite_records,
)
STATEMENTS = [
    pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, str) and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", value)
]


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrations.migrate(conn)
        yield conn


def test_the_office_leads_every_key_and_index(conn: sqlite3.Connection) -> None:
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    assert len(tables) > 10
    for table in tables:
        columns = conn.execute(f"PRAGMA table_info({table})").fetchall()
        key = {place: name for _cid, name, _type, _null, _default, place in columns if place}
        assert key[1] == "office", table
        for _seq, index, _unique, _origin, _partial in conn.execute(f"PRAGMA index_list({table})"):
            first = conn.execute(f"PRAGMA index_info({index})").fetchone()
            assert first[2] == "office", index


def test_nothing_in_the_schema_crosses_offices_or_counts_by_itself(
    conn: sqlite3.Connection,
) -> None:
    schema = " ".join(
        sql for (sql,) in conn.execute("SELECT sql FROM sqlite_master WHERE sql > ''")
    )
    for word in ("AUTOINCREMENT", "REFERENCES", "TRIGGER", "VIEW", "CURRENT_TIMESTAMP", "TEMP"):
        assert not re.search(rf"\b{word}\b", schema, re.IGNORECASE), word


@pytest.mark.parametrize("sql", STATEMENTS)
def test_every_statement_names_one_office(sql: str) -> None:
    if sql == sqlite_office.FIND_OFFICE:
        pytest.skip("asks a file whose office it is; never on the write path")
    if "INSERT" in sql:
        assert re.search(r"INSERT INTO \w+ \(office,", sql)
        assert not re.search(r"ON CONFLICT \((?!office,)", sql)
        return
    # Each table that is read or written is held to the office.
    aliases = re.findall(r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+AS\s+(\w+))?", sql)
    named = [alias or table for table, alias in aliases if table not in ("readable", "page")]
    tables = [name for name in named if name != "json_each"]
    held = len(re.findall(r"\boffice = (?:\?|\w+\.office)", sql))
    assert held >= len(tables) > 0


def test_migrations_are_numbered_without_gaps_and_run_once(conn: sqlite3.Connection) -> None:
    numbers = list(migrations.scripts())
    assert numbers == list(range(1, len(numbers) + 1))
    before = conn.execute("SELECT name, sql FROM sqlite_master").fetchall()
    migrations.migrate(conn)
    assert conn.execute("SELECT name, sql FROM sqlite_master").fetchall() == before
    assert conn.execute("PRAGMA user_version").fetchone() == (numbers[-1],)


def test_a_store_of_a_newer_release_is_left_alone(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreDamaged, match="schema 999"):
        migrations.migrate(conn)


def test_a_database_of_another_program_is_left_alone(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA application_id = 7")
    with pytest.raises(StoreDamaged, match="other program"):
        migrations.migrate(conn)


def test_a_database_with_unmarked_tables_is_left_alone() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.execute("CREATE TABLE someone_elses (x)")
        with pytest.raises(StoreDamaged, match="other program"):
            migrations.migrate(conn)


def test_every_step_ends_its_statements() -> None:
    for number, script in migrations.scripts().items():
        joined = "\n".join(migrations.statements(script))
        assert joined.count(";") >= script.count("CREATE "), number


def test_sql_stands_only_in_the_store() -> None:
    root = Path(migrations.__file__).parent.parent
    for path in root.rglob("*.py"):
        if path.parent.name != "store":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET)\b", text), path
