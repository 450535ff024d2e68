"""The first PIN takes the key that lay in the clear out of use, and no crash loses the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client import keyring, rekeying, sealed
from armband.client.founding import make_terminal
from armband.client.keyring_file import load
from armband.client.keys import Enrolment, Identity, key_from_seed, load_identity
from armband.client.keywrap import Cost
from armband.client.store import dbapi
from armband.client.store.store import STORE_FILE
from armband.client.world import real_environment
from support.terminals import PEM

PIN = "246810"
CHEAP = Cost(64, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data_dir = tmp_path / "t"
    data_dir.mkdir()
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", ["lianhu/yg"])
    make_terminal(data_dir, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    return data_dir


def set_pin(folder: Path) -> None:
    rekeying.set_pin(folder, "张三", PIN, real_environment(), CHEAP)


def test_an_older_copy_of_the_clear_key_opens_nothing(folder: Path) -> None:
    for _turn in range(2):
        old = keyring.key_of(folder)
        assert old is not None
        set_pin(folder)
        key = keyring.key_of(folder)
        assert key not in (None, old)
        assert not dbapi.opens(folder / STORE_FILE, old)
        assert b"PRIVATE KEY" not in (folder / "terminal.key").read_bytes()
        with pytest.raises(ValueError, match="another key"):
            sealed.unsealed((folder / "terminal.key").read_bytes(), old)
        keyring.lock(folder)
        keyring.unlock(folder, "张三", PIN, real_environment())
        assert dbapi.opens(folder / STORE_FILE, keyring.key_of(folder) or b"")
        assert load_identity(folder).key.public == key_from_seed(b"k" * 32).public
        # The key lies in the clear again: the next first PIN makes another one.
        keyring.remove_person(folder, "张三")


@pytest.mark.parametrize(
    ("step", "nth"),
    [
        ("copy_rekeyed", 1), ("unseal_terminal_key", 1), ("save", 1), ("take_place", 1),
        ("seal_terminal_key", 1), ("save", 2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", [False, True])
def test_wherever_it_is_cut_off_the_store_opens(
    folder: Path, step: str, nth: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = getattr(rekeying, step), []

    def cut_off(*args: object) -> object:
        calls.append(args)
        if len(calls) < nth:
            return real(*args)
        if after:
            real(*args)
        raise OSError("the plug is pulled")

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, step, cut_off)
        with pytest.raises(OSError, match="plug"):
            set_pin(folder)
    keyring.lock(folder)
    if keyring.state(folder, 0).people:
        keyring.unlock(folder, "张三", PIN, real_environment())
        assert load(folder).clear == ""
    assert dbapi.opens(folder / STORE_FILE, keyring.key_of(folder) or b"")
    assert load_identity(folder).key.public == key_from_seed(b"k" * 32).public
    assert keyring.state(folder, 0).is_unlocked
    is_sealed = b"PRIVATE KEY" not in (folder / "terminal.key").read_bytes()
    assert is_sealed or not load(folder).people or load(folder).clear
