"""A terminal whose store is gone says so, and does not begin another one without a word."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.enrolment import enrol
from armband.client.errors import StoreUnusable
from armband.client.founding import make_terminal
from armband.client.keys import Enrolment, Identity, is_enrolled, key_from_seed
from armband.client.store.fresh import holds_work, make_store
from armband.client.store.store import STORE_FILE
from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from support.local import KEY_ID, identity
from support.terminals import PEM


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    enrolment = Enrolment(
        "lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", ["lianhu/yg"], "off"
    )
    make_terminal(tmp_path, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    assert main(["record", "household", "door=3-2-502", "head=王五", "--data", str(tmp_path)]) == 0
    return tmp_path


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _without_a_terminal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM sync")


@pytest.mark.parametrize("lose", [_missing, _empty, _without_a_terminal])
@pytest.mark.parametrize(
    "words",
    [["status"], ["record", "household", "door=1-1-1"], ["sync", "--once"]],
    ids=lambda words: words[0],
)
def test_every_command_says_that_the_store_is_gone(
    folder: Path, capsys: pytest.CaptureFixture[str], lose, words: list[str]
) -> None:
    path = folder / STORE_FILE
    lose(path)
    before = path.read_bytes() if path.exists() else None
    capsys.readouterr()
    assert main([*words, "--data", str(folder)]) == 5
    told = capsys.readouterr().err
    assert "gone" in told
    assert "armband doctor" in told
    assert "enrol" in told
    assert (path.read_bytes() if path.exists() else None) == before


def test_nothing_is_said_to_wait_where_the_store_is_gone(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / STORE_FILE).unlink()
    stick = tmp_path_factory.mktemp("stick") / "unsent"
    assert main(["export-unsent", str(stick), "--data", str(folder)]) == 5
    assert not stick.exists()


@pytest.mark.parametrize("lose", [_missing, _empty])
def test_the_doctor_says_it_too_and_begins_anew_when_told(
    folder: Path, capsys: pytest.CaptureFixture[str], lose
) -> None:
    lose(folder / STORE_FILE)
    capsys.readouterr()
    assert main(["doctor", "--data", str(folder), "--json"]) == 5
    assert "gone" in json.loads(capsys.readouterr().out)["file"][0]
    assert main(["doctor", "--repair", "--data", str(folder)]) == 0
    assert main(["doctor", "--data", str(folder)]) == 0
    assert main(["record", "household", "door=1-1-1", "--data", str(folder)]) == 0


def test_work_whose_keys_are_gone_is_not_enrolled_over(folder: Path) -> None:
    for file in ("identity.json", "terminal.key", "office.pem"):
        (folder / file).unlink()
    before = (folder / STORE_FILE).read_bytes()
    code = ["enrol", "ABCD-EFGH-JKMN-PQRS", "--url", "wss://127.0.0.1:1", "--data", str(folder)]
    assert main(code) == 5
    assert (folder / STORE_FILE).read_bytes() == before


async def test_an_enrolment_cut_off_before_the_keys_can_be_done_again(tmp_path: Path) -> None:
    make_store(tmp_path / STORE_FILE, KEY_ID, identity("lianhu"))
    assert not is_enrolled(tmp_path)
    assert not holds_work(tmp_path / STORE_FILE)

    async def nobody(_url: str):
        raise StoreUnusable("asked")

    with pytest.raises(StoreUnusable, match="asked"):
        await enrol(tmp_path, "ABCDEFGHJKMNPQRS", "wss://x:1", real_environment(), nobody)
    enrolment = Enrolment(
        "lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", ["lianhu/yg"], "off"
    )
    make_terminal(tmp_path, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    async with open_terminal(tmp_path, real_environment()) as terminal:
        assert terminal.status.written == 0
