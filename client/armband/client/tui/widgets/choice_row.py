"""Options in a row, chosen by a digit or with the arrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_MARK_CELLS = 2
"""The brackets around a chosen option; the others have blanks there, so that nothing moves."""
_LETTERS = "123456789abcdefghijklmnopqrstuvwxyz"


class ChoiceRow(Widget, can_focus=True):
    """One option of several, or several of them (``many``).

    A digit chooses (and toggles with ``many``); left and right move, blank chooses, Backspace
    clears what may be empty. The tenth option is ``a``.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen", "choice--here", "choice--key"}
    DEFAULT_CSS = "ChoiceRow { height: auto; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space", "choose_here", show=False),
        Binding("backspace,delete", "clear", show=False),
        Binding("enter", "go_on", show=False),
    ]
    chosen: reactive[tuple[str, ...]] = reactive(())
    here: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """The choice is another one. ``settled`` when the next field is wanted."""

        row: ChoiceRow
        settled: bool

    @dataclass
    class GoOn(Message):
        """Enter: to the next field."""

        row: ChoiceRow

    def __init__(
        self,
        options: Sequence[tuple[str, Callable[[], str]]],
        *,
        many: bool = False,
        optional: bool = True,
        id: str | None = None,  # noqa: A002 textual's name
    ) -> None:
        """Make a row of (code, words) options."""
        super().__init__(id=id)
        self._options = list(options)
        self._many = many
        self._optional = optional

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh(layout=True)

    def _pieces(self) -> list[tuple[str, str]]:
        return [(_LETTERS[i], words()) for i, (_code, words) in enumerate(self._options)]

    def _lines(self, width: int) -> list[list[int]]:
        lines: list[list[int]] = [[]]
        used = 0
        for i, (key, words) in enumerate(self._pieces()):
            need = len(key) + 1 + cell_len(words) + _MARK_CELLS + 1
            if lines[-1] and used + need > width:
                lines.append([])
                used = 0
            lines[-1].append(i)
            used += need
        return lines

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many rows as the options need."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """The options; brackets stand around the chosen ones."""
        key_style = self.get_visual_style("choice--key")
        chosen_style = self.get_visual_style("choice--chosen")
        here_style = self.get_visual_style("choice--here")
        pieces = self._pieces()
        rows = []
        for line in self._lines(self.size.width):
            row = Content("")
            for i in line:
                key, words = pieces[i]
                is_chosen = self._options[i][0] in self.chosen
                text = f"[{key} {words}]" if is_chosen else f" {key} {words} "
                piece = Content(text)
                piece = piece.stylize(key_style, 1, 2)
                if is_chosen:
                    piece = piece.stylize(chosen_style)
                if self.has_focus and i == self.here:
                    piece = piece.stylize(here_style)
                row += piece + Content(" ")
            rows.append(row)
        return Content("\n").join(rows)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses."""
        letter = event.character or ""
        place = _LETTERS.find(letter) if len(letter) == 1 else -1
        if 0 <= place < len(self._options):
            event.stop()
            event.prevent_default()
            self.here = place
            self._choose(place)

    def _choose(self, place: int) -> None:
        code = self._options[place][0]
        if not self._many:
            self.chosen = (code,)
        elif code in self.chosen:
            self.chosen = tuple(other for other in self.chosen if other != code)
        else:
            self.chosen = (*self.chosen, code)
        self.post_message(self.Changed(self, settled=not self._many))

    def validate_here(self, here: int) -> int:
        """Stay within the options."""
        return max(0, min(here, len(self._options) - 1))

    def action_step(self, by: int) -> None:
        """Along the options; a single choice follows."""
        if not self._many and not self.chosen:
            self._choose_quietly(self.here)
            return
        self.here += by
        if not self._many:
            self._choose_quietly(self.here)

    def _choose_quietly(self, place: int) -> None:
        self.chosen = (self._options[place][0],)
        self.post_message(self.Changed(self, settled=False))

    def action_choose_here(self) -> None:
        """Choose the option under the cursor."""
        self._choose(self.here)

    def action_clear(self) -> None:
        """Choose nothing."""
        if self.chosen and (self._optional or self._many):
            self.chosen = ()
            self.post_message(self.Changed(self, settled=False))

    def action_go_on(self) -> None:
        """To the next field."""
        self.post_message(self.GoOn(self))

    def on_click(self, event: events.Click) -> None:
        """A mouse may be used; nothing needs one."""
        lines = self._lines(self.size.width)
        if event.y >= len(lines):
            return
        used = 0
        pieces = self._pieces()
        for i in lines[event.y]:
            key, words = pieces[i]
            used += len(key) + 1 + cell_len(words) + _MARK_CELLS + 1
            if event.x < used:
                self.here = i
                self._choose(i)
                return
