"""The key ring: who may unlock, how fast one may guess, and that no crash loses the key."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from armband.client import keyring
from armband.client.errors import Locked, StoreKeyWrong
from armband.client.keywrap import Cost
from support.local import Clock

DAY_MS = 86_400_000
CHEAP = Cost(64, 1, 1)
"""What a guess costs is measured elsewhere."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    keyring.make(tmp_path, clock.environment)
    return tmp_path


def test_without_a_pin_the_key_is_there(folder: Path, clock: Clock) -> None:
    key = keyring.key_of(folder)
    assert key is not None
    assert keyring.make(folder, clock.environment) == key
    assert stat.S_IMODE((folder / keyring.RING_FILE).stat().st_mode) == 0o600
    assert keyring.state(folder, clock.now_ms) == keyring.State(True, (), 0)


def test_several_people_unlock_and_change_their_pins(folder: Path, clock: Clock) -> None:
    key = keyring.key_of(folder)
    assert key is not None
    keyring.set_pin(folder, "张三", "246810", clock.environment, CHEAP)
    keyring.set_pin(folder, "李四", "我的口令一二三", clock.environment, CHEAP)
    keyring.lock(folder)
    assert keyring.state(folder, 0) == keyring.State(False, ("张三", "李四"), 0)
    assert key.hex() not in (folder / keyring.RING_FILE).read_text()
    with pytest.raises(Locked):
        keyring.key_of(folder)
    with pytest.raises(Locked):
        keyring.unlock(folder, "李四", "246810", clock.environment)
    assert keyring.unlock(folder, "", "我的口令一二三", clock.environment) == "李四"
    assert keyring.key_of(folder) == key
    keyring.remove_person(folder, "张三")
    keyring.lock(folder)
    with pytest.raises(Locked):
        keyring.unlock(folder, "张三", "246810", clock.environment)
    keyring.unlock(folder, "李四", "我的口令一二三", clock.environment)
    keyring.remove_person(folder, "李四")
    keyring.lock(folder)
    assert keyring.key_of(folder) == key


def test_wrong_pins_make_wait_longer_and_longer(folder: Path, clock: Clock) -> None:
    keyring.set_pin(folder, "张三", "246810", clock.environment, CHEAP)
    keyring.lock(folder)
    waits = []
    for _guess in range(5):
        with pytest.raises(Locked) as refused:
            keyring.unlock(folder, "张三", "000000", clock.environment)
        waits.append(refused.value.wait_s)
        clock.now_ms += refused.value.wait_s * 1000
    assert waits == [0, 0, 2, 4, 8]
    with pytest.raises(Locked):
        keyring.unlock(folder, "张三", "000000", clock.environment)
    with pytest.raises(Locked, match="16 s"):
        keyring.unlock(folder, "张三", "246810", clock.environment)
    clock.now_ms += 16_000
    keyring.unlock(folder, "张三", "246810", clock.environment)
    assert keyring.load(folder).failed == 0


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_crash_while_a_pin_is_changed_loses_no_key(
    folder: Path, clock: Clock, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keyring.key_of(folder)
    keyring.set_pin(folder, "张三", "246810", clock.environment, CHEAP)

    def fails(*_args: object) -> None:
        raise OSError("the plug is pulled")

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "replace", fails) if step == "replace" else (os, "fsync", fails)))
        with pytest.raises(OSError, match="plug"):
            keyring.set_pin(folder, "张三", "135791", clock.environment, CHEAP)
    keyring.lock(folder)
    keyring.unlock(folder, "张三", "246810", clock.environment)
    assert keyring.key_of(folder) == key


def test_damage_says_what_to_put_back(folder: Path) -> None:
    (folder / keyring.RING_FILE).write_text("{")
    with pytest.raises(StoreKeyWrong, match=r"store\.key"):
        keyring.key_of(folder)


def test_reading_expires_with_the_last_contact() -> None:
    assert not keyring.reading_expired(None, 9 * DAY_MS)
    assert not keyring.reading_expired(0, 7 * DAY_MS)
    assert keyring.reading_expired(0, 7 * DAY_MS + 1)


def test_a_sealed_file_opens_with_the_ring_alone(folder: Path, clock: Clock) -> None:
    key = keyring.key_of(folder)
    assert key is not None
    sealed = keyring.seal(b"secret", key, clock.environment)
    assert b"secret" not in sealed
    assert keyring.opened(sealed, folder) == b"secret"
    with pytest.raises(ValueError, match="another key"):
        keyring.opened(sealed[:-1] + bytes([sealed[-1] ^ 1]), folder)


def test_a_pin_of_several_people_says_nobody(folder: Path, clock: Clock) -> None:
    for person in ("张三", "李四"):
        keyring.set_pin(folder, person, "246810", clock.environment, CHEAP)
    assert keyring.person_of(folder) == "张三"
    keyring.lock(folder)
    with pytest.raises(Locked, match="ARMBAND_PERSON"):
        keyring.unlock(folder, "", "246810", clock.environment)
    assert keyring.person_of(folder) == ""
    assert keyring.unlock(folder, "李四", "246810", clock.environment) == "李四"
    assert keyring.person_of(folder) == "李四"
