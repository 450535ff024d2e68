"""An enrolment code together with the office's address: what the QR code holds."""

from __future__ import annotations

from armband.shared.handshake import normal_code

_PREFIX = "armband:"


def invitation_text(code: str, url: str) -> str:
    """``armband:CODE@wss://host:port``, or without the address when ``url`` is empty."""
    return f"{_PREFIX}{code}@{url}" if url else f"{_PREFIX}{code}"


def parse_invitation(text: str) -> tuple[str, str]:
    """The code and the address (``""`` when there is none) of an invitation, or of a bare code.

    Raises:
        ValueError: there is no enrolment code in it.
    """
    rest = text.strip()
    if rest.lower().startswith(_PREFIX):
        rest = rest[len(_PREFIX) :]
    code, _at, url = rest.partition("@")
    return normal_code(code), url
