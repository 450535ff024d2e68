"""The menu: every key that works here, and a form and a list for each kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.dom import DOMNode

from armband.client.i18n import _
from armband.client.i18n.words import kind_label, kind_plural
from armband.client.tui.screens.find import kinds_here
from armband.client.tui.screens.pick import Choice, Find
from armband.client.tui.widgets.key_bar import key_name, keys_of
from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import Role, writable_kinds

if TYPE_CHECKING:
    from armband.client.tui.app import ArmbandApp


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An action, and the screen or app whose it is."""

    action: str
    node: DOMNode
    english: str = ""
    """What may be typed in English, too, whatever language is in use."""


def menu_finder(app: ArmbandApp) -> Find[MenuEntry]:
    """For a `PickDialog` over what can be done on the screen that is shown now."""
    entries = [*_keys(app), *_people(app), *_new_records(app), *_lists(app)]

    async def find(typed: str) -> Sequence[Choice[MenuEntry]]:
        wanted = typed.strip().lower()
        return [
            entry
            for entry in entries
            if wanted in entry.label.lower() or wanted in entry.value.english.lower()
        ]

    return find


def _keys(app: ArmbandApp) -> list[Choice[MenuEntry]]:
    entries = []
    for key in keys_of(app.screen):
        binding = key.binding
        told = _(binding.tooltip) if binding.tooltip else ""
        label = f"{_(binding.description)}  {told}".rstrip()
        entry = MenuEntry(binding.action, key.node, binding.description)
        entries.append(Choice(entry, label, key_name(binding.key)))
    return entries


def _people(app: ArmbandApp) -> list[Choice[MenuEntry]]:
    if app.guard.door is None:
        return []
    return [Choice(MenuEntry("people", app, "people and PINs"), _("People and PINs"))]


def _new_records(app: ArmbandApp) -> list[Choice[MenuEntry]]:
    writable = writable_kinds(Role(app.context.terminal.identity.role))
    return [
        Choice(
            MenuEntry(f"new({kind!r})", app, f"new {CATALOGUE[kind].label}"),
            _("New: {kind}").format(kind=kind_label(kind)),
        )
        for kind in kinds_here(app.context)
        if kind in writable and kind != "check"
    ]


def _lists(app: ArmbandApp) -> list[Choice[MenuEntry]]:
    return [
        Choice(
            MenuEntry(f"list({kind!r})", app, CATALOGUE[kind].plural),
            _("List: {kind}").format(kind=kind_plural(kind)),
        )
        for kind in kinds_here(app.context)
    ]
