"""A line for a PIN: what is typed shows as dots, and nothing of it can be copied."""

from __future__ import annotations

from textual.widgets import Input


class PinInput(Input):
    """Digits are enough; an input method's full-width ones count as the same (`keyring`)."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 textual's name
        super().__init__(password=True, id=id, select_on_focus=False, compact=True)
        self.cursor_blink = False

    def action_copy(self) -> None:
        """A PIN goes into no clipboard."""

    def action_cut(self) -> None:
        """A PIN goes into no clipboard."""
