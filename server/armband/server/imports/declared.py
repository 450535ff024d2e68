"""The heads and words of an export, which an import knows too: as the kinds declare them."""

from __future__ import annotations

from armband.shared.kinds import kind_named
from armband.shared.words import field_word, option_word


def declared_heads(kind: str, field: str) -> tuple[str, ...]:
    """A field's heads, Chinese and English; none where the kind has no such field."""
    of = kind_named(kind)
    return (field_word(of, field), of.fields[field].label) if field in of.fields else ()


def declared_words(kind: str, field: str) -> dict[str, str]:
    """What a cell may say for each option, without blanks and in lower case, to its code."""
    options = kind_named(kind).fields[field].options
    words = (
        (word, option.code)
        for option in options
        for word in (option_word(option), option.code, option.label)
    )
    return {"".join(word.split()).lower(): code for word, code in words}
