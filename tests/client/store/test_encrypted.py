"""An encrypted store: nothing in it can be read without its key, and all that works on one does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from armband.client.errors import StoreDamaged, StoreKeyWrong
from armband.client.store import dbapi
from armband.client.store.examine import examine
from armband.client.store.fresh import make_store
from armband.client.store.peek import peek_status, peek_waiting
from armband.client.store.salvage import read_damaged, write_new
from armband.client.store.store import STORE_FILE, Store
from client.store.test_upgrade import OPERATIONS, old_store
from support.local import KEY_ID, identity

KEY = bytes(range(32))
OLD_MARK = "写了一半".encode()
MARK = "钟离雪莹".encode()


def in_clear(folder: Path, mark: bytes) -> list[str]:
    """The files in which the mark stands, or which are plain databases."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    marks = (mark, b"SQLite format 3")
    return [path.name for path in files if any(m in path.read_bytes() for m in marks)]


async def filled(path: Path, key: bytes | None) -> Store:
    make_store(path, KEY_ID, identity(), key)
    store = await Store.open(path, key)
    await store.save_draft("visit", {"name": MARK.decode(), "phone": "13800001234"}, 1)
    return store


@pytest.mark.parametrize("key", [KEY, None])
async def test_nothing_is_readable_in_any_file(tmp_path: Path, key: bytes | None) -> None:
    store = await filled(tmp_path / STORE_FILE, key)
    # While it is open: its journal and the journal's index are there too.
    assert len(list(tmp_path.iterdir())) == 3
    try:
        found = in_clear(tmp_path, MARK) + in_clear(tmp_path, b"13800001234")
        assert bool(found) is (key is None)
    finally:
        await store.close()
    assert bool(in_clear(tmp_path, MARK)) is (key is None)


async def test_a_wrong_key_is_told_from_damage(tmp_path: Path, capfd) -> None:
    path = tmp_path / STORE_FILE
    await (await filled(path, KEY)).close()
    before = path.read_bytes()
    with pytest.raises(StoreKeyWrong, match=r"store\.key"):
        await Store.open(path, bytes(32))
    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", "")
    path.write_bytes(b"\1" * 16 + before[16:])
    with pytest.raises(StoreDamaged):
        await Store.open(path, KEY)


async def test_what_looks_from_beside_works_with_the_key(tmp_path: Path) -> None:
    path = tmp_path / STORE_FILE
    store = await filled(path, KEY)
    assert peek_status(path, KEY).waiting == 0
    assert peek_waiting(path, KEY) == []
    await store.close()
    assert examine(path, KEY_ID, KEY).is_sound


async def test_a_plain_store_of_an_older_release_is_encrypted(tmp_path: Path) -> None:
    path = old_store(tmp_path / STORE_FILE)
    assert in_clear(tmp_path, OLD_MARK)
    for _start in range(2):
        await (store := await Store.open(path, KEY)).close()
        assert not in_clear(tmp_path, OLD_MARK), store
    assert sum(len(batch.wires) for batch in peek_waiting(path, KEY)) == OPERATIONS
    assert examine(path, KEY_ID, KEY).is_sound


@pytest.mark.parametrize("page", [0, 3])
async def test_operations_are_salvaged_from_damaged_pages(tmp_path: Path, page: int) -> None:
    path = old_store(tmp_path / STORE_FILE)
    await (await Store.open(path, KEY)).close()
    with path.open("r+b") as file:
        file.seek(page * 4096 + 8)
        file.write(b"rot")
    assert not examine(path, KEY_ID, KEY).is_sound
    found = read_damaged(path, KEY_ID, KEY)
    assert len(found.operations) == OPERATIONS
    fresh = tmp_path / "new.db"
    write_new(fresh, found, KEY_ID, identity(), KEY)
    assert examine(fresh, KEY_ID, KEY).is_sound
    assert not dbapi.is_plain(fresh)


def test_without_the_driver_it_says_so(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['sqlcipher3'] = None\n"
        "from pathlib import Path\n"
        "from armband.client.errors import NoCipher\n"
        "from armband.client.store import dbapi\n"
        "dbapi.connect(Path(sys.argv[1])).close()\n"
        "try:\n    dbapi.connect(Path(sys.argv[2]), bytes(32))\n"
        "except NoCipher as error:\n    print(error)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a"), str(tmp_path / "b")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert "sqlcipher3 is not installed" in ran.stdout
    assert "--encryption off" in ran.stdout
