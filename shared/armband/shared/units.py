"""Unit codes: paths such as ``lianhu/yangguang/a1/g3/m07``.

A code is unique in the office, and any prefix of it names a unit above. All questions of "is this
under that" are answered from the codes alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from armband.shared.errors import InvalidUnit

MAX_UNIT_CODE = 160
MAX_DEPTH = 12
CLOSED = "closed"
"""The level of a unit that a re-gridding has closed: its name stays for old figures."""
_CODE = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")
_PIECES = re.compile(r"[0-9]+|[^0-9]+")

LEVELS: tuple[str, ...] = (
    "office",
    "community",
    "area",
    "grid",
    "microgrid",
    "compound",
    "building",
    "group",
)
"""Levels from the top down; ``group`` is a villagers' group (村民组). Depth is not fixed."""


def check_unit(code: str) -> str:
    """Return ``code`` if it is well formed.

    Raises:
        InvalidUnit: it is not.
    """
    too_deep = code.count("/") >= MAX_DEPTH
    if len(code) > MAX_UNIT_CODE or too_deep or _CODE.fullmatch(code) is None:
        raise InvalidUnit(code)
    return code


def is_within(code: str, unit: str) -> bool:
    """Whether ``code`` is ``unit`` or stands below it."""
    return code == unit or code.startswith(unit + "/")


def in_scope(code: str, scope: Iterable[str]) -> bool:
    """Whether ``code`` stands in one of the units of ``scope``."""
    return any(is_within(code, unit) for unit in scope)


@lru_cache(maxsize=8192)
def lineage(code: str) -> tuple[str, ...]:
    """The unit and all above it, lowest first: ``a/b/c`` gives ``a/b/c``, ``a/b``, ``a``."""
    parts = code.split("/")
    return tuple("/".join(parts[:count]) for count in range(len(parts), 0, -1))


def parent_of(code: str) -> str:
    """The unit above, or ``""`` for the office."""
    return code.rpartition("/")[0]


@lru_cache(maxsize=8192)
def unit_order(code: str) -> tuple[object, ...]:
    """Sort key for lists that people read: parents before their parts, ``g9`` before ``g10``."""
    # The code itself last: g1 and g01 are two units and stand in one order.
    return tuple(_part_order(part) for part in code.split("/")), code


def _part_order(part: str) -> tuple[tuple[int, str], ...]:
    return tuple(
        (int(piece), "") if piece.isdecimal() else (-1, piece) for piece in _PIECES.findall(part)
    )


def depth_below(code: str, unit: str) -> int:
    """How many steps ``code`` stands below ``unit`` (0 for itself)."""
    return code.count("/") - unit.count("/")
