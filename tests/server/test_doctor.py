"""The office's doctor: sound offices, each kind of damage, beside a running server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from armband.server.cli import main
from armband.server.office.opening import STORE_FILE
from support.office_rig import G1, check, office_rig, terminal
from support.waiting import until


async def worked(directory: Path) -> None:
    """An office with operations of a terminal, one of which was refused."""
    async with office_rig(directory) as rig:
        peer = await terminal(rig, G1)
        for number in range(5):
            await check(rig, peer, number)
        await check(rig, peer, 9, unit="lianhu/hy")
        await check(rig, peer, 10)
        await until(lambda: rig.office.seq == 6 + 6, "the office has all of them")


async def doctor(directory: Path, capsys) -> tuple[int, dict]:
    code = await asyncio.to_thread(main, ["doctor", "--data", str(directory), "--json"])
    return code, json.loads(capsys.readouterr().out)


async def test_a_sound_office_is_called_sound_beside_its_server(tmp_path: Path, capsys) -> None:
    async with office_rig(tmp_path) as rig:
        peer = await terminal(rig, G1)
        await check(rig, peer, 1)
        code, told = await doctor(tmp_path, capsys)
        assert (code, told["sound"]) == (0, True), told
        assert told["counts"]["terminals"] == 1
        assert told["free_bytes"] > 0


@pytest.mark.parametrize(
    ("part", "sql"),
    [
        ("records", "UPDATE ops SET payload = CAST(payload || x'00' AS BLOB) WHERE seq = 8"),
        ("records", "UPDATE ops SET hist = zeroblob(16) WHERE seq = 9"),
        ("records", "UPDATE records SET state = x'c1' WHERE seq = 9"),
        ("records", "UPDATE cells SET metrics = x'80'"),
        ("chains", "UPDATE ops SET author = 'somebody else' WHERE seq = 8"),
        ("chains", "UPDATE quarantine SET payload = CAST(payload || x'00' AS BLOB)"),
        ("chains", "DELETE FROM quarantine"),
        ("chains", "UPDATE heads SET eff = eff + 1"),
        ("chains", "UPDATE terminals SET public_key = zeroblob(32)"),
    ],
)
async def test_each_kind_of_damage_is_found_in_its_place(
    tmp_path: Path, capsys, part: str, sql: str
) -> None:
    await worked(tmp_path)
    assert (await doctor(tmp_path, capsys))[0] == 0
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as conn, conn:
        assert conn.execute(sql).rowcount
    code, told = await doctor(tmp_path, capsys)
    assert (code, told["sound"]) == (1, False)
    assert told[part], told


async def test_a_damaged_file_is_found_kept_and_told_what_to_do(tmp_path: Path, capsys) -> None:
    await worked(tmp_path)
    path = tmp_path / STORE_FILE
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 : 4096 * 4] = bytes(4096)
    path.write_bytes(raw)
    assert await asyncio.to_thread(main, ["doctor", "--data", str(tmp_path)]) == 5
    said = capsys.readouterr()
    assert "the file: " in said.out
    assert "armband-server restore" in said.err
    assert path.read_bytes() == raw
