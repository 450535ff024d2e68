"""The recount finds nothing where nothing is wrong, and every corruption that is planted."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from random import Random

import pytest

from armband.server import audit as audit_module
from armband.server.audit import audit
from armband.server.model import AuditReport
from armband.server.store.sqlite import SqliteStore, migrated
from armband.server.store.values import encode_metrics, encode_places
from sim.database import SimDatabase
from support.commit_store import push
from support.commit_world import DAY, NOW_MS, OFFICE, Author, office_row, record_id

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"


@pytest.fixture
async def store(tmp_path: Path) -> SqliteStore:
    """A household with a conflict, a visit to it, a move, a deferred and a refused operation."""
    database = SimDatabase(tmp_path / "office.db", Random(1), delay_max_s=0)
    await migrated(database)
    store = SqliteStore(database, OFFICE)
    await store.create(office_row())
    zhang, li = Author("zhang"), Author("li")
    visit = {"household": record_id(1).hex(), "channel": "door", "outcome": "met"}
    await push(store, zhang.op(1, {"unit": G1, "door": "1", "people": 2}))
    await push(store, li.op(1, {"people": 3}), li.op(7, {"head": "王"}))
    await push(store, zhang.op(2, {"unit": G1, **visit, "at": NOW_MS, "day": DAY}, kind="visit"))
    await push(store, zhang.op(3, {"unit": "lianhu/yg/g3", "door": "2"}))
    await push(store, zhang.op(3, {"unit": G2}))  # leaves an empty cell where it was
    await push(store, zhang.op(1, {"people": "many"}))
    return store


async def spoil(store: SqliteStore, sql: str, *values: object) -> AuditReport:
    def run(conn: sqlite3.Connection) -> None:
        assert conn.execute(sql, values).rowcount > 0, "the corruption hits something"

    await store._db.write(run)
    return await store.inspect(audit)


async def test_a_whole_store_adds_up(store: SqliteStore) -> None:
    report = await store.inspect(audit)
    assert report.differences == []
    assert (report.records, report.operations) == (4, 6)
    # Now: office, community and two grids; on the day: office, community and one grid.
    assert report.cells == 7


async def test_an_empty_store_adds_up(tmp_path: Path) -> None:
    database = SimDatabase(tmp_path / "office.db", Random(1), delay_max_s=0)
    await migrated(database)
    store = SqliteStore(database, OFFICE)
    await store.create(office_row())
    assert await store.inspect(audit) == AuditReport(0, 0, 0, [])


@pytest.mark.parametrize(
    ("what", "sql", "values"),
    [
        ("cell", "UPDATE cells SET metrics = ? WHERE day = ''", [encode_metrics({"x": 1})]),
        ("cell", "DELETE FROM cells WHERE unit = 'lianhu/yg'", []),
        (
            "cell",
            "INSERT INTO cells VALUES ('lianhu', '2022-01-01', 'lianhu', ?)",
            [encode_metrics({"checks.total": 1})],
        ),
        ("member", "UPDATE members SET places = ?", [encode_places({G2: 1})]),
        ("member", "DELETE FROM members", []),
        ("digest", "UPDATE digests SET count = count + 1 WHERE kind = 'visit'", []),
        ("digest", "UPDATE digests SET digest = zeroblob(16) WHERE kind = 'visit'", []),
        ("digest", "DELETE FROM digests WHERE kind = 'visit'", []),
        ("record state", "UPDATE records SET state = x'93' WHERE seq = 4", []),
        ("record row", "UPDATE records SET unit = 'lianhu' WHERE kind = 'visit'", []),
        ("record row", "UPDATE records SET seq = 100 WHERE kind = 'visit'", []),
        ("record row", "UPDATE records SET kind = 'check' WHERE kind = 'visit'", []),
        ("record missing", "DELETE FROM records WHERE kind = 'visit'", []),
        (
            "record without operations",
            "INSERT INTO records VALUES ('lianhu', x'00', 9, 'a', 'b', x'')",
            [],
        ),
        ("gap", "DELETE FROM ops WHERE seq = 3", []),
        ("seq", "DELETE FROM ops WHERE seq = 6", []),
        ("history", "UPDATE ops SET hist = zeroblob(16) WHERE seq = 2", []),
        ("history", "UPDATE ops SET eff = eff + 1 WHERE seq = 2", []),
        ("operation", "UPDATE ops SET payload = CAST(payload || x'00' AS BLOB) WHERE seq = 4", []),
        ("operation", "UPDATE ops SET hlc = hlc + 1 WHERE seq = 2", []),
        ("operation", "UPDATE ops SET prev = randomblob(16) WHERE seq = 2", []),
        ("operation", "UPDATE ops SET nonce = zeroblob(8) WHERE seq = 2", []),
        ("operation", "UPDATE ops SET nonce = zeroblob(9) WHERE seq = 2", []),
        ("operation", "UPDATE ops SET hlc = -1 WHERE seq = 2", []),
        ("history", "UPDATE ops SET eff = -1 WHERE seq = 2", []),
        ("payload", "UPDATE ops SET payload = x'c1' WHERE seq = 2", []),
        ("order", "UPDATE ops SET eff = 1 WHERE seq = 4", []),
        ("head", "UPDATE offices SET hist = zeroblob(16)", []),
        ("seq", "UPDATE offices SET seq = 7", []),
        ("top", "UPDATE offices SET top_eff = top_eff + 1", []),
    ],
)
async def test_every_planted_corruption_is_found(
    store: SqliteStore, what: str, sql: str, values: list[object]
) -> None:
    report = await spoil(store, sql, *values)
    assert what in {difference["what"] for difference in report.differences}


async def test_a_difference_says_where_and_how_much(store: SqliteStore) -> None:
    metrics = encode_metrics({"households.total": 5})
    report = await spoil(
        store, "UPDATE cells SET metrics = ? WHERE day = '' AND unit = ?", metrics, G2
    )
    (found, *others) = report.differences
    assert found == {
        "what": "cell",
        "day": "",
        "unit": G2,
        "metric": "households.total",
        "stored": 5,
        "counted": 1,
    }
    assert {other["metric"] for other in others} == {"households.without_liaison"}


async def test_many_differences_are_listed_up_to_a_bound(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "MAX_DIFFERENCES", 2)
    report = await spoil(store, "DELETE FROM cells")
    assert len(report.differences) == 3
    assert report.differences[-1]["what"] == "more"


async def test_a_purged_payload_leaves_a_chain_that_verifies(store: SqliteStore) -> None:
    report = await spoil(store, "UPDATE ops SET payload = NULL, nonce = NULL WHERE seq = 4")
    assert report.differences == []
