from __future__ import annotations

import pytest

from armband.shared.invitation import invitation_text, parse_invitation

CODE = "0123456789ABCDEF"


@pytest.mark.parametrize("url", ["", "wss://127.0.0.1:8443", "wss://[::1]:8443"])
def test_an_invitation_survives_its_text(url: str) -> None:
    assert parse_invitation(invitation_text(CODE, url)) == (CODE, url)


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), "0123-4567-89ab-cdef", " O123 4567 89AB CDEF"]
)
def test_a_bare_code_is_an_invitation_without_an_address(typed: str) -> None:
    assert parse_invitation(typed) == (CODE, "")


@pytest.mark.parametrize("text", ["", "armband:", "armband:123@wss://x", "wss://host:1"])
def test_without_a_code_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="enrolment code"):
        parse_invitation(text)
