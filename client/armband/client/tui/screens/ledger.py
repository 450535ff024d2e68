"""The ledger (台账): every record that this terminal holds, found by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from armband.client.i18n import _
from armband.client.i18n.words import join_words, kind_label, kind_plural
from armband.client.model import Entry, LedgerQuery
from armband.client.tui.context import Context
from armband.client.tui.messages import LedgerAsked, RecordsMoved
from armband.client.tui.screens.days_asked import day_problem, read_days
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import kind_finder, kinds_here, unit_finder
from armband.client.tui.screens.ledger_rows import ledger_cells, ledger_columns
from armband.client.tui.screens.pages import open_record
from armband.client.tui.screens.pick import AskDialog, PickDialog
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.line_input import LineInput
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import Role, writable_kinds

FIRST_KIND = "check"


class LedgerScreen(DeskScreen):
    """Search line above, records below, filters in a row between."""

    CSS_PATH = "ledger.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="1-open"),
        Binding("tab", "kind(1)", "Next kind", id="2-kind", priority=True),
        Binding("shift+tab", "kind(-1)", show=False, priority=True),
        Binding("ctrl+k", "choose_kind", "Kind", id="2-which", priority=True, tooltip="Any kind"),
        Binding("ctrl+n", "new", "New", id="3-new", tooltip="A new record of this kind"),
        Binding("ctrl+g", "unit", "Unit", id="4-unit", tooltip="Only records of one unit"),
        Binding("ctrl+t", "days", "Days", id="5-days", tooltip="Only records of some days"),
        Binding("ctrl+o", "conflicts", "Conflicts", id="6-conflicts", tooltip="Only conflicts"),
        Binding("ctrl+y", "voided", "Voided", id="7-void", tooltip="Show voided records too"),
        Binding("escape", "clear", "All", id="8-clear", tooltip="Drop search and filters"),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.question = LedgerQuery(FIRST_KIND)
        self._unit_name = ""
        self._is_cut = False

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Ledger and kind."""
        return f"{_('Ledger')}  {kind_plural(self.question.kind)}"

    def body(self) -> ComposeResult:
        """Search, filters, heading, rows."""
        with Horizontal(id="ledger-search"):
            yield Static("> ", classes="prompt")
            yield LineInput(id="ledger-text")
        yield Static("", id="ledger-filter", markup=False)
        rows = PagedList(
            self._load, self._paint, self._columns, empty=self._empty_words, id="ledger-rows"
        )
        rows.can_focus = False
        yield Heading(rows)
        yield rows

    def on_mount(self) -> None:
        """Start with today's checks, or whatever there is."""
        self.query_one(LineInput).focus()
        self._ask(self.question)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say_filter()

    def _columns(self) -> Sequence[Column]:
        return ledger_columns(CATALOGUE[self.question.kind])

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Entry)
        return ledger_cells(self.context, row)

    def _empty_words(self) -> str:
        if self._filtered():
            return _("Nothing fits. Esc drops search and filters.")
        return _("Nothing here yet. ^N makes the first one.")

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        page = await self.context.terminal.ledger(self.question, offset, limit)
        self._is_cut = page.is_cut
        return page.total, page.entries

    # -- what is asked ------------------------------------------------------------------------

    def _ask(self, question: LedgerQuery) -> None:
        new_kind = question.kind != self.question.kind
        self.question = question
        rows = self.query_one(PagedList)
        if new_kind:
            self.show_place()
            rows.forget()
        self.query_one(Heading).refresh()
        rows.show()
        self._say_filter()

    def _filtered(self) -> bool:
        return self.question != LedgerQuery(self.question.kind)

    def _say_filter(self) -> None:
        rows = self.query_one(PagedList)
        words = []
        if self.question.unit:
            words.append(f"{_('Unit')}: {self._unit_name or self.question.unit}")
        days = (self.question.day_from, self.question.day_to)
        if any(days):
            words.append(f"{_('Days')}: {' .. '.join(dict.fromkeys(day for day in days if day))}")
        if self.question.only_conflicts:
            words.append(_("only conflicts"))
        if self.question.with_void:
            words.append(_("with voided"))
        total = f"{rows.total}+" if self._is_cut else str(rows.total)
        count = _("{count} records").format(count=total) if rows.loaded else ""
        hint = join_words(words) or _("type a name, initials, a door, the end of a phone")
        self.query_one("#ledger-filter", Static).update(f"  {count}   {hint}".rstrip())

    @on(PagedList.Moved)
    def _rows_moved(self) -> None:
        self._say_filter()

    @on(Input.Changed, "#ledger-text")
    def _typed(self, event: Input.Changed) -> None:
        self._ask(replace(self.question, text=event.value.strip()))

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Look again, at the same place."""
        if self.question.kind in message.kinds:
            self.query_one(PagedList).show(keep_place=True)

    def on_ledger_asked(self, message: LedgerAsked) -> None:
        """Somebody wants to see certain records."""
        self.query_one(LineInput).value = ""
        day = message.day if CATALOGUE[message.kind].dated else ""
        self._ask(LedgerQuery(message.kind, unit=message.unit, day_from=day, day_to=day))
        self._name_later(message.unit)

    # -- actions ------------------------------------------------------------------------------

    def action_step(self, rows: int) -> None:
        """Move in the list while typing."""
        self.query_one(PagedList).action_move(rows)

    def action_turn(self, pages: int) -> None:
        """Move a window's height in the list while typing."""
        self.query_one(PagedList).action_turn(pages)

    def action_kind(self, by: int) -> None:
        """The next kind; search and filters stay where they make sense."""
        kinds = kinds_here(self.context)
        here = kinds.index(self.question.kind) if self.question.kind in kinds else 0
        self._choose_kind(kinds[(here + by) % len(kinds)])

    def action_choose_kind(self) -> None:
        """Ask which kind, by typing."""

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._choose_kind(kind)

        find = kind_finder(kinds_here(self.context))
        self.app.push_screen(PickDialog(_("Records of which kind?"), find), chosen)

    def _choose_kind(self, kind: str) -> None:
        dated = bool(CATALOGUE[kind].dated)
        question = replace(
            self.question,
            kind=kind,
            day_from=self.question.day_from if dated else "",
            day_to=self.question.day_to if dated else "",
        )
        self._ask(question)

    @on(Input.Submitted, "#ledger-text")
    def _entered(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """All of a record, with its history."""
        entry = self.query_one(PagedList).current
        if isinstance(entry, Entry):
            open_record(self.app, self.context, entry.view.id, entry.view.kind)

    def action_new(self) -> None:
        """A new record of this kind, where the role may make one."""
        kind = self.question.kind
        role = Role(self.context.terminal.identity.role)
        if kind == "check":
            self.notify(_("Checks are recorded in the lane: F2."))
            return
        if kind not in writable_kinds(role):
            self.notify(
                _("This terminal may not make one: {kind}.").format(kind=kind_label(kind)),
                severity="warning",
            )
            return
        from armband.client.tui.screens.edit import EditScreen

        self.app.push_screen(EditScreen(self.context, kind, unit=self.question.unit))

    def action_unit(self) -> None:
        """Ask for a unit to look at."""

        def chosen(code: str | None) -> None:
            if code is not None:
                self._choose_unit(code)

        find = unit_finder(self.context, everything=_("All units"))
        self.app.push_screen(PickDialog(_("Records of which unit?"), find), chosen)

    def _choose_unit(self, code: str) -> None:
        self._ask(replace(self.question, unit=code))
        self._name_later(code)

    def _name_later(self, code: str) -> None:
        start(self, partial(self._name_unit, code), exclusive=True, group="unit-name")

    async def _name_unit(self, code: str) -> None:
        unit = (await self.context.terminal.units()).get(code)
        self._unit_name = unit.name if unit else code
        self._say_filter()

    def action_days(self) -> None:
        """Ask for the days to look at."""
        today = self.context.terminal.today

        def chosen(text: str | None) -> None:
            if text is not None:
                first, last = read_days(text, today)
                self._ask(replace(self.question, day_from=first, day_to=last))

        self.app.push_screen(
            AskDialog(
                _("Records of which days?"),
                _("A day (2022-03-31), two days, -7 for the last seven, 0 for today; empty: all"),
                lambda text: day_problem(text, today),
                value=self.question.day_from,
            ),
            chosen,
        )

    def action_conflicts(self) -> None:
        """Only records with a conflict, or all again."""
        self._ask(replace(self.question, only_conflicts=not self.question.only_conflicts))

    def action_voided(self) -> None:
        """Voided records too, or not."""
        self._ask(replace(self.question, with_void=not self.question.with_void))

    def action_clear(self) -> None:
        """Drop search and filters."""
        self.query_one(LineInput).value = ""
        self._ask(LedgerQuery(self.question.kind))
