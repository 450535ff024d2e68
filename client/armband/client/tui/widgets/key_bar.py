"""The footer: the keys that work here and now, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from rich.cells import cell_len
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from armband.client.i18n import N_, _

_SHORT = {"escape": "Esc", "delete": "Del"}
_WORDS = {"left": N_("Left"), "right": N_("Right"), "space": N_("Space")}
"""Keys that bear no word on the keyboard."""


def key_name(key: str) -> str:
    """A key as the footer and the help show it; of several the first."""
    key = key.partition(",")[0]
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+").upper()
    if key in _WORDS:
        return _(_WORDS[key])
    return _SHORT.get(key, key.capitalize())


@runtime_checkable
class HasKeysNow(Protocol):
    """A screen of which some keys depend on what it shows."""

    def keys_now(self) -> list[Binding]:
        """Those keys, with the words for them."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key that works on a screen, and whose action it is."""

    binding: Binding
    node: DOMNode
    everywhere: bool


def keys_of(screen: Screen[object]) -> list[ShownKey]:
    """The keys that a screen and, unless it is a dialog, the app declare and allow now.

    Taken from the declarations, because a hidden key of the focused field (Enter) would hide the
    screen's own in `active_bindings`.
    """
    nodes: list[tuple[DOMNode, bool]] = [(screen, False)]
    if not isinstance(screen, ModalScreen):
        nodes.append((screen.app, True))
    found = []
    for node, everywhere in nodes:
        now = node.keys_now() if isinstance(node, HasKeysNow) else []
        for binding in (*node.BINDINGS, *now):
            if isinstance(binding, Binding) and binding.description:
                action = binding.action.partition("(")[0]
                if node.check_action(action, ()):
                    found.append(ShownKey(binding, node, everywhere))
    return found


class KeyBar(Widget):
    """One row when everything fits, else this screen's own keys stand in a row above."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--word"}
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
        keys = [key for key in keys_of(self.screen) if key.binding.show]
        own = [key.binding for key in keys if not key.everywhere]
        everywhere = [key.binding for key in keys if key.everywhere]
        if sum(map(_cells, own + everywhere)) < width:
            front = [b for b in everywhere if b.key.startswith("f")]
            rest = [b for b in everywhere if not b.key.startswith("f")]
            return [[*front, *own, *rest]]
        rows = [own, everywhere] if own and everywhere else [own or everywhere]
        return [_fitted(row, width) for row in rows]

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


def _fitted(row: list[Binding], width: int) -> list[Binding]:
    """A row without the keys before its last one for which there is no room: the menu has all."""
    row = list(row)
    while len(row) > 2 and sum(map(_cells, row)) >= width:
        del row[-2]
    return row


def _cells(binding: Binding) -> int:
    return cell_len(key_name(binding.key)) + cell_len(_(binding.description)) + 2


__all__ = ["KeyBar", "key_name"]
