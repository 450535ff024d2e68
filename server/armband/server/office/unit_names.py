"""What the units are called, kept in memory: sessions and figures ask for it all the time."""

from __future__ import annotations

from collections.abc import Mapping

from armband.shared.kinds import View
from armband.shared.units import CLOSED
from armband.shared.wire import UnitName

KIND = "unit"


class UnitNames:
    """The named units of an office, by code; a unit whose record is voided has no name."""

    def __init__(self) -> None:
        self._by_record: dict[bytes, UnitName] = {}
        self._by_code: dict[str, UnitName] = {}

    @property
    def by_code(self) -> Mapping[str, UnitName]:
        """Every named unit."""
        return self._by_code

    def set(self, view: View) -> None:
        """Take a record of the kind ``unit`` as it is now."""
        old = self._by_record.pop(view.id, None)
        if old is not None and self._by_code.get(old.code) == old:
            del self._by_code[old.code]
        if view.unit and not view.void:
            level = CLOSED if view.text("moved_to") else view.text("level")
            name = UnitName(view.unit, view.text("name"), level)
            self._by_record[view.id] = name
            self._by_code[view.unit] = name

    def levels(self) -> dict[str, str]:
        """Unit code to level."""
        return {code: name.level for code, name in self._by_code.items()}
