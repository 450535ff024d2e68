"""A terminal with a PIN, by its commands: locked without it, and unsent work still gets out."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client import keyring
from armband.client.founding import make_terminal
from armband.client.keys import Enrolment, Identity, key_from_seed, load_identity
from armband.client.store import dbapi
from armband.client.store.store import STORE_FILE
from client.store.test_encrypted import in_clear
from support.commands import call_command
from support.terminals import PEM

GRID = "lianhu/yg/g1"
NAME = "钟离雪莹"


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

    code, said = armband("record", "household", f"note={NAME}")
    assert not in_clear(folder, NAME.encode()), said
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
