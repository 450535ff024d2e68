"""A terminal with a PIN, by its commands: locked without it, and unsent work still gets out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from armband.client import keyring
from armband.client.founding import make_terminal
from armband.client.handover import RECORD
from armband.client.holding import handlers
from armband.client.keys import Enrolment, Identity, key_from_seed, load_identity
from armband.client.keywrap import Cost
from armband.client.link import Link
from armband.client.store import dbapi
from armband.client.store.connection import connect_writer
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from client.store.test_encrypted import in_clear
from support.commands import call_command
from support.real_office import Ran
from support.terminals import PEM

GRID = "lianhu/yg/g1"
NAME = "钟离雪莹"
DAY_MS = 86_400_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data_dir = tmp_path / "t"
    data_dir.mkdir()
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", [GRID])
    make_terminal(data_dir, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    return data_dir


def test_a_pin_locks_the_folder_and_opens_it(folder: Path) -> None:
    def armband(*words: str | Path, **environ: str) -> tuple[int, str]:
        ran = call_command("armband", *words, "--data", folder, **environ)
        # What the process of a real command forgets by ending.
        keyring.lock(folder)
        return ran.code, ran.out + ran.err

    code, said = armband("record", "household", "door=1-1-101", f"head={NAME}", f"unit={GRID}")
    assert code == 0, said
    assert not in_clear(folder, NAME.encode())
    key = load_identity(folder).key
    assert armband("pin", "set", ARMBAND_NEW_PIN="246810")[0] == 0
    assert b"PRIVATE KEY" not in (folder / "terminal.key").read_bytes()
    code, said = armband("status")
    assert code == 4
    assert "ARMBAND_PIN" in said
    assert armband("status", ARMBAND_PIN="135791")[0] == 4
    assert armband("status", ARMBAND_PIN="246810")[0] == 0
    out = folder.parent / "unsent"
    assert armband("export-unsent", out, ARMBAND_PIN="246810")[0] == 0
    assert armband("pin", "remove", ARMBAND_PIN="246810")[0] == 0
    assert armband("status")[0] == 0
    assert load_identity(folder).key.public == key.public
    assert not dbapi.is_plain(folder / STORE_FILE)


def _people(folder: Path, *people: tuple[str, str]) -> None:
    for person, pin in people:
        keyring.set_pin(folder, person, pin, real_environment(), Cost(64, 1, 1))
    keyring.lock(folder)


def _armband(folder: Path, *words: str | Path, **environ: str) -> Ran:
    ran = call_command("armband", *words, "--data", folder, **environ)
    keyring.lock(folder)
    return ran


def test_the_author_is_whoever_unlocked(folder: Path) -> None:
    _people(folder, ("张三", "246810"), ("李四", "135791"))
    one = {"ARMBAND_PIN": "246810"}
    two = {"ARMBAND_PIN": "135791", "ARMBAND_PERSON": "李四"}
    made = [
        _armband(folder, "record", "call", "topic=policy", "--json", **person).json["saved"][0][
            "id"
        ]
        for person in (one, two)
    ]
    assert _armband(folder, "record", "call", "topic=policy", ARMBAND_PERSON="李四").code == 4
    keyring.unlock(folder, "张三", "246810", real_environment())
    assert asyncio.run(authors(folder, made)) == ["张三", "李四"]
    # Beside a running one the author is who asks, not who sits there.
    assert asyncio.run(handed_over(folder, "李四")) == "李四"
    keyring.lock(folder)
    changed = {"ARMBAND_NEW_PIN": "999999", **one}
    refused = _armband(folder, "pin", "change", "--person", "李四", **changed)
    assert (refused.code, "李四" in refused.err) == (4, True)
    assert _armband(folder, "pin", "remove", "--person", "李四", **one).code == 0
    assert _armband(folder, "status", **two).code == 4


async def handed_over(folder: Path, person: str) -> str:
    async with open_terminal(folder, real_environment()) as terminal:
        line = {"line": 1, "kind": "call", "fields": {"topic": "policy"}}
        args = {"lines": [line], "person": person}
        link: Link = None  # type: ignore[assignment]  # only figures need it
        done = await handlers(terminal, link)[RECORD](args)
        history = await terminal.history(bytes.fromhex(done["saved"][0]["id"]))
        assert terminal.person == "张三"
    return history.entries[0].author


async def authors(folder: Path, records: list[str]) -> list[str]:
    async with open_terminal(folder, real_environment()) as terminal:
        histories = [await terminal.history(bytes.fromhex(record)) for record in records]
    return [history.entries[0].author for history in histories]


def test_long_after_the_last_contact_work_gets_out_and_nothing_is_shown(folder: Path) -> None:
    made = _armband(folder, "record", "call", "topic=policy", "--json").json["saved"][0]["id"]
    _people(folder, ("张三", "246810"))
    pin = {"ARMBAND_PIN": "246810"}
    assert _armband(folder, "record", "call", f"id={made}", "note=x", **pin).code == 0
    with_contact(folder, real_environment().now_ms() - 8 * DAY_MS)
    for words in (("record", "call", f"id={made}", "note=y"), ("tray",), ("roster",)):
        refused = _armband(folder, *words, **pin)
        assert (refused.code, refused.out) == (4, "")
        assert "8 days" not in refused.err
        assert "export-unsent" in refused.err
    out = folder.parent / "unsent"
    assert _armband(folder, "export-unsent", out, "--json", **pin).json["operations"] == 2
    # It is let through, and fails later: the certificate of these tests is none.
    assert _armband(folder, "sync", "--once", **pin).code == 5
    assert _armband(folder, "status", "--json", **pin).json["waiting"] == 2
    with_contact(folder, real_environment().now_ms())
    assert _armband(folder, "tray", **pin).code == 0


def with_contact(folder: Path, at_ms: int) -> None:
    keyring.unlock(folder, "张三", "246810", real_environment())
    conn = connect_writer(folder / STORE_FILE, keyring.key_of(folder))
    conn.execute("UPDATE sync SET last_contact_ms = ?", (at_ms,))
    conn.close()
    keyring.lock(folder)
