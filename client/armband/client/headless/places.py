"""Where a record hangs when nobody says it, and which checkpoint a check belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from armband.client.headless.references import resolve
from armband.client.i18n import _
from armband.client.model import Entry
from armband.client.terminal import Terminal
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Field, FieldType
from armband.shared.ids import id_from_hex, natural_record_id
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.permissions import goes_down
from armband.shared.units import in_scope, parent_of

CHECKPOINT = "checkpoint"
"""Field of a check, and the preference that keeps the chosen one, as an id in hex."""


async def chosen_checkpoint(terminal: Terminal, name: str = "") -> Entry | None:
    """The checkpoint called ``name``, else the one chosen in the lane, or None.

    Raises:
        InvalidRecord: no checkpoint, or more than one, is called so.
    """
    if name:
        declared = CATALOGUE["check"].fields[CHECKPOINT]
        return await resolve(terminal, "check", CHECKPOINT, declared, name)
    ref = await terminal.preference(CHECKPOINT)
    entry = await terminal.entry(id_from_hex(ref)) if ref else None
    return None if entry is None or entry.view.void else entry


def default_unit(terminal: Terminal, kind: Kind, references: Mapping[str, Entry]) -> str:
    """The unit of a new record: a check's is its checkpoint's, another's that of its household.

    Raises:
        InvalidRecord: nothing says it, and the terminal has several units.
    """
    here = CHECKPOINT in kind.fields
    wanted = (
        (CHECKPOINT,)
        if here
        else tuple(name for name, declared in kind.fields.items() if _has_place(declared))
    )
    for name in wanted:
        if name in references and references[name].view.unit:
            return references[name].view.unit
    scope = terminal.identity.scope
    if len(scope) == 1 or (here and scope):
        return scope[0]
    raise InvalidRecord(
        kind.name,
        "unit",
        _("must be given: this terminal has {units}").format(units=", ".join(scope) or "0"),
    )


def _has_place(declared: Field) -> bool:
    """Whether a reference says where a record hangs: not what is said to many units."""
    return declared.type is FieldType.REF and not goes_down(declared.ref)


async def check_place(terminal: Terminal, kind: Kind, unit: str) -> None:
    """Refuse a unit that does not exist, or a new unit that hangs on none.

    Only where this terminal knows: in its own units, once it has heard of them.

    Raises:
        InvalidRecord: there is no such unit.
    """
    wanted = (parent_of(unit) or unit) if kind.name == "unit" else unit
    identity = terminal.identity
    if not in_scope(wanted, identity.scope):
        return
    if await terminal.entry(natural_record_id(identity.office, "unit", wanted)) is not None:
        return
    known = await terminal.units()
    if wanted not in known and not known.keys().isdisjoint(identity.scope):
        raise InvalidRecord(
            kind.name, "unit", _("no unit here is called {unit}").format(unit=wanted)
        )
