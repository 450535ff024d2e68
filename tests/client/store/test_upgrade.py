"""A store of an older release is changed over on a copy; whatever happens, one store opens."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from armband.client.errors import StoreDamaged, StoreFull, StoreTooNew
from armband.client.model import Identity
from armband.client.store import migrations
from armband.client.store.connection import run_write
from armband.client.store.examine import examine
from armband.client.store.store import STORE_FILE, Store
from armband.client.store.tables import encode
from armband.client.store.upgrade import bring_up, kept
from armband.shared.ids import NO_ID
from armband.shared.merge import State, Write, encode_state
from armband.shared.ops import (
    CHAIN_START,
    Payload,
    WireOp,
    encode_payload,
    join_digests,
    link,
    set_digest,
)
from armband.shared.policy import Policy
from support.local import KEY_ID
from support.small_disk import small_disk

OPERATIONS = 25
RECORDS = 40
_WHO = Identity("lianhu", "莲湖街道", "T001", "张三", "grid", ("lianhu/a",), Policy())


def old_store(path: Path, version: int = 1) -> Path:
    """A store as the release with that schema left it, in use: part of it is in the journal."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.create_function("crc32", 1, crc32)
        conn.execute("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        for script in migrations.available()[:version]:
            for statement in migrations.statements(script.read_text("utf-8")):
                conn.execute(statement)
            row = (migrations.number_of(script), script.stem)
            conn.execute("INSERT INTO migrations VALUES (?, ?)", row)
        run_write(conn, _fill)
        if version > 2:
            conn.execute("UPDATE base SET checksum = crc32(state)")
        # As a process that was killed leaves it.
        for part in ("", "-wal"):
            shutil.copy(f"{path}{part}", f"{path}{part}.kept")
    for part in ("", "-wal"):
        Path(f"{path}{part}.kept").replace(f"{path}{part}")
    return path


def _fill(conn: sqlite3.Connection) -> None:
    head, digest = CHAIN_START, NO_ID
    for counter in range(1, OPERATIONS + 1):
        record = counter.to_bytes(16, "big")
        body = Payload(record, "check", "lianhu/a", {"code": "green"}, 0, "T001 张三")
        wire = WireOp(counter << 16, counter, encode_payload(body))
        op = link(head, KEY_ID, counter, wire)
        values = (counter, op.id, head, wire.hlc, counter, wire.payload, record)
        conn.execute(
            "INSERT INTO ops VALUES (?, ?, ?, ?, ?, ?, ?, 9, 1, 0, 1, 0, 0, 0, '', '')", values
        )
        head = op.id
    for seq in range(1, RECORDS + 1):
        record = (1000 + seq).to_bytes(16, "big")
        write = Write(seq << 16, record, record, 1, 0, "office", False, {"unit": "lianhu/a"})
        state = encode_state(State(record, "household", (write,)))
        conn.execute("INSERT INTO base (record, seq, state) VALUES (?, ?, ?)", (record, seq, state))
        digest = join_digests(digest, set_digest([(record, seq)]))
    conn.execute(
        "INSERT INTO sync VALUES (1, ?, ?, x'07', ?, 0, 0, x'', 0, ?, ?, ?, ?, ?, NULL, 0, 0)",
        (
            *(KEY_ID, encode(_WHO), RECORDS, OPERATIONS << 16, OPERATIONS, head),
            *(RECORDS, digest),
        ),
    )
    conn.execute("INSERT INTO drafts VALUES ('visit', ?, 5)", (encode({"note": "写了一半"}),))


async def has_everything(path: Path) -> None:
    """The store opens and holds what `_fill` has put in, and is sound."""
    store = await Store.open(path)
    status = await store.status()
    drafts = await store.drafts()
    titles = await store.all_of("household")
    await store.close()
    assert (status.written, status.waiting) == (OPERATIONS, OPERATIONS)
    assert drafts == {"visit": {"note": "写了一半"}}
    assert len(titles) == RECORDS
    assert examine(path, KEY_ID).is_sound, examine(path, KEY_ID)


@pytest.mark.parametrize("version", [1, 2, migrations.newest() - 1])
async def test_an_older_store_is_changed_over_and_kept_until_the_next_start(
    tmp_path: Path, version: int
) -> None:
    path = old_store(tmp_path / STORE_FILE, version)
    await has_everything(path)
    (old,) = kept(path)
    with closing(sqlite3.connect(old)) as conn:
        assert migrations.applied(conn) == version
        assert conn.execute("SELECT count(*) FROM ops").fetchone() == (OPERATIONS,)
    assert path.stat().st_mode & 0o777 == 0o600
    await has_everything(path)
    assert kept(path) == []
    assert not list(tmp_path.glob(f"{STORE_FILE}.*"))


def _cut_in_the_copy(path: Path, whole: bytes) -> None:
    Path(f"{path}.upgrade").write_bytes(whole[: len(whole) // 2])
    Path(f"{path}.upgrade-journal").write_bytes(b"\xff" * 5000)


def _cut_before_the_swap(path: Path, whole: bytes) -> None:
    Path(f"{path}.upgrade").write_bytes(whole)
    path.with_name(f"{STORE_FILE}.schema1-20220324-000000").hardlink_to(path)


def _cut_behind_the_swap(path: Path, whole: bytes) -> None:
    path.rename(path.with_name(f"{STORE_FILE}.schema1-20220324-000000"))
    Path(f"{path}-wal").unlink()
    path.write_bytes(whole)


@pytest.mark.parametrize("cut", [_cut_in_the_copy, _cut_before_the_swap, _cut_behind_the_swap])
async def test_a_power_cut_anywhere_leaves_a_store_that_opens(
    tmp_path: Path, cut: Callable[[Path, bytes], None]
) -> None:
    (tmp_path / "other").mkdir()
    done = old_store(tmp_path / "other" / STORE_FILE)
    bring_up(done)
    path = old_store(tmp_path / STORE_FILE)
    cut(path, done.read_bytes())
    await has_everything(path)
    await has_everything(path)
    assert not list(tmp_path.glob(f"{STORE_FILE}.*"))


async def test_a_full_disk_leaves_the_old_store_as_it_is(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        path = old_store(disk.path / STORE_FILE)
        disk.fill()
        with pytest.raises(StoreFull):
            await Store.open(path)
        disk.free()
        await has_everything(path)


async def test_too_little_room_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        path = old_store(disk.path / STORE_FILE)
        with (disk.path / "ballast").open("wb") as ballast:
            ballast.write(bytes(450_000))
        with pytest.raises(StoreFull, match="make room"):
            await Store.open(path)
        assert not list(disk.path.glob("*.upgrade*"))
        disk.free()
        await has_everything(path)


def test_a_disk_that_fills_up_in_the_middle_leaves_no_copy_behind(tmp_path: Path) -> None:
    """The room that was there when it was looked for is taken by somebody else meanwhile."""
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        path = old_store(disk.path / STORE_FILE)
        before = migrations.statements
        filled: list[bool] = []

        def slow(script: str) -> list[str]:
            if not filled:
                disk.fill()
                filled.append(True)
            return before(script)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrations, "statements", slow)
            with pytest.raises(sqlite3.OperationalError, match="full"):
                bring_up(path)
        disk.free()
        with closing(sqlite3.connect(path)) as conn:
            assert migrations.applied(conn) == 1
        assert not list(disk.path.glob("*.upgrade*"))
        bring_up(path)


def test_a_damaged_store_is_not_changed_over(tmp_path: Path) -> None:
    path = old_store(tmp_path / STORE_FILE)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = conn.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ops_by_id'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root[0] - 1) * 4096 + 4000)
        file.write(b"\x55" * 64)
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="doctor"):
        bring_up(path)
    assert path.read_bytes() == before
    assert kept(path) == []


async def test_a_store_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    path = old_store(tmp_path / STORE_FILE, migrations.newest())
    tomorrow = migrations.newest() + 1
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO migrations VALUES (?, ?)", (tomorrow, f"{tomorrow:04}_more"))
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="update armband") as refused:
        await Store.open(path)
    assert refused.value.exit_code == 5
    assert path.read_bytes() == before
