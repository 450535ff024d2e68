"""What the keys here do, and how a lane line is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from armband.client.i18n import N_, _
from armband.client.tui.text import Cell
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.key_bar import KeyBar, ShownKey, key_name

_LANE = (
    (
        N_("who"),
        N_("initials (lxt), a name, a door (3-2-502), the end of a phone or ID number; or nobody"),
    ),
    (N_("temperature"), N_("36.8 or 368")),
    (N_("colour"), N_("g y r n, or 绿 黄 红 无: what you saw, nothing else")),
    (N_("decision"), N_("asked for at fever or another colour than green: 1 2 3, or a word")),
    (N_("example"), N_("lxt365g and Enter: eight keys are a whole check")),
)


class HelpScreen(ModalScreen[None]):
    """Keys on this screen and everywhere, then the lane's line."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,enter", "leave", "Back", id="1-leave"),
        Binding("down,pagedown", "scroll(1)", show=False),
        Binding("up,pageup", "scroll(-1)", show=False),
    ]

    def __init__(self, keys: Sequence[ShownKey]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The list of keys."""
        with Vertical(id="help"):
            yield Static(_("Keys"), id="help-title", markup=False)
            yield FactList(id="help-keys")
        yield KeyBar()

    def on_mount(self) -> None:
        """Write the list."""
        facts: list[tuple[str, Cell]] = []
        for key in self._keys:
            binding = key.binding
            words = _(binding.description)
            if binding.tooltip:
                words = f"{words}  {_(binding.tooltip)}"
            facts.append((key_name(binding.key), Cell(words)))
        facts.append(("", Cell("")))
        facts.append((_("Lane"), Cell(_("One line is one check, its parts in any order."))))
        facts.extend((_(name), Cell(_(words))) for name, words in _LANE)
        self.query_one(FactList).facts = facts

    def action_scroll(self, pages: int) -> None:
        """Further down or up."""
        self.query_one(FactList).scroll_relative(y=pages * 4, animate=False)

    def action_leave(self) -> None:
        """Back to work."""
        self.dismiss(None)
