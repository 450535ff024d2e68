"""The store is damaged: what that means, and one key that repairs it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.tui.widgets.key_bar import KeyBar


class DamagedScreen(ModalScreen[bool]):
    """Stays until it is answered: True repairs and starts again, False ends the program."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer(True)", "Repair and go on", id="1-repair"),
        Binding("escape", "answer(False)", "Quit", id="2-quit"),
    ]

    def __init__(self, problem: str) -> None:
        super().__init__()
        self._problem = problem

    def compose(self) -> ComposeResult:
        """What happened, what is safe, what Enter does."""
        with Vertical(id="help"):
            yield Static(_("The store on this disk is damaged"), id="help-title", markup=False)
            yield Static(
                _(
                    "Nothing more is written into it, and nothing is exchanged with the office. "
                    "What was saved and not sent yet is taken over; what the office has comes "
                    "from there again. The damaged file is kept under another name."
                ),
                markup=False,
            )
            yield Static("\n" + self._problem, markup=False)
        yield KeyBar()

    def action_answer(self, repair: bool) -> None:
        """Enter or Escape."""
        self.dismiss(repair)
