"""Who may try when, who has logged in, and what a browser is let near: pure of sockets."""

from __future__ import annotations

import stat
from random import Random

import pytest

from armband.server.board.web import passphrase
from armband.server.board.web.gate import FREE_TRIES, LONGEST_WAIT_S, MAX_ADDRESSES, Gate, Sessions
from armband.server.board.web.pages import is_own_host, is_own_origin
from armband.server.errors import BadRequest
from armband.shared.environment import Environment

ENVIRONMENT = Environment(lambda: 0, Random(1).randbytes)


def test_the_delay_doubles_and_has_an_end() -> None:
    gate, now_s = Gate(), 0.0
    waits: list[float] = []
    for _ in range(16):
        assert gate.wait_s("10.0.0.1", now_s) == 0
        waits.append(gate.wait_s("10.0.0.1", now_s) if len(waits) >= FREE_TRIES - 1 else 0.0)
        now_s += waits[-1]
    assert waits[: FREE_TRIES + 2] == [0.0, 0.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_WAIT_S


def test_tries_at_once_are_no_free_ones_and_another_address_is_not_held_up() -> None:
    gate = Gate()
    waits = [gate.wait_s("2001:db8::1", 1.0) for _ in range(FREE_TRIES)]
    assert waits == [0.0] * FREE_TRIES
    assert gate.wait_s("2001:db8::2", 1.0) > 0, "the same network"
    assert gate.wait_s("2001:db8:1::1", 1.0) == 0
    assert gate.wait_s("10.0.0.1", 1.0) == 0


def test_the_right_one_begins_anew_and_memory_is_bounded() -> None:
    gate = Gate()
    for _ in range(FREE_TRIES):
        gate.wait_s("10.0.0.1", 1.0)
    gate.passed("10.0.0.1")
    assert gate.wait_s("10.0.0.1", 1.0) == 0
    for number in range(3 * MAX_ADDRESSES):
        gate.wait_s(f"address {number}", 1.0)
    assert len(gate._tries) == MAX_ADDRESSES


def test_a_session_ends_when_nobody_is_there_or_the_passphrase_is_another() -> None:
    sessions = Sessions(ENVIRONMENT, idle_s=10.0)
    one, two = sessions.begin("a", 0.0), sessions.begin("a", 0.0)
    sessions.touch(one, 8.0)
    assert sessions.lasts(one, "a", 15.0)
    assert not sessions.lasts(two, "a", 15.0)
    assert not sessions.lasts(one, "b", 15.0)
    assert not sessions.lasts(one, "a", 15.0), "it does not come back"
    assert not sessions.lasts("", "", 0.0)


def test_a_passphrase_is_kept_as_a_hash_for_its_owner_alone(tmp_path) -> None:
    with pytest.raises(BadRequest, match="set-passphrase"):
        passphrase.load(tmp_path)
    with pytest.raises(BadRequest, match="8 to 200"):
        passphrase.hashed("kurz", ENVIRONMENT)
    passphrase.save(tmp_path, passphrase.hashed("莲湖街道２０２２", ENVIRONMENT))
    path = tmp_path / passphrase.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "2022" not in path.read_text()
    found = passphrase.load(tmp_path)
    assert passphrase.matches(found, "莲湖街道2022"), "full-width digits are the same digits"
    assert not passphrase.matches(found, "莲湖街道2023")
    path.write_text("{}")
    with pytest.raises(BadRequest, match="damaged"):
        passphrase.load(tmp_path)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8444", True),
        ("[::1]:8444", True),
        ("localhost:8444", True),
        ("Office:8444", True),
        ("evil.test:8444", False),
        ("127.0.0.1.evil.test", False),
        ("evil.test@127.0.0.1", False),
        ("127.0.0.1:8444; script-src *", False),
        ("127.0.0.1:port", False),
        ("", False),
    ],
)
def test_only_numbers_and_own_names_are_this_machine(host: str, own: bool) -> None:
    assert is_own_host(host, {"localhost", "office"}) is own


def test_only_the_own_page_opens_the_line() -> None:
    assert is_own_origin("https://127.0.0.1:8444", "127.0.0.1:8444")
    for other in ("", "null", "http://127.0.0.1:8444", "https://127.0.0.1", "https://evil.test"):
        assert not is_own_origin(other, "127.0.0.1:8444")
