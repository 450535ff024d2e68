"""Reads a gettext catalogue in its text form (.po), so that no compiled file has to be kept.

What is read: ``msgctxt``, ``msgid``, ``msgid_plural``, ``msgstr``, ``msgstr[n]``, quoted strings
over several lines, comments. Fuzzy entries count as untranslated, as in msgfmt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CONTEXT = "\x04"
"""Between a context and its msgid in a catalogue's key, as in compiled catalogues."""

_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+"(.*)"')
_MORE = re.compile(r'"(.*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

Catalogue = Mapping[str, tuple[str, ...]]
"""Key (``msgid`` or ``context + CONTEXT + msgid``) to its translations, one per plural form."""


class BadCatalogue(ValueError):
    """A line of a catalogue is none of the forms above."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__(f"line {number} of the catalogue is no msgid or msgstr: {line!r}")
        self.number = number


@dataclass(slots=True)
class _Entry:
    parts: dict[str, str] = field(default_factory=dict)
    fuzzy: bool = False

    def item(self) -> tuple[str, tuple[str, ...]] | None:
        """Key and translations, or None for what is not translated."""
        msgid = self.parts.get("msgid", "")
        forms = sorted(name for name in self.parts if name.startswith("msgstr"))
        texts = tuple(self.parts[name] for name in forms)
        if not msgid or self.fuzzy or not all(texts):
            return None
        context = self.parts.get("msgctxt")
        return (msgid if context is None else context + CONTEXT + msgid), texts


def parse(text: str) -> Catalogue:
    """The translations of a catalogue's text.

    Raises:
        BadCatalogue: with the number of the first line that cannot be read.
    """
    return dict(item for entry in _entries(text) if (item := entry.item()) is not None)


def _entries(text: str) -> Iterator[_Entry]:
    entry, last = _Entry(), ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if entry.parts:
                yield entry
                entry, last = _Entry(), ""
            entry.fuzzy = entry.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if match := _LINE.fullmatch(line):
            word, form, quoted = match.groups()
            last = f"{word}[{form}]" if form else word
            entry.parts[last] = _unescape(quoted)
        elif last and (match := _MORE.fullmatch(line)):
            entry.parts[last] += _unescape(match[1])
        else:
            raise BadCatalogue(number, line)
    if entry.parts:
        yield entry


def _unescape(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), quoted)
