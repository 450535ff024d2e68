"""Names and values in two columns; long values take several rows."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult, RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from armband.client.tui.text import GAP, Cell, fit, wrap


class FactList(VerticalScroll, can_focus=False):
    """A scrolling list of facts."""

    facts: reactive[list[tuple[str, Cell]]] = reactive(list)

    def compose(self) -> ComposeResult:
        """The facts, as one piece that may be higher than the window."""
        yield _Facts()

    def watch_facts(self, facts: list[tuple[str, Cell]]) -> None:
        """Show other facts."""
        for child in self.query(_Facts):
            child.facts = facts


class _Facts(Widget):
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "facts--name",
        "facts--good",
        "facts--wait",
        "facts--bad",
        "facts--quiet",
    }
    DEFAULT_CSS = "_Facts { height: auto; width: 100%; }"
    facts: reactive[list[tuple[str, Cell]]] = reactive(list, layout=True)

    def _name_cells(self) -> int:
        return max((cell_len(name) for name, _cell in self.facts), default=0)

    def _lines(self, width: int) -> list[tuple[str, str, str]]:
        room = max(8, width - self._name_cells() - GAP)
        lines = []
        for name, cell in self.facts:
            for place, part in enumerate(wrap(cell.text, room)):
                lines.append((name if place == 0 else "", part, cell.tone))
        return lines

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> RenderResult:
        name_style = self.get_visual_style("facts--name")
        wide = self._name_cells()
        rows = []
        for name, text, tone in self._lines(self.size.width):
            row = Content.styled(fit(name, wide) + " " * GAP, name_style)
            value = Content(text)
            if tone in {"good", "wait", "bad", "quiet"}:
                value = Content.styled(text, self.get_visual_style(f"facts--{tone}"))
            rows.append(row + value)
        return Content("\n").join(rows)
