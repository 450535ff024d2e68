"""Errors of the shared core in the user's language."""

from __future__ import annotations

from armband.client.i18n import _
from armband.shared.errors import ArmbandError, InvalidRecord, InvalidUnit, UnknownKind


def error_words(error: ArmbandError) -> str:
    """What went wrong, where, and what would be right."""
    match error:
        case InvalidRecord():
            return f"{error.kind}.{error.field}: {problem_of(error)}"
        case InvalidUnit():
            return _(error.MESSAGE).format(code=error.code)
        case UnknownKind():
            return _(error.MESSAGE).format(kind=error.kind)
    return str(error)


def problem_of(error: InvalidRecord) -> str:
    """The same without the name of the field."""
    words = _(error.message)
    if error.parts:
        words = words.format(**error.parts)
    return f"{error.given!r}: {words}" if error.given else words
