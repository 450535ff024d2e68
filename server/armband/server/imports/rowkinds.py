"""Which rows below the head are people, and which are subtotals, signatures, repeated heads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from armband.shared.normal import clean

_SUM = re.compile(
    r"(?:本页|本楼|本栋|本单元|本网格|全部)?(?:小计|合计|总计|共计|累计)(?:[:\d].*)?|Total"
)
_MAY_BE_SUM = re.compile("计|Total")
_SIGNATURE = re.compile(
    "(?:填表|填报|制表|审核|审批|负责|签发|统计|经办)人(?:签[字名])?:|(?:填表|填报|制表)(?:日期|时间):"
)
_REMARK = re.compile("(?:注|备注|说明|填表说明|填报说明)[:：]")
_LOOK_AT = 3
"""A row's label (小计, 填表人) stands in one of its first cells."""

_LONGEST_CELL_ALONE = 12
"""Characters: a row of one longer text is a remark or a title."""


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows of a sheet.

    Attributes:
        numbers: their indexes in the sheet, from 0.
        breaks: indexes of the subtotals and repeated heads between them.
    """

    numbers: tuple[int, ...]
    breaks: tuple[int, ...]


def data_rows(
    rows: Sequence[Sequence[str]], start: int, columns: Mapping[int, str], head: Mapping[int, str]
) -> Body:
    """Tell the rows from ``start`` on apart.

    ``columns`` maps a column to its field, ``head`` to the text of its head.
    """
    telling = [column for column, name in columns.items() if name != "sequence"]
    numbers: list[int] = []
    breaks: list[int] = []
    for number in range(start, len(rows)):
        row = rows[number]
        values = [row[column].strip() for column in telling if column < len(row)]
        if _is_break(row) or _is_head(row, head):
            breaks.append(number)
        elif any(values) and not _is_remark(row):
            numbers.append(number)
    return Body(tuple(numbers), tuple(breaks))


def _is_break(row: Sequence[str]) -> bool:
    """A subtotal or a total: one of the first cells says so."""
    looked_at = 0
    for cell in row:
        if not cell or cell.isspace():
            continue
        if _MAY_BE_SUM.search(cell) and _SUM.fullmatch("".join(clean(cell).split())):
            return True
        looked_at += 1
        if looked_at == _LOOK_AT:
            break
    return False


def _is_head(row: Sequence[str], head: Mapping[int, str]) -> bool:
    """The head again, at the top of a printed page."""
    same = sum(column < len(row) and row[column] == text for column, text in head.items())
    return same >= min(_LOOK_AT, len(head))


def _is_remark(row: Sequence[str]) -> bool:
    """A signature line, a remark below the table, or a title again: one long text and no more."""
    filled = [cell for cell in row if cell and not cell.isspace()]
    first = filled[0]
    if len(filled) > 1 and ":" not in first and "：" not in first:
        return False
    first = "".join(clean(first).split())
    if _SIGNATURE.search(first) or _REMARK.match(first):
        return True
    return len(filled) == 1 and len(first) > _LONGEST_CELL_ALONE and not first.isascii()
