from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.tokens import Token, parse_token, secret_hash, token_text

TOKEN = Token(b"i" * 8, b"s" * 24, b"f" * 32)


@given(
    st.builds(
        Token,
        st.binary(min_size=8, max_size=8),
        st.binary(min_size=24, max_size=24),
        st.binary(min_size=32, max_size=32),
    )
)
def test_a_token_survives_its_text(token: Token) -> None:
    assert parse_token(token_text(token)) == token
    assert parse_token(f"  {token_text(token)}\n") == token


@pytest.mark.parametrize(
    "text", ["", "armband1", "armband1.a.b.c", token_text(TOKEN)[:-2], "x" + token_text(TOKEN)]
)
def test_what_is_no_token_is_said_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="token") as raised:
        parse_token(text)
    assert not text or text not in str(raised.value) or text == "armband1"


@given(st.text())
def test_any_text_is_a_token_or_an_error(text: str) -> None:
    try:
        parse_token(text)
    except ValueError:
        return


def test_parts_of_another_size_are_a_fault() -> None:
    with pytest.raises(ValueError, match="bytes"):
        token_text(Token(b"i", b"s", b"f"))


def test_the_hash_does_not_show_the_secret() -> None:
    assert len(secret_hash(TOKEN.secret)) == 32
    assert secret_hash(b"a" * 24) != secret_hash(b"b" * 24)
