"""Before the store can be opened: who, and the PIN."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from armband.client.door import Door
from armband.client.tui.screens.lock import LockScreen
from armband.client.tui.theme import THEME


class UnlockApp(App[str]):
    """Ends with who has unlocked, or with None."""

    CSS_PATH = "app.tcss"
    TITLE = "Armband"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False)]

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door
        self.register_theme(THEME)
        self.theme = THEME.name

    def on_mount(self) -> None:
        """Ask."""
        self.push_screen(LockScreen(self._door, self.exit))
