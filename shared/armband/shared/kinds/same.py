"""Two records of one person or door: the merged one says in ``same_as`` which record stays.

Both histories stay. The merged record counts nowhere and asks nothing of anybody; clearing the
field undoes it. A terminal refuses chains and circles, but two people who merge unseen of each
other can make some all the same: whoever follows ``same_as`` must come to an end, and to the same
one everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable

SAME_AS = "same_as"
"""Hex id of the record that stays."""
HOPS_MAX = 8
"""Merges in a row that are followed; people make one or two."""
_ID = re.compile("[0-9a-f]{32}")


def is_id(value: object) -> bool:
    """Whether this is the hex of a record's id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def survivor(record: str, same_as: Callable[[str], str | None]) -> str:
    """The record that stands for ``record``, by their hex ids; itself when it was not merged.

    Of a circle, and of a chain that is longer than `HOPS_MAX`, the smallest id stands for all: the
    same one wherever the walk began in a circle.

    Args:
        same_as: what a record says; ``""`` for nothing, None when the record is not here.
    """
    seen = [record]
    for _hop in range(HOPS_MAX):
        further = same_as(seen[-1])
        if not further or not is_id(further):
            return seen[-1]
        if further in seen:
            return min(seen[seen.index(further) :])
        if same_as(further) is None:
            # What is not here cannot be shown; the last one that is stands for it.
            return seen[-1]
        seen.append(further)
    return min(seen)
