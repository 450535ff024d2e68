"""The terminal's words: English message ids in the code, a Chinese catalogue beside it.

The language is one for the process (one person sits at a terminal) and may change while the program
runs: whatever is drawn asks again. What the shared core declares (labels, options, hints) are
message ids too and go through the same functions; their Chinese stands in `armband.shared.words`,
in the catalogue here that of the terminal's own sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from armband.client.i18n.po import CONTEXT, Catalogue, parse
from armband.shared.kinds import CATALOGUE
from armband.shared.words import LABELS, OPTIONS, WORDS

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES: Mapping[str, str] = {CHINESE: "中文", ENGLISH: "English"}
"""Code of each language to its own name."""

OPTION = "option"
"""The context of options' labels: the same English word may name a field and an option."""

_FOLDER = Path(__file__).parent


class _Chosen:
    """The language in use; a holder, so that no function needs a ``global``."""

    language = ENGLISH


def language() -> str:
    """The code of the language in use."""
    return _Chosen.language


def set_language(code: str) -> None:
    """Use this language from now on.

    Raises:
        ValueError: there is no such language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"{code!r} is none of the languages {', '.join(LANGUAGES)}")
    _Chosen.language = code


def detect_language(environ: Mapping[str, str]) -> str:
    """The language that a locale asks for: Chinese for any ``zh``, else English.

    ``LANGUAGE`` stands before ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``, as in gettext.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environ.get(name, "").split(":")[0].lower()
        if wanted:
            return CHINESE if wanted.startswith("zh") else ENGLISH
    return ENGLISH


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language, read once; English needs none."""
    if code == ENGLISH:
        return {}
    return {**_declared(), **own_sentences(code)}


def own_sentences(code: str) -> Catalogue:
    """What the terminal itself says, from the catalogue beside this module."""
    return parse((_FOLDER / f"{code}.po").read_text("utf-8"))


def _declared() -> Catalogue:
    """What the shared core declares."""
    return {
        **{english: (chinese,) for english, chinese in LABELS.items()},
        **{OPTION + CONTEXT + english: (chinese,) for english, chinese in OPTIONS.items()},
        **{
            place(kind, name) + CONTEXT + CATALOGUE[kind].fields[name].label: (chinese,)
            for kind, words in WORDS.items()
            for name, chinese in words.here.items()
        },
    }


def place(kind: str, field: str) -> str:
    """The context of a field's label, which a kind may translate in its own way."""
    return f"{kind}.{field}"


def _(message: str) -> str:
    """The words for an English message id in the language in use."""
    found = catalogue(_Chosen.language).get(message)
    return found[0] if found else message


def N_(message: str) -> str:  # noqa: N802 gettext's own name for it
    """Mark a message id that is translated where it is shown."""
    return message


def pgettext(context: str, message: str) -> str:
    """As `_`, for a word whose translation depends on where it stands; falls back to `_`."""
    found = catalogue(_Chosen.language).get(context + CONTEXT + message)
    return found[0] if found else _(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The words for a count of things. Chinese has one form, English two."""
    found = catalogue(_Chosen.language).get(singular)
    if found:
        return found[0]
    return singular if count == 1 else plural


__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "N_",
    "OPTION",
    "_",
    "catalogue",
    "detect_language",
    "language",
    "ngettext",
    "own_sentences",
    "pgettext",
    "place",
    "set_language",
]
