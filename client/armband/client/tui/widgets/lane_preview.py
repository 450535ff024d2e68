"""Below the lane's line: what Enter will record, who else may be meant, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from armband.client.tui.text import TONES, Cell, Column, fit, row_strip, spread


@dataclass(frozen=True)
class Preview:
    """What stands there.

    Attributes:
        message: a sentence above the rows, ``""`` for none.
        tone: of the sentence.
        hint: a key and a word, at the right end of the first row.
        rows: candidates.
        chosen: the row under the cursor, or -1.
    """

    message: str = ""
    tone: str = "quiet"
    hint: str = ""
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)
    chosen: int = -1


class LanePreview(Widget):
    """A few rows; the cursor's row is always among them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "preview--cursor",
        *(f"preview--{tone}" for tone in TONES),
    }
    HINT_CELLS = 12

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 textual's name
        super().__init__(id=id)
        self.columns = columns
        self.preview = Preview()
        self._tones: dict[str, Style] = {}

    def show(self, preview: Preview) -> None:
        """Show something else."""
        self.preview = preview
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._tones.clear()
        super().notify_style_update()

    def _tone_styles(self) -> dict[str, Style]:
        if not self._tones:
            for tone in TONES:
                whole = self.get_component_rich_style(f"preview--{tone}", partial=True)
                self._tones[tone] = Style(color=whole.color, bold=whole.bold)
        return self._tones

    def render_line(self, y: int) -> Strip:
        """The sentence, then the rows; the hint ends the first of them."""
        width, shown = self.size.width, self.preview
        base = self.rich_style
        hint = shown.hint if y == 0 else ""
        if shown.message:
            if y == 0:
                words = spread(f"   {shown.message}", f"{hint} " if hint else "", width)
                return Strip([Segment(words, base + self._tone_styles()[shown.tone])], width)
            y -= 1
        room = self.size.height - (1 if shown.message else 0)
        first = max(0, shown.chosen - room + 1)
        place = first + y
        if place >= len(shown.rows):
            return Strip.blank(width, base)
        if place == shown.chosen:
            base = self.get_component_rich_style("preview--cursor")
        mark = ">" if place == shown.chosen else " "
        row = row_strip(
            shown.rows[place], self.columns, width - self.HINT_CELLS - 3, base, self._tone_styles()
        )
        quiet = base + self._tone_styles()["quiet"]
        tail = Segment(fit(f"{hint} ", self.HINT_CELLS, right=True), quiet)
        return Strip([Segment(f" {mark} ", base), *row, tail], width)
