"""Backups: verified before they count, told to terminals, put back without losing anything."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from armband.server.backup import write_backup
from armband.server.certificate import make_certificate
from armband.server.cli import main
from armband.server.errors import BackupUnsound, BadRequest, StoreDamaged
from armband.server.office import create_office
from armband.server.office.opening import STORE_FILE
from armband.server.restore import restore_backup
from armband.server.service import serve_office
from armband.server.store.copies import copy_store, office_of
from armband.shared import wire
from armband.shared.environment import Environment
from armband.shared.ids import ID_BYTES
from support.office_rig import G1, START_MS, Rig, check, office_rig, reopened_rig, terminal

EPOCH = b"n" * ID_BYTES


def run(directory: Path, verb: str, file: Path, capsys) -> tuple[int, dict]:
    code = main([verb, str(file), "--data", str(directory), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else {"note": said.err}


async def backed_up(rig: Rig, directory: Path, file: Path) -> int:
    made = write_backup(directory, file, START_MS)
    return await rig.office.mark_stable(made.office.seq, made.office.hist)


async def test_terminals_are_told_once_a_backup_is_verified(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "o") as rig:
        peer = await terminal(rig, G1)
        await check(rig, peer, 1)
        told = await peer.next(wire.Receipts)
        assert (len(told.items), told.stable_seq) == (1, 0)
        stable = await backed_up(rig, tmp_path / "o", tmp_path / "b")
        told = await peer.next(wire.Receipts)
        assert (told.items, told.stable_seq) == ([], rig.office.seq)
        assert stable == rig.office.seq
        await check(rig, peer, 2)
        told = await peer.next(wire.Receipts)
        assert told.stable_seq == rig.office.seq - 1
    async with reopened_rig(tmp_path / "o") as rig:
        assert rig.office.stable_seq == stable, "the promise is on the disk"


async def test_an_older_backup_takes_no_promise_back(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "o") as rig:
        first = write_backup(tmp_path / "o", tmp_path / "b1", START_MS).office
        peer = await terminal(rig, G1)
        await check(rig, peer, 1)
        await peer.next(wire.Receipts)
        newest = await backed_up(rig, tmp_path / "o", tmp_path / "b2")
        assert newest == first.seq + 1
        assert await rig.office.mark_stable(first.seq, first.hist) == newest
        with pytest.raises(BadRequest, match="another history"):
            await rig.office.mark_stable(first.seq, b"x" * ID_BYTES)
        with pytest.raises(BadRequest, match="another history"):
            await rig.office.mark_stable(newest + 1, first.hist)


SPOILED = (
    "UPDATE ops SET payload = CAST(payload || x'00' AS BLOB) WHERE seq = 8",
    "DELETE FROM ops WHERE seq = (SELECT max(seq) FROM ops)",
    "UPDATE cells SET metrics = x'80'",
    "DROP TABLE quarantine",
)


@pytest.mark.parametrize("sql", SPOILED)
async def test_a_copy_that_does_not_add_up_is_no_backup(tmp_path: Path, sql: str) -> None:
    def spoiled(source: Path, target: Path) -> None:
        copy_store(source, target)
        with closing(sqlite3.connect(target)) as conn, conn:
            conn.execute(sql)

    async with office_rig(tmp_path / "o") as rig:
        peer = await terminal(rig, G1)
        for number in range(3):
            await check(rig, peer, number)
            await peer.next(wire.Receipts)
        write_backup(tmp_path / "o", tmp_path / "b", START_MS)
        before = (tmp_path / "b").read_bytes()
        with pytest.raises(BackupUnsound):
            write_backup(tmp_path / "o", tmp_path / "b", START_MS, spoiled)
    assert (tmp_path / "b").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "o"], "nothing is left behind"


async def test_the_commands_beside_a_server(tmp_path: Path, capsys) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    environment = Environment(lambda: START_MS, Random(3).randbytes)
    await create_office(folder, "lianhu", "莲湖街道", environment)
    make_certificate(folder, "lianhu", START_MS)
    async with serve_office(folder, environment, "127.0.0.1", 0) as service:
        code, told = await asyncio.to_thread(run, folder, "backup", file, capsys)
        assert (code, told["stable_seq"]) == (0, 1)
        assert service.office.stable_seq == 1
        code, told = await asyncio.to_thread(run, folder, "restore", file, capsys)
        assert code == 5
        assert "stop the server" in told["note"]
        plain = ["backup", str(tmp_path / "p"), "--plain", "--data", str(folder)]
        assert await asyncio.to_thread(main, plain) == 0
    with zipfile.ZipFile(tmp_path / "p") as packed:
        names = packed.namelist()
    assert names[:4] == ["backup.json", STORE_FILE, "certificate.pem", "certificate-key.pem"]


async def test_the_commands_without_a_server(tmp_path: Path, capsys) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    async with office_rig(folder) as rig:
        peer = await terminal(rig, G1)
        await check(rig, peer, 1)
        await peer.next(wire.Receipts)
        seq, epoch = rig.office.seq, rig.office.epoch
    code, told = await asyncio.to_thread(run, folder, "backup", file, capsys)
    assert (code, told["seq"], told["stable_seq"], told["office"]) == (0, seq, seq, "lianhu")
    assert told["counts"]["terminals"] == 1
    assert file.stat().st_mode & 0o777 == 0o600
    assert office_of(folder / STORE_FILE).stable_seq == seq
    code, told = await asyncio.to_thread(run, folder, "restore", file, capsys)
    assert (code, told["seq"]) == (0, seq)
    aside = Path(told["set_aside"])
    assert office_of(aside / STORE_FILE).epoch == epoch
    now = office_of(folder / STORE_FILE)
    assert now.epoch != epoch
    assert (now.seq, now.stable_seq) == (seq, seq), "what was restored is in a backup"
    code, told = await asyncio.to_thread(run, tmp_path / "fresh", "restore", file, capsys)
    assert code == 4
    assert "--recovery-key" in told["note"]
    (folder / "recovery-key.txt").rename(tmp_path / "fresh" / "recovery-key.txt")
    code, told = await asyncio.to_thread(run, tmp_path / "fresh", "restore", file, capsys)
    assert (code, told["set_aside"]) == (0, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no backup"), (b"SQLite format 3\0" * 9, "no backup"), (None, "damaged|no backup")],
)
async def test_what_is_no_backup_changes_nothing(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    async with office_rig(folder):
        pass
    write_backup(folder, file, START_MS)
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0x10
    file.write_bytes(bytes(raw) if content is None else content)
    before = (folder / STORE_FILE).read_bytes()
    with pytest.raises((BadRequest, BackupUnsound), match=says):
        restore_backup(folder, file, EPOCH, START_MS)
    assert (folder / STORE_FILE).read_bytes() == before
    assert not list(folder.glob("set-aside*"))


async def test_a_backup_of_another_office_and_one_of_a_newer_release(tmp_path: Path) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    async with office_rig(folder):
        pass
    write_backup(folder, file, START_MS)

    def changed(sql: str) -> Path:
        with zipfile.ZipFile(file) as packed:
            packed.extract(STORE_FILE, tmp_path)
            manifest = packed.read("backup.json")
        with closing(sqlite3.connect(tmp_path / STORE_FILE)) as conn, conn:
            conn.execute(sql)
        with zipfile.ZipFile(tmp_path / "changed", "w") as packed:
            packed.writestr("backup.json", manifest)
            packed.write(tmp_path / STORE_FILE, STORE_FILE)
        return tmp_path / "changed"

    with pytest.raises(StoreDamaged, match="schema 999"):
        restore_backup(folder, changed("PRAGMA user_version = 999"), EPOCH, START_MS)
    with closing(sqlite3.connect(folder / STORE_FILE)) as conn, conn:
        conn.execute("UPDATE offices SET office = 'elsewhere'")
    with pytest.raises(BadRequest, match="elsewhere"):
        restore_backup(folder, file, EPOCH, START_MS)


async def test_keys_that_differ_are_set_aside_too(tmp_path: Path) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    async with office_rig(folder):
        pass
    (folder / "people.key").write_bytes(b"k" * 32)
    write_backup(folder, file, START_MS)
    (folder / "people.key").write_bytes(b"another" * 4)
    done = restore_backup(folder, file, EPOCH, START_MS)
    assert (folder / "people.key").read_bytes() == b"k" * 32
    assert done.set_aside is not None
    assert (done.set_aside / "people.key").read_bytes() == b"another" * 4
    again = restore_backup(folder, file, EPOCH, START_MS)
    assert again.set_aside is not None
    assert again.set_aside != done.set_aside
    assert not (again.set_aside / "people.key").exists()


async def test_a_damaged_store_makes_way_for_a_backup(tmp_path: Path) -> None:
    folder, file = tmp_path / "o", tmp_path / "b"
    async with office_rig(folder):
        pass
    write_backup(folder, file, START_MS)
    (folder / STORE_FILE).write_bytes(b"nothing that can be read" * 100)
    assert restore_backup(folder, file, EPOCH, START_MS).set_aside is not None
    async with reopened_rig(folder) as rig:
        assert rig.office.epoch == EPOCH
