"""Text in cells: Chinese characters take two, and a row must never be cut through one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from armband.client.i18n.words import option_label
from armband.shared.fields import Field

GAP = 2
"""Cells between two columns of a list."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        title: as shown above it, already in the user's language.
        width: cells it needs at least.
        grow: its share of the cells that are left over; 0 for a fixed column.
        right: numbers stand on the right.
        drop: columns with a higher number vanish first when the screen is narrow; 0 never does.
    """

    title: str
    width: int
    grow: int = 0
    right: bool = False
    drop: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of a row; ``tone`` names one of `TONES`."""

    text: str
    tone: str = ""


TONES = ("quiet", "good", "wait", "bad", "strong")
"""What colour says beside the words, never alone."""


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in exactly ``width`` cells: padded, or cut with a ``~`` as its last cell."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "~" if width > 0 else ""
    blanks = " " * (width - length)
    return blanks + text if right else text + blanks


def columns_shown(columns: Sequence[Column], width: int) -> list[tuple[int, int]]:
    """Which columns fit into ``width`` cells, as (index, cells), leftover cells dealt out."""
    shown = list(range(len(columns)))
    while len(shown) > 1:
        need = sum(columns[i].width for i in shown) + GAP * (len(shown) - 1)
        droppable = [i for i in shown if columns[i].drop]
        if need <= width or not droppable:
            break
        shown.remove(max(droppable, key=lambda i: columns[i].drop))
    need = sum(columns[i].width for i in shown) + GAP * (len(shown) - 1)
    left = max(0, width - need)
    shares = sum(columns[i].grow for i in shown)
    widths = []
    for i in shown:
        extra = left * columns[i].grow // shares if shares else 0
        widths.append((i, columns[i].width + extra))
    return widths


def row_text(cells: Sequence[str], columns: Sequence[Column], width: int) -> str:
    """A row as plain text, for headings."""
    parts = [
        fit(cells[i], cells_wide, right=columns[i].right)
        for i, cells_wide in columns_shown(columns, width)
    ]
    return fit((" " * GAP).join(parts), width)


def row_strip(
    cells: Sequence[Cell],
    columns: Sequence[Column],
    width: int,
    base: Style,
    tones: dict[str, Style],
) -> Strip:
    """A row as a strip of ``width`` cells."""
    segments: list[Segment] = []
    used = 0
    for i, cells_wide in columns_shown(columns, width):
        if segments:
            segments.append(Segment(" " * GAP, base))
            used += GAP
        cell = cells[i]
        style = base + tones[cell.tone] if cell.tone else base
        segments.append(Segment(fit(cell.text, cells_wide, right=columns[i].right), style))
        used += cells_wide
    segments.append(Segment(" " * max(0, width - used), base))
    return Strip(segments, used + max(0, width - used)).crop(0, width)


def spread(left: str, right: str, width: int) -> str:
    """``left`` and ``right`` at the two ends of a row; the left one is cut when they meet."""
    room = width - cell_len(right)
    if room < GAP:
        return fit(right, width)
    return fit(left, room - (1 if right else 0)) + (" " if right else "") + right


def wrap(text: str, width: int) -> list[str]:
    """``text`` in rows of at most ``width`` cells, broken at blanks where there are some."""
    rows = []
    for line in text.splitlines() or [""]:
        row = ""
        for word in re.split(r"( +)", line):
            if row and cell_len(row + word) > width:
                rows.append(row.rstrip())
                row = "" if word.isspace() else word
            else:
                row += word
            if cell_len(row) > width:
                *full, row = chop_cells(row, width)
                rows.extend(full)
        rows.append(row)
    return rows


def widest(declared: Field, codes: Sequence[str] = ()) -> int:
    """Cells of the longest word among a field's options, or among some of them."""
    shown = codes or [option.code for option in declared.options]
    return max(cell_len(option_label(declared, code)) for code in shown)
