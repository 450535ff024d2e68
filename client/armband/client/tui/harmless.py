"""The last step of every line on its way to the screen: nothing in it may steer the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from armband.shared.harmless import shown_line


class HarmlessLines(LineFilter):
    """Takes control characters, and those that turn the direction of writing, out of what is shown.

    They have no width where lines are laid out, so they go without a trace: a picture in their
    place would push the rest of the line aside.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the library's
        """The segments of one line, of the same width."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_without(segment.text), segment.style)
            for segment in segments
        ]


def _without(text: str) -> str:
    return "".join(char if cell_len(char) else "" for char in text if shown_line(char) == char)
