"""Questions over a screen: one of a list, or one line of text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from armband.client.i18n import _
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.widgets.line_input import LineInput
from armband.client.tui.widgets.paged_list import PagedList

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One line of a `PickDialog`: what it stands for, its words, and a note on the right."""

    value: T
    label: str
    note: str = ""


Find = Callable[[str], Awaitable[Sequence[Choice[T]]]]
"""What fits the typed text, best first."""


class PickDialog(ModalScreen[T | None], Generic[T]):
    """Choose one of a list by typing or with the arrows. Escape chooses nothing."""

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Choose", id="1-take"),
        Binding("escape", "leave", "Back", id="2-leave"),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
    ]

    def __init__(self, title: str, find: Find[T], *, placeholder: str = "") -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._placeholder = placeholder
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Title, search line, list."""
        with Vertical(id="dialog"):
            yield Static(self._title, id="dialog-title", markup=False)
            yield LineInput(placeholder=self._placeholder or _("type to search"), id="pick-text")
            yield PagedList(
                self._load, self._paint, _columns, empty=lambda: _("Nothing fits."), id="pick-list"
            )
        yield KeyBar()

    def on_mount(self) -> None:
        """Start with everything."""
        self.query_one(LineInput).focus()
        self.query_one(PagedList).show()

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        found = await self._find(self._typed)
        return len(found), found[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Choice)
        return [Cell(row.label), Cell(row.note, "quiet")]

    @on(Input.Changed, "#pick-text")
    def _typed_more(self, event: Input.Changed) -> None:
        self._typed = event.value
        self.query_one(PagedList).show()

    @on(Input.Submitted, "#pick-text")
    def _submitted(self) -> None:
        self.action_take()

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_take()

    def action_step(self, rows: int) -> None:
        """Move in the list while typing."""
        self.query_one(PagedList).action_move(rows)

    def action_turn(self, pages: int) -> None:
        """Move a window's height in the list while typing."""
        self.query_one(PagedList).action_turn(pages)

    def action_take(self) -> None:
        """Answer with the row under the cursor."""
        rows = self.query_one(PagedList)
        row = rows.current
        if rows.loaded and isinstance(row, Choice):
            self.dismiss(row.value)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [Column("", 20, grow=3), Column("", 10, grow=2, right=True)]


class AskDialog(ModalScreen[str | None]):
    """Ask for one line of text, such as a reason. Escape answers nothing."""

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "OK", id="1-take"),
        Binding("escape", "leave", "Back", id="2-leave"),
    ]

    def __init__(
        self, title: str, note: str, check: Callable[[str], str], *, value: str = ""
    ) -> None:
        """Make the question.

        Args:
            title: what is asked.
            note: what will happen.
            check: the problem of an answer, ``""`` when it is good.
            value: what stands in the line at first.
        """
        super().__init__()
        self._title = title
        self._note = note
        self._check = check
        self._value = value

    def compose(self) -> ComposeResult:
        """Title, what will happen, the line, what is wrong with it."""
        with Vertical(id="dialog", classes="ask"):
            yield Static(self._title, id="dialog-title", markup=False)
            yield Static(self._note, id="dialog-note", markup=False)
            yield LineInput(self._value, id="ask-text")
            yield Static("", id="dialog-problem", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(LineInput).focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Answer with the line, if it is good."""
        text = self.query_one(LineInput).value.strip()
        problem = self._check(text)
        self.query_one("#dialog-problem", Static).update(problem)
        if problem:
            self.app.bell()
        else:
            self.answer(text)

    def answer(self, text: str) -> None:
        """A good line was given."""
        self.dismiss(text)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class LinesDialog(AskDialog):
    """Ask for line after line until Escape: no key falls between one and the next.

    Args:
        take: called with each good line; what will happen to the next.
    """

    def __init__(
        self, title: str, note: str, check: Callable[[str], str], take: Callable[[str], str]
    ) -> None:
        super().__init__(title, note, check)
        self._take = take

    def answer(self, text: str) -> None:
        """Hand the line on, and make room for the next."""
        self.query_one("#dialog-note", Static).update(self._take(text))
        self.query_one(LineInput).value = ""

    def put_back(self, text: str) -> None:
        """A line that could not be kept stands there again, or is told where that cannot be."""
        line = self.query_one(LineInput) if self.is_attached else None
        if line is None or line.value:
            self.app.notify(text, severity="error", timeout=60)
        else:
            line.value = text
