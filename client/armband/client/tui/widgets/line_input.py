"""A one-line input that input methods can follow and that takes what they send."""

from __future__ import annotations

import re
import unicodedata

from textual import events
from textual.geometry import Offset
from textual.widgets import Input
from textual.widgets.input import Selection

_AFTER_DIGIT = re.compile(r"(?<=\d)[。、，·．]")
"""What an input method in Chinese mode sends for the point of a temperature."""


_WIDTH_STEP = 64
"""Cells; a screen's layout costs more than drawing all else that a key changes."""


class LineInput(Input):
    """`Input` with three things put right.

    - The caret is reported where it is, so that the IME's window stands at the text (8.2.8 reports
      it one cell right of the end and ignores horizontal scroll).
    - What an IME in Chinese mode sends is brought into one form: full-width digits and letters
      become ordinary ones, ``。`` after a digit a point.
    - A paste of several lines loses nothing: its lines are joined by blanks.
    """

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002 textual's name
        super().__init__(value, placeholder, id=id, select_on_focus=False, compact=True)
        self.cursor_blink = False

    @property
    def content_width(self) -> int:
        """The width that can be scrolled over, in steps: each new one lays the whole screen out."""
        return -(-super().content_width // _WIDTH_STEP) * _WIDTH_STEP

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is on the screen."""
        x, y, width, _height = self.content_region
        cell = self._position_to_cell(self.cursor_position) - self.scroll_offset.x
        return Offset(x + min(max(cell, 0), max(0, width - 1)), y)

    def _watch_selection(self, selection: Selection) -> None:
        super()._watch_selection(selection)
        if self.has_focus:
            self.call_after_refresh(self.place_caret)

    def place_caret(self) -> None:
        """Tell the terminal where the caret is, once the scroll offset has settled."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset

    def insert(self, text: str, index: int) -> None:
        """Insert, in normal form."""
        super().insert(self._normal(text, self.value[:index]), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace, in normal form."""
        super().replace(self._normal(text, self.value[: min(start, end)]), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = " ".join(event.text.split())
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)

    @staticmethod
    def _normal(text: str, before: str) -> str:
        folded = unicodedata.normalize("NFKC", text)
        joined = before[-1:] + folded
        return _AFTER_DIGIT.sub(".", joined)[len(before[-1:]) :]
