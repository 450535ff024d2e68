"""An app of which all screens can be hidden behind one that is for everybody to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen
from textual.widget import AwaitMount

if TYPE_CHECKING:
    from armband.client.tui.guard import Guard

LOCKED = "locked"
"""The mode of the locked screen."""


class GuardedApp(App[None]):
    """Modes, dialogs and messages wait while a `guard.Guard` hides them."""

    guard: Guard

    def __init__(self) -> None:
        super().__init__()
        self._held: list[Callable[[], None]] = []

    def all_screens(self) -> Iterator[Screen[object]]:
        """Every screen of every mode, shown or not."""
        for mode in sorted(self._screen_stacks):
            yield from self._screen_stacks[mode]

    def add_mode_once(self, name: str, make: Callable[[], Screen[None]]) -> None:
        """As `add_mode`; one that is there stays."""
        if name not in self._modes:
            self.add_mode(name, make)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Go to a mode; while another hides all, it is where one comes out."""
        if self.guard.shut not in {"", mode}:
            self.guard.back = mode
            return AwaitMount(self.screen, [])
        return super().switch_mode(mode)

    def push_screen(
        self,
        screen: Any,
        callback: Any = None,
        wait_for_dismiss: Any = False,
        *,
        mode: str | None = None,
    ) -> Any:
        """Over what is shown; while it is locked, over what comes after that."""
        from armband.client.tui.screens.damaged import DamagedScreen

        if self.guard.shut == LOCKED and not isinstance(screen, DamagedScreen):
            mode = self.guard.back
        return super().push_screen(screen, callback, wait_for_dismiss, mode=mode)

    def notify(self, message: str, **how: Any) -> None:
        """Tell something; while it is locked, it waits: it may be about somebody."""
        if self.guard.shut == LOCKED:
            self._held.append(partial(super().notify, message, **how))
        else:
            super().notify(message, **how)

    def tell_held(self, *, is_same: bool) -> None:
        """What was not told while it was locked is for whoever sat here."""
        held, self._held = self._held, []
        for tell in held if is_same else ():
            tell()
