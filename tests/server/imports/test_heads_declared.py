"""What an export writes an import reads: heads and words of options, in both languages."""

from __future__ import annotations

import pytest

from armband.server.imports.declared import declared_words
from armband.server.imports.heads import (
    HOUSEHOLDS,
    RESIDENTS,
    RETURNEES,
    STAFF,
    UNITS,
    HeadBook,
    field_of,
)
from armband.shared.kinds import kind_named
from armband.shared.words import field_word


@pytest.mark.parametrize("book", [HOUSEHOLDS, RESIDENTS, STAFF, RETURNEES, UNITS])
def test_the_heads_of_an_export_are_known(book: HeadBook) -> None:
    kind, index = kind_named(book.kind), book.index()
    for name in kind.fields:
        if name in book.fields:
            assert field_of(field_word(kind, name), index) == name
            assert field_of(kind.fields[name].label, index) == name


def test_the_words_of_an_exports_options_are_known_in_either_language() -> None:
    words = declared_words("unit", "place")
    assert {words[word] for word in ("写字楼", "offices", "officebuilding")} == {"offices"}
