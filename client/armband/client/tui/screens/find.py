"""Finding units and records by what is typed, for dialogs and reference fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from armband.client.i18n.places import path_words
from armband.client.i18n.words import kind_plural, option_label
from armband.client.merging import standing_for
from armband.client.model import Entry, LedgerQuery
from armband.client.titles import references
from armband.client.tui.context import Context
from armband.client.tui.forms.controls import FOUND_MAX, Found, Search
from armband.client.tui.screens.pick import Choice, Find
from armband.shared.fields import Value
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE, UNIT, Kind
from armband.shared.masks import masked_phone
from armband.shared.permissions import Role, listed_kinds
from armband.shared.units import CLOSED, depth_below, in_scope, unit_order
from armband.shared.wire import UnitName

_UNIT_LEVEL = CATALOGUE[UNIT].fields["level"]


def fitting_units(
    typed: str, units: Mapping[str, UnitName], scope: Sequence[str]
) -> list[tuple[str, UnitName]]:
    """Units of the scope whose name or code holds what was typed; higher ones first."""
    wanted = typed.strip().lower()
    fits = [
        (code, unit)
        for code, unit in units.items()
        if unit.level != CLOSED
        and in_scope(code, scope)
        and (wanted in unit.name.lower() or wanted in code)
    ]
    return sorted(fits, key=lambda item: (item[0].count("/"), item[0]))


def unit_finder(context: Context, *, everything: str = "") -> Find[str]:
    """For a `PickDialog` over units; ``everything`` names a first line that stands for all."""

    async def find(typed: str) -> list[Choice[str]]:
        units = await context.terminal.units()
        found = [
            Choice(
                code,
                "  " * depth_below(code, _top(context)) + unit.name,
                option_label(_UNIT_LEVEL, unit.level),
            )
            for code, unit in _as_tree(fitting_units(typed, units, context.terminal.identity.scope))
        ]
        return [Choice("", everything), *found] if everything and not typed else found

    return find


def kinds_here(context: Context) -> list[str]:
    """The kinds that this terminal may hold: first those of the day's work, then the registers."""
    listed = listed_kinds(Role(context.terminal.identity.role))
    return sorted((k for k in CATALOGUE if k in listed), key=lambda k: not CATALOGUE[k].dated)


def kind_finder(kinds: Sequence[str]) -> Find[str]:
    """For a `PickDialog` over kinds of records; their English may be typed in any language."""

    async def find(typed: str) -> list[Choice[str]]:
        wanted = typed.strip().lower()
        return [
            Choice(kind, kind_plural(kind))
            for kind in kinds
            if any(wanted in words.lower() for words in (kind_plural(kind), CATALOGUE[kind].plural))
        ]

    return find


def staff_finder(context: Context) -> Find[str]:
    """For a `PickDialog` over the staff; answers with the hex of a record's id."""

    async def find(typed: str) -> list[Choice[str]]:
        search = searches(context)["staff"]
        return [Choice(found.ref, found.label, found.note) for found in await search(typed)]

    return find


def _as_tree(units: list[tuple[str, UnitName]]) -> list[tuple[str, UnitName]]:
    return sorted(units, key=lambda item: unit_order(item[0]))


def _top(context: Context) -> str:
    return min(context.terminal.identity.scope, key=lambda code: code.count("/"), default="")


def searches(context: Context) -> dict[str, Search]:
    """How a form finds what its reference fields point to: per kind, and ``unit``."""

    async def units(typed: str) -> list[Found]:
        known = await context.terminal.units()
        fits = fitting_units(typed, known, context.terminal.identity.scope)
        return [
            Found(code, path_words(code, known, below=_top(context)) or unit.name, code)
            for code, unit in fits[:FOUND_MAX]
        ]

    def of_kind(kind: str) -> Search:
        async def find(typed: str) -> list[Found]:
            page = await context.terminal.ledger(LedgerQuery(kind, text=typed), 0, FOUND_MAX)
            known = await context.terminal.units()
            entries = await standing_for(context.terminal, page.entries)
            return [_found(context, entry, known) for entry in entries]

        return find

    kinds = sorted(kind for kind in CATALOGUE if kind != UNIT)
    return {UNIT: units, **{kind: of_kind(kind) for kind in kinds}}


async def reference_names(
    context: Context, kind: Kind, fields: Mapping[str, Value]
) -> dict[str, str]:
    """Hex id of each record that these values refer to, to what to call it."""
    terminal = context.terminal
    names = {}
    for name, _target in references(kind):
        value = fields.get(name)
        entry = await terminal.entry(id_from_hex(value)) if isinstance(value, str) else None
        if entry is not None:
            names[entry.view.id.hex()] = context.title(entry)
    return names


def _found(context: Context, entry: Entry, units: Mapping[str, UnitName]) -> Found:
    view = entry.view
    place = path_words(view.unit, units, below=_top(context))
    phone = masked_phone(view.text("phone"))
    note = "  ".join(part for part in (phone, place) if part)
    return Found(view.id.hex(), context.title(entry), note)
