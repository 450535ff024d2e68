"""Texts from others on their way out: to a terminal, to a script, into a spreadsheet.

Forms and imports clean what is typed, but a record may come from a terminal of another release or
from somebody who means harm. Every outlet passes its texts through one of these.
"""

from __future__ import annotations

import re

_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""They turn the direction of the text around them: 5 may be read as another number."""
_STEERING = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_DIRECTIONS}\ud800-\udfff]")
_LINE_STEERING = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_DIRECTIONS}\ud800-\udfff]")
_JSON_STEERING = re.compile(f"[\x7f-\x9f\u2028\u2029{_DIRECTIONS}]")
_PICTURES = 0x2400
"""Unicode's pictures of the control characters begin here: ␀, ␛."""
_DELETE_PICTURE = "\u2421"
_OTHER = "\ufffd"
_FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
_BEFORE_A_FORMULA = " \u00a0\u3000\ufeff\u200b"
"""Spreadsheets look past these."""


def shown(text: str) -> str:
    """A text that cannot steer the terminal that shows it; line breaks and tabs stay.

    Each control character becomes its picture, whatever turns the direction of writing a �: one
    cell each, so that it shows that there was something.
    """
    return text if text.isprintable() else _STEERING.sub(_picture, text)


def shown_line(text: str) -> str:
    """The same, as one line: a break in a field cannot pretend to be a line of its own."""
    return text if text.isprintable() else _LINE_STEERING.sub(_picture, text)


def shown_json(text: str) -> str:
    """JSON that says the same and cannot steer a terminal either: escapes instead of characters."""
    return _JSON_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def spreadsheet_text(text: str) -> str:
    """A text that a spreadsheet takes for nothing but a text: an apostrophe before a formula's
    first character, also a full-width one and one behind blanks."""
    plain = shown(text)
    if text[:1] in ("\t", "\r", "\n") or plain.lstrip(_BEFORE_A_FORMULA)[:1] in tuple(
        _FORMULA_STARTS
    ):
        return f"'{plain}"
    return plain


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return _DELETE_PICTURE if code == 0x7F else _OTHER
