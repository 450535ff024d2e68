"""What staff may tell a caller today (政策口径): found by typing, read below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from armband.client.i18n import _
from armband.client.model import Entry, LedgerQuery
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.line_input import LineInput
from armband.client.tui.widgets.paged_list import PagedList
from armband.shared.kinds.policy_text import in_force

_TEXTS_MAX = 1000


class PolicyTextsScreen(DeskScreen):
    """Search line, titles in force today, the text under the cursor."""

    CSS_PATH = "policy_texts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "old", "Not in force", id="1-old", tooltip="Older and coming ones, too"),
        Binding("escape", "leave", "Back", id="9-leave"),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._typed = ""
        self._with_old = False

    def place_words(self) -> str:
        """The texts, and the day."""
        return f"{_('Policy texts')}  {self.context.terminal.today}"

    def body(self) -> ComposeResult:
        """Search, titles, text."""
        yield LineInput(placeholder=_("type to search"), id="policy-search")
        rows = PagedList(
            self._load, self._paint, _columns, empty=lambda: _("Nothing fits."), id="policy-rows"
        )
        rows.can_focus = False
        yield rows
        yield Static("", id="policy-rule", markup=False)
        yield FactList(id="policy-text")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(LineInput).focus()
        self.query_one(PagedList).show()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """The office has said something new."""
        if "policy_text" in message.kinds:
            self.query_one(PagedList).show(keep_place=True)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        terminal = self.context.terminal
        page = await terminal.ledger(LedgerQuery("policy_text", text=self._typed), 0, _TEXTS_MAX)
        today = terminal.today
        found = [e for e in page.entries if self._with_old or in_force(e.view.fields, today)]
        return len(found), found[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Entry)
        view = row.view
        holds = in_force(view.fields, self.context.terminal.today)
        days = f"{view.text('from_day')} .. {view.text('to_day')}"
        words = days if holds else f"{_('not in force')} {days}"
        return [
            Cell(view.text("title"), "strong" if holds else "quiet"),
            Cell(view.text("source"), "quiet"),
            Cell(words, "good" if holds else "bad"),
        ]

    @on(PagedList.Moved)
    def _moved(self) -> None:
        entry = self.query_one(PagedList).current
        facts = []
        if isinstance(entry, Entry):
            facts.append(("", Cell(entry.view.text("text"))))
        self.query_one("#policy-text", FactList).facts = facts

    @on(Input.Changed, "#policy-search")
    def _typed_more(self, event: Input.Changed) -> None:
        self._typed = event.value.strip()
        self.query_one(PagedList).show()

    def action_step(self, rows: int) -> None:
        """Move in the list while typing."""
        self.query_one(PagedList).action_move(rows)

    def action_scroll(self, rows: int) -> None:
        """Along the text."""
        self.query_one("#policy-text", FactList).scroll_relative(y=rows, animate=False)

    def action_old(self) -> None:
        """Those that are over or have not begun, too."""
        self._with_old = not self._with_old
        self.query_one(PagedList).show()

    def action_leave(self) -> None:
        """Back to the call."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [Column("", 16, grow=3), Column("", 12, grow=1, drop=1), Column("", 24)]
