"""A record as the cells of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from armband.server.exports.words import Language, head_of, label_of, own_head, yes_no
from armband.shared.fields import Field, FieldType, Value
from armband.shared.kinds import Kind, View
from armband.shared.policy import Policy
from armband.shared.text_values import clock_text

Cell = str | int | float
Names = Mapping[str, Mapping[str, str]]
"""Kind to hex id to what to call the record."""
_OWN = ("unit_name", "unit", "void", "same_as", "conflicts", "id")


@dataclass(frozen=True, slots=True)
class Ledger:
    """How the records of one kind become rows.

    Attributes:
        kind: their kind.
        language: of heads and labels.
        policy: the office's clock.
        unit_names: unit code to its names below the office, such as ``阳光花苑社区 第3网格``.
        names: of the records that these refer to.
    """

    kind: Kind
    language: Language
    policy: Policy
    unit_names: Mapping[str, str]
    names: Names

    def fields(self) -> list[str]:
        """The fields that have a column: the ledger's first, then the rest; no digests."""
        ordered = dict.fromkeys([*self.kind.columns, *self.kind.fields])
        return [n for n in ordered if self.kind.fields[n].type is not FieldType.DIGEST]

    def heads(self) -> list[str]:
        """The heads of all columns."""
        own = [own_head(name, self.language) for name in _OWN]
        return [head_of(self.kind, name, self.language) for name in self.fields()] + own

    def row(self, view: View) -> list[Cell]:
        """The cells of a record, in the order of `heads`."""
        cells = [self._cell(name, view.fields.get(name)) for name in self.fields()]
        conflicts = " ".join(
            head_of(self.kind, name, self.language) if name in self.kind.fields else name
            for name in view.conflicts
        )
        unit_name = self.unit_names.get(view.unit, "")
        return [*cells, unit_name, view.unit, view.void, view.same_as, conflicts, view.id.hex()]

    def _cell(self, name: str, value: Value) -> Cell:
        if value is None:
            return ""
        declared = self.kind.fields[name]
        if isinstance(value, list):
            return " ".join(str(self._single(declared, item)) for item in value)
        return self._single(declared, value)

    def _single(self, declared: Field, value: bool | int | str) -> Cell:
        if isinstance(value, bool):
            return yes_no(value, self.language)
        match declared.type:
            case FieldType.CHOICE | FieldType.CHOICES:
                for option in declared.options:
                    if option.code == value:
                        return label_of(option, self.language)
            case FieldType.REF:
                return self.names.get(declared.ref, {}).get(str(value), str(value))
        return self._measured(declared, value) if isinstance(value, int) else value

    def _measured(self, declared: Field, value: int) -> Cell:
        match declared.type:
            case FieldType.TIME:
                return moment_text(value, self.policy.utc_offset_min)
            case FieldType.CLOCK:
                return clock_text(value)
            case FieldType.TEMPERATURE | FieldType.TEMPERATURES:
                return value / 10
        return value

    def machine_row(self, view: View) -> dict[str, object]:
        """A record for scripts: stored codes and integers, with names beside the references."""
        fields: dict[str, Value] = {
            name: view.fields[name] for name in self.fields() if view.fields.get(name) is not None
        }
        names = {
            name: found
            for name, value in fields.items()
            if self.kind.fields[name].type is FieldType.REF
            and (found := self.names.get(self.kind.fields[name].ref, {}).get(str(value)))
        }
        return {
            "id": view.id.hex(),
            "kind": view.kind,
            "unit": view.unit,
            "unit_name": self.unit_names.get(view.unit, ""),
            "fields": fields,
            "names": names,
            "void": view.void,
            "same_as": view.same_as,
            "conflicts": list(view.conflicts),
        }


def moment_text(ms: int, utc_offset_min: int) -> str:
    """A moment by the office's clock, ``2022-03-31 08:41:07``; the number where no year fits."""
    zone = timezone(timedelta(minutes=utc_offset_min))
    try:
        moment = datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return str(ms)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def title_of(view: View) -> str:
    """What to call a record where another refers to it: its door and head, its name or title, or
    who rang; else its id."""
    if view.text("door"):
        return f"{view.text('door')} {view.text('head')}".rstrip()
    return next(filter(None, map(view.text, ("name", "title", "caller"))), view.id.hex())
