"""Units in words: by their names from the top of the tree down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from armband.shared.units import depth_below
from armband.shared.wire import UnitName


def path_words(code: str, units: Mapping[str, UnitName], below: str = "") -> str:
    """The names from the top (or from under ``below``) down to a unit, joined by blanks."""
    parts = code.split("/")
    names = []
    for count in range(1, len(parts) + 1):
        prefix = "/".join(parts[:count])
        if below and depth_below(prefix, below) <= 0:
            continue
        unit = units.get(prefix)
        names.append(unit.name if unit else parts[count - 1])
    return " ".join(names)


def names_of(codes: Iterable[str], units: Mapping[str, UnitName], office: str) -> dict[str, str]:
    """Code to the names below the office, the office's own for itself."""
    return {
        code: path_words(code, units, below=office) or path_words(code, units) for code in codes
    }
