"""A damaged store: found, set aside untouched, and what is unsent saved by its id."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.errors import StoreHeld, StoreUnusable
from armband.client.founding import make_terminal
from armband.client.keys import Enrolment, Identity, key_from_seed
from armband.client.lock import hold
from armband.client.model import LedgerQuery
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.shared.drafts import Draft
from support.office_rig import G1, Rig, office_rig
from support.terminals import PEM, place
from support.waiting import until

LIVE = {"code": "green", "decision": "passed"}


def check(terminal, note: str) -> Draft:
    return Draft("check", terminal.new_id(), G1, {**LIVE, "note": note})


async def work(rig: Rig, folder: Path) -> list[str]:
    """A terminal with twenty operations of which the office has ten; their ids."""
    async with place(rig, folder) as here:
        saved = await here.terminal.record([check(here.terminal, "记" * 40) for _ in range(10)])
        await until(lambda: here.terminal.status.held == 10, "the first ten are held")
    async with place(rig, folder, online=False) as here:
        saved += await here.terminal.record([check(here.terminal, "录" * 40) for _ in range(10)])
        await here.terminal.save_draft("visit", {"note": "写了一半"})
    return [done.op.hex() for done in saved]


def doctor(folder: Path, *words: str, capsys) -> tuple[int, dict]:
    code = main(["doctor", *words, "--data", str(folder), "--json"])
    return code, json.loads(capsys.readouterr().out)


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / STORE_FILE)) as conn, conn:
        conn.execute(sql)


async def test_a_sound_store_is_called_sound_and_stays_as_it_is(tmp_path: Path, capsys) -> None:
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, tmp_path / "t")
    before = (tmp_path / "t" / STORE_FILE).read_bytes()
    assert main(["doctor", "--repair", "--data", str(tmp_path / "t")]) == 0
    assert "sound" in capsys.readouterr().out
    assert (tmp_path / "t" / STORE_FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("part", "sql"),
    [
        ("chain", "UPDATE ops SET payload = payload || x'00' WHERE counter = 3"),
        ("chain", "UPDATE ops SET nonce = nonce + 1 WHERE counter = 20"),
        ("chain", "DELETE FROM ops WHERE counter = 7"),
        ("chain", "UPDATE sync SET counter = 19"),
        ("base", "DELETE FROM base WHERE record = (SELECT min(record) FROM base)"),
        ("base", "UPDATE base SET state = x'c1' WHERE record = (SELECT min(record) FROM base)"),
        ("view", "UPDATE view SET title = title || '?' WHERE n = 1"),
        ("view", "DELETE FROM terms WHERE n = (SELECT min(n) FROM terms)"),
        ("view", "INSERT INTO refs VALUES (x'00', 'check', 99999)"),
    ],
)
async def test_each_kind_of_damage_is_found_in_its_place(
    tmp_path: Path, capsys, part: str, sql: str
) -> None:
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, tmp_path / "t")
    change(tmp_path / "t", sql)
    code, told = doctor(tmp_path / "t", capsys=capsys)
    assert code == 5
    assert not told["sound"]
    assert told[part], told
    assert not told["file"]


@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "cut after the welcome"])
async def test_a_repaired_terminal_hands_in_what_was_unsent_and_nothing_twice(
    tmp_path: Path, capsys, is_cut: bool
) -> None:
    folder = tmp_path / "t"
    async with office_rig(tmp_path / "office") as rig:
        ops = await work(rig, folder)
        change(folder, "UPDATE ops SET payload = payload || x'00' WHERE counter IN (4, 15)")
        damaged = (folder / STORE_FILE).read_bytes()
        code, told = doctor(folder, "--repair", capsys=capsys)
        assert code == 1
        assert [each["counter"] for each in told["broken"]] == [4, 15]
        assert (told["salvaged"], told["unsent"], told["missing"]) == (18, 9, [])
        assert Path(told["aside"]).read_bytes() == damaged
        assert doctor(folder, capsys=capsys)[0] == 0
        epoch, seq = rig.office.epoch, rig.office.seq
        if is_cut:
            # Its next hello names the epoch, and the office might think that it lacks history.
            change(folder, f"UPDATE sync SET epoch = x'{epoch.hex()}'")
        async with place(rig, folder) as here:
            await until(lambda: here.terminal.status.waiting == 0, "everything is answered")
            assert await here.terminal.drafts() == {"visit": {"note": "写了一半"}}
            await here.terminal.record([check(here.terminal, "后来")])
            await until(lambda: here.terminal.status.waiting == 0, "work goes on")
            assert (await here.terminal.ledger(LedgerQuery("check"), 0, 1)).total == 20
        # Nine that were unsent, and the new one; the ten that were held are repeats.
        assert rig.office.seq == seq + 10
        assert rig.office.epoch == epoch
        held = await rig.office._store.inspect(lambda s: {op.id.hex() for op in s.ops()})
        assert set(ops[:14] + ops[15:]) <= held
        assert not (await rig.office.audit()).differences


async def test_a_file_that_is_no_database_any_more_is_set_aside(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "t"
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, folder)
        (folder / STORE_FILE).write_bytes(b"\0" * 50_000)
        code, told = doctor(folder, "--repair", capsys=capsys)
        assert (code, told["salvaged"]) == (0, 0)
        async with place(rig, folder) as here:
            await until(lambda: here.terminal.status.fork, "the office holds a longer chain")
            assert (await here.terminal.ledger(LedgerQuery("check"), 0, 1)).total == 10


async def test_what_is_unsent_is_found_where_no_tree_leads_to_it(tmp_path: Path, capsys) -> None:
    """The first page and with it the list of tables is gone; some rows are in the journal."""
    folder = tmp_path / "t"
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, folder)
        with closing(sqlite3.connect(folder / STORE_FILE)) as conn:
            conn.execute("UPDATE ops SET shown = shown").connection.commit()
            for part in ("", "-wal"):
                shutil.copy(folder / f"{STORE_FILE}{part}", tmp_path / f"kept{part}")
    for part in ("", "-wal"):
        shutil.copy(tmp_path / f"kept{part}", folder / f"{STORE_FILE}{part}")
    with (folder / STORE_FILE).open("r+b") as file:
        file.write(bytes(4096))
    code, told = doctor(folder, "--repair", capsys=capsys)
    assert (code, told["salvaged"]) == (0, 20)
    assert Path(f"{told['aside']}-wal").exists()


async def test_a_large_operation_lies_on_pages_of_its_own(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "t"
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, folder)
        async with place(rig, folder, online=False) as here:
            await here.terminal.record([check(here.terminal, "长" * 3000)])
    with (folder / STORE_FILE).open("r+b") as file:
        file.write(bytes(4096))
    _code, told = doctor(folder, "--repair", capsys=capsys)
    assert told["salvaged"] == 21


async def test_a_store_in_use_is_left_alone(tmp_path: Path, capsys) -> None:
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, tmp_path / "t")
    with hold(tmp_path / "t"):
        assert main(["doctor", "--repair", "--data", str(tmp_path / "t")]) == StoreHeld.exit_code
    assert "in use" in capsys.readouterr().err


async def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    async with office_rig(tmp_path / "office") as rig:
        await work(rig, tmp_path / "t")
        (tmp_path / "t" / STORE_FILE).write_bytes(b"\0" * 50_000)
        with pytest.raises(StoreUnusable, match="armband doctor"):
            async with open_terminal(tmp_path / "t", rig.environment):
                pass


@pytest.mark.parametrize("encryption", ["on", "off"])
def test_a_plain_damaged_file_is_said_to_be_plain(tmp_path: Path, encryption: str, capsys) -> None:
    enrolment = Enrolment("lianhu", "莲湖", "T1", "wss://x:1", "grid", ["lianhu"], encryption)
    make_terminal(tmp_path, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    with (tmp_path / STORE_FILE).open("r+b") as file:
        file.seek(5000)
        file.write(b"\xa5" * 9000)
    main(["doctor", "--repair", "--data", str(tmp_path)])
    said = capsys.readouterr().err
    assert "the damaged file is" in said
    assert ("not encrypted" in said) is (encryption == "off")
