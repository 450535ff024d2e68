"""An office whose store has a key: every command works, nothing is readable, keys are asked for."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from armband.server.backup import write_backup
from armband.server.errors import StoreKeyWrong
from armband.server.restore import restore_backup
from armband.server.store.copies import copy_store, office_of
from armband.server.store_key import read_key, store_key
from support.commands import call_command
from support.office_rig import START_MS

MARK = "钟离雪莹"
EPOCH = b"e" * 16


def office(*words: str | Path, **environ: str) -> tuple[int, str]:
    ran = call_command("armband-server", *words, **environ)
    return ran.code, ran.out + ran.err


def made(folder: Path, *options: str | Path) -> Path:
    """An office that knows a person by the marked name."""
    code, said = office("init", "--data", folder, "--office", "lianhu", "--name", "莲湖", *options)
    assert code == 0, said
    staff = folder.parent / "staff.csv"
    staff.write_text(f"姓名,岗位,单位\n{MARK},网格员,lianhu\n", encoding="utf-8")
    code, said = office("import", "staff", staff, "--data", folder)
    staff.unlink()
    assert code == 0, said
    return folder


def shown(folder: Path) -> str:
    """The people of the office."""
    return office("export", "staff", "--format", "jsonl", "--data", folder)[1]


def readable(folder: Path) -> list[str]:
    """The files in which the marked name stands, or which are plain databases."""
    marks = (MARK.encode(), b"SQLite format 3")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(mark in path.read_bytes() for mark in marks)]


@pytest.fixture
def encrypted(tmp_path: Path) -> Path:
    return made(tmp_path / "o", "--encrypt", "--key-file", tmp_path / "key")


def test_what_is_looked_for_is_found_in_a_plain_store(tmp_path: Path) -> None:
    assert "office.db" in readable(made(tmp_path / "o"))


def test_every_command_works_and_nothing_is_readable(encrypted: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert MARK in shown(encrypted)
    for words in (["audit"], ["doctor"], ["terminals"], ["backup", tmp_path / "b"]):
        code, said = office(*words, "--data", encrypted)
        assert code == 0, said
    assert readable(tmp_path) == []
    code, said = office("restore", tmp_path / "b", "--data", encrypted)
    assert code == 0, said
    assert office("doctor", "--data", encrypted)[0] == 0
    assert readable(tmp_path) == []


def test_a_wrong_or_missing_key_says_what_to_do(encrypted: Path, tmp_path: Path, capfd) -> None:
    (tmp_path / "other").write_bytes(os.urandom(32))
    (tmp_path / "short").write_bytes(b"short")
    for verb in (["audit"], ["doctor"], ["run"], ["backup", tmp_path / "b"]):
        code, said = office(*verb, "--data", encrypted, "--key-file", tmp_path / "other")
        assert (code, "--key-file" in said) == (5, True), said
    assert office("audit", "--data", encrypted, "--key-file", tmp_path / "short")[0] == 5
    (tmp_path / "key").rename(tmp_path / "elsewhere")
    code, said = office("audit", "--data", encrypted)
    assert (code, str(tmp_path / "key") in said) == (5, True), said
    named = {"ARMBAND_SERVER_KEY_FILE": str(tmp_path / "elsewhere")}
    assert office("audit", "--data", encrypted, **named)[0] == 0
    assert "ERROR" not in capfd.readouterr().err, "SQLCipher logs a wrong key by itself"


def test_an_office_that_stands_is_encrypted(tmp_path: Path) -> None:
    folder = made(tmp_path / "o")
    before = office_of(folder / "office.db")
    code, said = office("encrypt", "--data", folder)
    assert code == 0, said
    assert office_of(folder / "office.db", read_key(folder / "store.key")) == before
    assert readable(tmp_path) == []
    assert MARK in shown(folder)
    assert office("encrypt", "--data", folder)[0] == 2
    assert office("doctor", "--data", folder)[0] == 0


def test_encrypting_that_was_cut_off_leaves_the_plain_store_in_use(tmp_path: Path) -> None:
    folder = made(tmp_path / "o")
    plain = (folder / "office.db").read_bytes()
    assert office("encrypt", "--data", folder)[0] == 0
    # As if the power had gone after the key was noted and before the copy took its place.
    (folder / "office.db").write_bytes(plain)
    assert MARK in shown(folder)
    assert office("encrypt", "--data", folder)[0] == 0
    assert readable(tmp_path) == []


def test_while_a_backup_is_made_nothing_is_plain(encrypted: Path, tmp_path: Path) -> None:
    key = read_key(tmp_path / "key")
    seen = []

    def watched(source: Path, target: Path) -> None:
        copy_store(source, target, key)
        seen.append(readable(tmp_path))

    write_backup(encrypted, tmp_path / "b", START_MS, watched)
    assert seen == [[]]
    with zipfile.ZipFile(tmp_path / "b") as packed:
        assert packed.read("store.key") == key
        assert not packed.read("office.db").startswith(b"SQLite")


def test_what_a_killed_backup_left_is_deleted(encrypted: Path, tmp_path: Path) -> None:
    old, new = encrypted / ".backup-old", encrypted / ".backup-new"
    for left in (old, new):
        left.mkdir()
        (left / "office.db").write_bytes(b"copy")
    os.utime(old, (0, 0))
    assert office("backup", tmp_path / "b", "--data", encrypted)[0] == 0
    assert (old.exists(), new.exists()) == (False, True)


def test_a_plain_backup_comes_back_under_the_key_of_the_office(tmp_path: Path) -> None:
    folder = made(tmp_path / "o")
    write_backup(folder, tmp_path / "b", START_MS)
    assert office("encrypt", "--data", folder)[0] == 0
    restore_backup(folder, tmp_path / "b", EPOCH, START_MS)
    (tmp_path / "b").unlink()
    assert readable(tmp_path) == []
    assert office_of(folder / "office.db", store_key(folder)).epoch == EPOCH


def test_a_backup_gives_back_the_key_with_the_store(encrypted: Path, tmp_path: Path) -> None:
    key = read_key(tmp_path / "key")
    assert office("backup", tmp_path / "b", "--data", encrypted)[0] == 0
    recovery = encrypted / "recovery-key.txt"
    fresh = tmp_path / "fresh"
    code, said = office("restore", tmp_path / "b", "--data", fresh, "--recovery-key", recovery)
    assert code == 0, said
    assert read_key(fresh / "store.key") == key
    assert MARK in shown(fresh)
    # The key is lost, the machine is not.
    (tmp_path / "key").unlink()
    with pytest.raises(StoreKeyWrong):
        store_key(encrypted)
    code, said = office("restore", tmp_path / "b", "--data", encrypted, "--recovery-key", recovery)
    assert code == 0, said
    assert MARK in shown(encrypted)
    assert readable(tmp_path) == []
