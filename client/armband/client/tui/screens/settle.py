"""Settle a conflict: two people changed one field without seeing each other's change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.words import author_word, field_label, kind_label, moment_text
from armband.client.model import Conflict, ConflictChoice, Entry
from armband.client.tui.context import Context
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.reveal import Reveals
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.errors import InvalidRecord
from armband.shared.kinds import CATALOGUE


class SettleScreen(DeskScreen):
    """The standing values of a record's fields in conflict, one field after the other."""

    CSS_PATH = "settle.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take this value", id="1-take"),
        *(Binding(str(digit), f"take_nth({digit})", show=False) for digit in range(1, 10)),
        Binding("f9", "reveal", "Show", id="8-reveal", tooltip="Masked values, with a reason"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context)
        self.record = record
        self.conflicts: list[Conflict] = []
        self._reveals = Reveals(self, context, self._look_again)
        self._entry: Entry | None = None

    def place_words(self) -> str:
        """What is settled."""
        if not self.conflicts:
            return _("Conflict")
        first = self.conflicts[0]
        return f"{_('Conflict')}  {kind_label(first.kind)}  {first.title}"

    def body(self) -> ComposeResult:
        """What happened, then the values."""
        yield Static("", id="settle-what", markup=False)
        rows = PagedList(self._load, self._paint, _columns, id="settle-values")
        yield Heading(rows)
        yield rows

    def on_mount(self) -> None:
        """Read the conflicts."""
        self.query_one(PagedList).focus()
        self._read_again()

    def _read_again(self) -> None:
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        found = await self.context.terminal.conflicts()
        self.conflicts = [conflict for conflict in found if conflict.record == self.record]
        if not self.conflicts:
            self.notify(_("Settled."))
            self.dismiss(None)
            return
        self._entry = await self.context.terminal.entry(self.record)
        self._look_again()

    def _look_again(self) -> None:
        self._show()
        self.query_one(PagedList).show(keep_place=True)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is masked can be shown."""
        if action == "reveal":
            return self._reveals.can_show(self._entry)
        return super().check_action(action, parameters)

    def action_reveal(self) -> None:
        """Show the values in full, once it is said why: masked ones may look alike."""
        if self._entry is not None:
            self._reveals.ask(self._entry)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._show()

    def _show(self) -> None:
        self.show_place()
        if self.conflicts:
            conflict = self.conflicts[0]
            label = field_label(conflict.kind, conflict.field)
            words = _(
                "{field}: two people gave different values without seeing each other's. "
                "Which one is right? It is recorded as a correction, offline too."
            ).format(field=label)
            self.query_one("#settle-what", Static).update(words)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        choices = self.conflicts[0].choices if self.conflicts else ()
        return len(choices), choices[offset : offset + limit]

    def _paint(self, row: object, index: int) -> Sequence[Cell]:
        assert isinstance(row, ConflictChoice)
        conflict = self.conflicts[0]
        declared = CATALOGUE[conflict.kind].fields.get(conflict.field)
        if declared is None:
            words = str(row.value)
        else:
            masked = not self._reveals.shown
            words = self.context.words(declared, row.value, {}, masked=masked)
        terminal = self.context.terminal
        when = moment_text(row.at_ms, terminal.identity.policy, terminal.today)
        doubt = _("clock in doubt") if row.suspect else ""
        shown = _("shown now") if index == 0 else ""
        return [
            Cell(str(index + 1), "quiet"),
            Cell(words or _("empty"), "strong"),
            Cell(author_word(row.author)),
            Cell(when, "quiet"),
            Cell(doubt or shown, "wait" if doubt else "quiet"),
        ]

    def action_take(self) -> None:
        """Take the value under the cursor."""
        row = self.query_one(PagedList).current
        if isinstance(row, ConflictChoice):
            self._take(row)

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_take()

    def action_take_nth(self, digit: int) -> None:
        """Take a value by its digit."""
        if self.conflicts and digit <= len(self.conflicts[0].choices):
            self._take(self.conflicts[0].choices[digit - 1])

    def _take(self, choice: ConflictChoice) -> None:
        if self.conflicts:
            settle = partial(self._settle, self.conflicts[0], choice)
            start(self, settle, exclusive=True, group="save")

    async def _settle(self, conflict: Conflict, choice: ConflictChoice) -> None:
        try:
            await self.context.terminal.change(conflict.record, {conflict.field: choice.value})
        except (InvalidRecord, ClientError) as error:
            self.notify(problem_words(error), severity="error")
            return
        self._read_again()

    def action_leave(self) -> None:
        """Back, with what is not settled still standing."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [
        Column("", 2),
        Column(_("Value"), 20, grow=3),
        Column(_("By"), 10, grow=1),
        Column(_("Time"), 11),
        Column("", 14),
    ]
