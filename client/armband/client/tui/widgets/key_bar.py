"""The footer: the keys that work here and now, in words."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from armband.client.i18n import _

_SHORT = {"escape": "Esc", "enter": "Enter", "tab": "Tab", "space": "Space"}


def key_name(key: str) -> str:
    """A key as the footer and the help show it."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+").upper()
    return _SHORT.get(key, key.upper() if key.startswith("f") and key[1:].isdigit() else key)


class KeyBar(Widget):
    """One row when everything fits, else this screen's own keys stand in a row above."""

    COMPONENT_CLASSES = {"key-bar--key", "key-bar--word"}  # noqa: RUF012 textual's own shape
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: auto; width: 100%; }
    """

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.refresh(layout=True)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh(layout=True)

    def _rows(self, width: int) -> list[list[Binding]]:
        own: list[Binding] = []
        everywhere: list[Binding] = []
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            (everywhere if active.node is self.app else own).append(binding)
        everywhere.sort(key=lambda binding: binding.id or "")
        if sum(map(_cells, own + everywhere)) <= width:
            keys = [b for b in everywhere if b.key.startswith("f")]
            rest = [b for b in everywhere if not b.key.startswith("f")]
            return [[*keys, *own, *rest]]
        return [own, everywhere] if own else [everywhere]

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """One or two rows."""
        return len(self._rows(width))

    def render(self) -> RenderResult:
        """The rows."""
        key_style = self.get_visual_style("key-bar--key")
        word_style = self.get_visual_style("key-bar--word")
        lines = []
        for row in self._rows(self.size.width):
            line = Content(" ")
            for binding in row:
                line += Content.styled(key_name(binding.key), key_style)
                line += Content.styled(f" {_(binding.description)} ", word_style)
            lines.append(line)
        return Content("\n").join(lines)


def _cells(binding: Binding) -> int:
    return cell_len(key_name(binding.key)) + cell_len(_(binding.description)) + 2


__all__ = ["KeyBar", "key_name"]
