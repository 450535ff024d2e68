"""What is typed into a form survives a crash: it is kept a moment after each key."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from armband.client.terminal import Terminal
from armband.client.tui.work import start
from armband.shared.id_numbers import without_id_numbers

DELAY_S = 0.3
"""From a key to the disk. A burst of keys is kept once."""


class DraftKeeper:
    """The draft of one form.

    Args:
        screen: whose timers and workers are used; has a ``context``.
        form: the draft's name in the store.
    """

    def __init__(self, screen: Screen[Any], form: str, terminal: Terminal) -> None:
        self._screen = screen
        self._form = form
        self._terminal = terminal
        self._timer: Timer | None = None
        self._texts: dict[str, str] = {}
        self._on_disk: dict[str, str] = {}
        self._is_read = False

    def keep(self, texts: dict[str, str]) -> None:
        """Keep these texts, soon; an empty form is no draft.

        Nothing is kept before the earlier draft has been read: it would be overwritten.
        """
        if not self._is_read:
            return
        # A whole ID number is refused when the form is saved; till then, too, it is on no disk.
        self._texts = {name: without_id_numbers(text) for name, text in texts.items()}
        self._stop_timer()
        if self._texts != self._on_disk:
            self._timer = self._screen.set_timer(DELAY_S, self._write)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _write(self) -> None:
        self._timer = None
        start(self._screen, partial(self._store, dict(self._texts)), group="draft")

    async def _store(self, texts: dict[str, str]) -> None:
        self._on_disk = texts
        if texts:
            await self._terminal.save_draft(self._form, texts)
        else:
            await self._terminal.drop_draft(self._form)

    async def left_behind(self) -> dict[str, str]:
        """What was typed here before and not saved."""
        left = dict((await self._terminal.drafts()).get(self._form, {}))
        self._is_read = True
        self._on_disk = left
        return left

    async def drop(self) -> None:
        """The form is saved: its draft is done."""
        self._stop_timer()
        await self._store({})
