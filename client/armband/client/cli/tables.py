"""Rows for people: columns under their heads, Chinese two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def table(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """A line for each row; columns in which nothing stands below the head are left out.

    Args:
        rows: the heads first.
        right: the columns of figures.
    """
    shown = [at for at in range(len(rows[0])) if any(row[at] for row in rows[1:])]
    widths = {at: max(_width(row[at]) for row in rows) for at in shown}
    return [
        "  ".join(_cell(row[at], widths[at], at in right) for at in shown).rstrip() for row in rows
    ]


def _cell(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _width(text: str) -> int:
    """Cells of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
