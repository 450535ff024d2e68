"""The Chinese of everything that the shared core declares, beside its English, as data.

The terminal's language and the office's exports and imports read it here, so that a thing is called
the same on the screen, in a ledger and over a column that comes back. A kind's own words stand in
the module that is called as its own; what several kinds say stands in `common`, what is said of
records of any kind in `core`. The terminal's own sentences are in its own catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module

from armband.shared.fields import Option
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.words import common, core
from armband.shared.words.declare import Words

_FIELD = re.compile(r"\{(\w+)\}")


def _words_of(kind: Kind) -> Words:
    """Those of the module that is called as the kind's own."""
    module = kind.body.__module__.rpartition(".")[2]
    words: Words = import_module(f"{__name__}.{module}").WORDS
    return words


WORDS: Mapping[str, Words] = {name: _words_of(kind) for name, kind in CATALOGUE.items()}
"""Kind to its words."""
ALL = (common.WORDS, core.WORDS, *WORDS.values())
LABELS: Mapping[str, str] = {
    english: chinese for words in ALL for english, chinese in words.labels.items()
}
"""English label, hint, step, duty or problem to its Chinese."""
OPTIONS: Mapping[str, str] = {
    english: chinese for words in ALL for english, chinese in words.options.items()
}
"""English label of an option to its Chinese."""


def _spread(kind: Kind, pattern: str, chinese: str) -> Iterator[tuple[str, str]]:
    """A metric and its name, or those of each option of the field that the pattern names."""
    named = _FIELD.search(pattern)
    if named is None:
        yield pattern, chinese
        return
    for option in kind.fields[named[1]].options:
        word = OPTIONS[option.label]
        yield pattern.replace(named[0], option.code), chinese.replace(named[0], word)


METRICS: Mapping[str, str] = {
    metric: name
    for kind, words in WORDS.items()
    for pattern, chinese in words.metrics.items()
    for metric, name in _spread(CATALOGUE[kind], pattern, chinese)
}
"""Metric to its Chinese name; raw material has none."""


def kind_word(kind: Kind) -> str:
    """Records of a kind in Chinese."""
    return LABELS[kind.plural]


def field_word(kind: Kind, name: str) -> str:
    """A field in Chinese, as its kind says it."""
    return WORDS[kind.name].here.get(name) or LABELS[kind.fields[name].label]


def option_word(option: Option) -> str:
    """An option in Chinese."""
    return OPTIONS[option.label]
