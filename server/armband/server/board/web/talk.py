"""What the page and the board say to each other, as JSON texts."""

from __future__ import annotations

import msgspec

from armband.server.board.sheet import Sheet
from armband.server.board.words import Language


class Login(msgspec.Struct, tag="login", frozen=True):
    """The passphrase; the first word of a new session."""

    passphrase: str


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """The first word after the line was cut: the token of the session."""

    token: str


class Show(msgspec.Struct, tag="show", frozen=True):
    """Which unit, in which language."""

    unit: str
    language: Language


class Alive(msgspec.Struct, tag="alive", frozen=True):
    """Somebody is there."""


class Logout(msgspec.Struct, tag="logout", frozen=True):
    """The session is over."""


FromPage = Login | Resume | Show | Alive | Logout


class Welcome(msgspec.Struct, tag="welcome", frozen=True):
    """Logged in; the token stays in the page's memory."""

    token: str


class Refused(msgspec.Struct, tag="refused", frozen=True):
    """Not let in; ``wait_s`` seconds until the next try is looked at."""

    wait_s: int


class Ended(msgspec.Struct, tag="ended", frozen=True):
    """There is no such session any more."""


class Shown(msgspec.Struct, tag="sheet", frozen=True):
    """A sheet; None while the office has not answered yet."""

    sheet: Sheet | None


ToPage = Welcome | Refused | Ended | Shown

_decoder: msgspec.json.Decoder[FromPage] = msgspec.json.Decoder(FromPage)


def heard(text: str | bytes) -> FromPage:
    """What the page says.

    Raises:
        ValueError: it is none of these.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def said(message: ToPage) -> str:
    """What the page gets to read."""
    return msgspec.json.encode(message).decode()
