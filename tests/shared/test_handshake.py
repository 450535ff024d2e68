from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.handshake import (
    ALPHABET,
    code_from_bytes,
    code_key,
    enrol_proof,
    hello_transcript,
    invite_id,
    normal_code,
    printed_code,
    same,
)
from armband.shared.wire import Hello

CODES = st.binary(min_size=10, max_size=10).map(code_from_bytes)
HELLO = Hello(1, 1, "x", bytes(16), 5, b"e" * 16, 7, 6, b"h" * 16, ["o/c1", "o/c2"], b"")


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_codes_are_as_many_as_secrets(one: bytes, two: bytes) -> None:
    assert (code_from_bytes(one) == code_from_bytes(two)) == (one == two)
    assert len(code_from_bytes(one)) == 16
    assert set(code_from_bytes(one)) <= set(ALPHABET)


@given(CODES, st.data())
def test_a_code_is_understood_however_it_is_typed(code: str, data: st.DataObject) -> None:
    typed = ""
    for letter in printed_code(code):
        others = {"0": "0Oo", "1": "1IiLl"}.get(letter, letter + letter.lower())
        typed += data.draw(st.sampled_from(others)) + data.draw(st.sampled_from(["", "", " ", "-"]))
    assert normal_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 16, "A" * 17, "ÀBCD-EFGH-JKMN-PQRS", "é" * 16])
def test_what_is_no_code(typed: str) -> None:
    with pytest.raises(ValueError, match="16 letters"):
        normal_code(typed)


@given(CODES)
def test_what_names_an_invitation_does_not_show_the_code(code: str) -> None:
    assert len(invite_id(code)) == 8
    assert len(code_key(code)) == 32
    assert code.encode() not in invite_id(code) + code_key(code)
    assert code_key(code)[:8] != invite_id(code)


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=40), st.data())
def test_a_proof_is_bound_to_every_part_and_to_its_side(
    key: bytes, fingerprint: bytes, public: bytes, data: st.DataObject
) -> None:
    nonces = (data.draw(st.binary(max_size=40)), data.draw(st.binary(max_size=40)))
    proof = enrol_proof(key, "terminal", fingerprint, public, nonces)
    assert same(proof, enrol_proof(key, "terminal", fingerprint, public, nonces))
    others = [
        enrol_proof(key + b"x", "terminal", fingerprint, public, nonces),
        enrol_proof(key, "office", fingerprint, public, nonces),
        enrol_proof(key, "terminal", fingerprint + b"x", public, nonces),
        enrol_proof(key, "terminal", fingerprint, public + b"x", nonces),
        enrol_proof(key, "terminal", fingerprint, public, (nonces[0] + b"x", nonces[1])),
        enrol_proof(key, "terminal", fingerprint, public, (nonces[0], nonces[1] + b"x")),
    ]
    assert not any(same(proof, other) for other in others)


def test_parts_of_a_proof_do_not_run_together() -> None:
    def proof(fingerprint: bytes, public: bytes) -> bytes:
        return enrol_proof(b"k", "office", fingerprint, public, (b"", b""))

    assert proof(b"ab", b"c") != proof(b"a", b"bc")


@pytest.mark.parametrize(
    "changes",
    [
        {"key_id": b"k" * 16},
        {"protocol": 2},
        {"cursor": 8},
        {"epoch": b""},
        {"witness_seq": 7},
        {"witness_hist": b""},
        {"scope": ["o/c1"]},
        {"scope": ["o/c1\no/c2", ""]},
        {"scope": ["o/c2", "o/c1"]},
    ],
)
def test_what_a_terminal_signs_holds_all_that_the_office_acts_on(
    changes: dict[str, object],
) -> None:
    plain = hello_transcript(b"n" * 32, b"f" * 32, HELLO)
    changed = msgspec.structs.replace(HELLO, **changes)
    assert hello_transcript(b"n" * 32, b"f" * 32, changed) != plain
    assert hello_transcript(b"m" * 32, b"f" * 32, HELLO) != plain
    assert hello_transcript(b"n" * 32, b"g" * 32, HELLO) != plain
