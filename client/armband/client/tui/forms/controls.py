"""What a field is filled in with. Each control holds text, so that a draft is plain text too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from armband.client.i18n import _
from armband.client.i18n.words import option_label
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.choice_row import ChoiceRow
from armband.client.tui.widgets.line_input import LineInput
from armband.client.tui.widgets.paged_list import PagedList
from armband.client.tui.work import start
from armband.shared.fields import Field, FieldType

FOUND_MAX = 6
"""Records that a reference field offers at once."""


@dataclass
class ControlChanged(Message):
    """The text of a control is another one."""

    field: str


@dataclass
class ControlDone(Message):
    """The control is filled: to the next one."""

    field: str


@dataclass(frozen=True, slots=True)
class Found:
    """A record that a reference may point to."""

    ref: str
    """What the field will hold: an id in hex, or a unit code."""
    label: str
    note: str = ""


Search = Callable[[str], Awaitable[Sequence[Found]]]
"""Typed text to what fits it, best first, at most `FOUND_MAX`."""


class TextControl(LineInput):
    """A line of text, a number, a day, temperatures."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(placeholder=_(hint) if hint else "")
        self.field = name
        self.hint = hint

    @property
    def text(self) -> str:
        """What is typed."""
        return self.value.strip()

    @text.setter
    def text(self, text: str) -> None:
        self.value = text

    def retranslate(self) -> None:
        """Show the hint in the language in use."""
        self.placeholder = _(self.hint) if self.hint else ""

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(ControlChanged(self.field))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(ControlDone(self.field))


class ChoiceControl(ChoiceRow):
    """One or several of a field's options; its text is their codes, joined by commas."""

    def __init__(self, name: str, declared: Field, *, optional: bool) -> None:
        if declared.type is FieldType.FLAG:
            options = [("yes", lambda: _("Yes")), ("no", lambda: _("No"))]
        else:
            options = [
                (option.code, partial(option_label, declared, option.code))
                for option in declared.options
            ]
        many = declared.type is FieldType.CHOICES
        super().__init__(options, many=many, optional=optional)
        self.field = name

    @property
    def text(self) -> str:
        """The chosen codes."""
        return ",".join(self.chosen)

    @text.setter
    def text(self, text: str) -> None:
        self.chosen = tuple(code for code in text.split(",") if code)

    @on(ChoiceRow.Changed)
    def _changed(self, event: ChoiceRow.Changed) -> None:
        event.stop()
        self.post_message(ControlChanged(self.field))
        if event.settled:
            self.post_message(ControlDone(self.field))

    @on(ChoiceRow.GoOn)
    def _go_on(self, event: ChoiceRow.GoOn) -> None:
        event.stop()
        self.post_message(ControlDone(self.field))


class RefControl(Vertical):
    """Another record, found by typing: door, name, initials, end of a telephone.

    Its text is the chosen record as ``=ref label``, or what is typed as it stands.
    """

    DEFAULT_CSS = """
    RefControl { height: auto; width: 1fr; }
    RefControl PagedList { height: auto; max-height: 6; display: none; }
    RefControl.-open PagedList { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    @dataclass
    class FoundSome(Message):
        """The search has answered."""

        typed: str
        found: Sequence[Found]

    def __init__(self, name: str, search: Search, hint: str) -> None:
        super().__init__()
        self.field = name
        self.hint = hint
        self.ref = ""
        self._label = ""
        self._search = search
        self._found: Sequence[Found] = ()
        self._loading_typed = ""

    def compose(self) -> ComposeResult:
        """The line and what fits it."""
        yield LineInput(placeholder=_(self.hint))
        yield PagedList(self._load, _paint, _columns, empty=lambda: _("Nothing fits."))

    def on_mount(self) -> None:
        """The list is moved from the line; it takes no focus of its own."""
        self.query_one(PagedList).can_focus = False
        if self._label:
            self.query_one(LineInput).value = self._label

    @property
    def text(self) -> str:
        """The chosen record, or what is typed."""
        if self.ref:
            return f"={self.ref} {self._label}"
        return self.query_one(LineInput).value.strip() if self.is_mounted else ""

    @text.setter
    def text(self, text: str) -> None:
        if text.startswith("="):
            self.ref, _blank, self._label = text[1:].partition(" ")
        else:
            self.ref, self._label = "", text
        self.remove_class("-open")
        if self.is_mounted:
            self.query_one(LineInput).value = self._label

    @property
    def label(self) -> str:
        """What the chosen record is called."""
        return self._label

    def retranslate(self) -> None:
        """Show the hint in the language in use."""
        self.query_one(LineInput).placeholder = _(self.hint)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self._found), self._found[offset : offset + limit]

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self._label:
            return
        self.ref, self._label = "", ""
        self.post_message(ControlChanged(self.field))
        if not event.value.strip():
            self.remove_class("-open")
            return
        start(self, partial(self._look_up, event.value), exclusive=True, group="look-up")

    async def _look_up(self, typed: str) -> None:
        found = await self._search(typed.strip())
        self.post_message(self.FoundSome(typed, found))

    @on(FoundSome)
    def _show_found(self, event: FoundSome) -> None:
        event.stop()
        if event.typed != self.query_one(LineInput).value:
            return
        self._found = event.found
        self.add_class("-open")
        rows = self.query_one(PagedList)
        rows.styles.height = max(1, len(self._found))
        rows.show()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        rows = self.query_one(PagedList)
        row = rows.current
        if self.has_class("-open") and not self.ref and rows.loaded and isinstance(row, Found):
            self.take(row)
        if self.ref or not event.value.strip():
            self.post_message(ControlDone(self.field))
        else:
            self.app.bell()

    def take(self, found: Found) -> None:
        """Choose a record."""
        self.ref, self._label = found.ref, found.label
        line = self.query_one(LineInput)
        line.value = found.label
        line.cursor_position = len(found.label)
        self.remove_class("-open")
        self.post_message(ControlChanged(self.field))

    def action_step(self, rows: int) -> None:
        """Move in the list while typing."""
        self.query_one(PagedList).action_move(rows)


def _columns() -> list[Column]:
    return [Column("", 16, grow=2), Column("", 12, grow=3)]


def _paint(row: object, _index: int) -> Sequence[Cell]:
    assert isinstance(row, Found)
    return [Cell(row.label, "strong"), Cell(row.note, "quiet")]


Control = TextControl | ChoiceControl | RefControl
