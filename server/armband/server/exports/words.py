"""The heads and labels of exports: as the kinds declare them, in either language.

The heads are ones that an import knows, so that an exported ledger can be filled in and come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from armband.shared import words
from armband.shared.fields import Option
from armband.shared.kinds import Kind

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

OWN_HEADS: Mapping[str, tuple[str, str]] = {
    "unit_name": ("辖区", "Unit"),
    "unit": ("辖区代码", "Unit code"),
    "void": ("作废原因", "Void"),
    "same_as": ("并入记录", "Same as"),
    "conflicts": ("待定", "In conflict"),
    "id": ("记录编号", "Record"),
}
"""Columns that every kind has after its own, with (Chinese, English) heads."""
COUNT_WORDS: Mapping[Language, str] = {"zh": "合计", "en": "Total"}
_YES_NO: Mapping[Language, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}


def sheet_title(kind: Kind, language: Language) -> str:
    """The sheet's name and the printed head."""
    return f"{words.kind_word(kind)}台账" if language == "zh" else kind.plural


def head_of(kind: Kind, name: str, language: Language) -> str:
    """The head of a field's column."""
    return words.field_word(kind, name) if language == "zh" else kind.fields[name].label


def label_of(option: Option, language: Language) -> str:
    """The label of a choice."""
    return words.option_word(option) if language == "zh" else option.label


def own_head(name: str, language: Language) -> str:
    """The head of a column that every kind has."""
    chinese, english = OWN_HEADS[name]
    return chinese if language == "zh" else english


def yes_no(value: bool, language: Language) -> str:
    """A flag as a word."""
    yes, no = _YES_NO[language]
    return yes if value else no
