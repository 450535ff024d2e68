"""My households (我的联户): the doors of a liaison, the longest not visited first; and orphans."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.people import Home, assign, homes_of
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import staff_finder
from armband.client.tui.screens.pick import Choice, PickDialog
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.errors import InvalidRecord
from armband.shared.ids import id_from_hex
from armband.shared.masks import masked_phone
from armband.shared.permissions import Role, may_write

ORPHANS = "-"
"""Stands for the households without a liaison."""


class HomesScreen(DeskScreen):
    """The households of one liaison, at first of whoever sits here."""

    CSS_PATH = "homes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "whose", "Whose", id="1-whose", tooltip="Another liaison, or orphans"),
        Binding("2", "give", "Give", id="2-give", tooltip="Give this household to a liaison"),
        Binding("3", "give_all", "Give all", id="3-all", tooltip="Give all listed to a liaison"),
        Binding("4", "visit", "Visit", id="4-visit", tooltip="A visit to this household"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._whose = ""
        self._name = ""
        self._homes: list[Home] = []

    def place_words(self) -> str:
        """Whose households, and how many."""
        named = _("Households without a liaison") if self._whose == ORPHANS else _("My households")
        if self._whose != ORPHANS and self._name:
            named = f"{_('Households of')} {self._name}"
        return f"{named}  {len(self._homes)}"

    def body(self) -> ComposeResult:
        """Heading and rows."""
        rows = PagedList(
            self._load,
            self._paint,
            _columns,
            empty=lambda: _("None. 1 chooses a liaison, or those without one."),
            same=lambda row: row.entry.view.id if isinstance(row, Home) else None,
            id="homes-rows",
        )
        yield Heading(rows)
        yield rows

    @property
    def rows(self) -> PagedList:
        """The list."""
        return self.query_one(PagedList)

    def on_mount(self) -> None:
        """Begin with my own."""
        self.rows.focus()
        self.rows.show()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """A visit was made, or a household given away."""
        if message.kinds & {"household", "visit", "staff"}:
            self.rows.show(keep_place=True)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        if offset == 0:
            terminal = self.context.terminal
            whose = self._whose or await terminal.me()
            entry = await terminal.entry(id_from_hex(whose)) if len(whose) > 1 else None
            self._name = entry.view.text("name") if entry is not None else ""
            found = whose == ORPHANS or entry is not None
            self._homes = await homes_of(terminal, whose.strip(ORPHANS)) if found else []
            self.show_place()
        return len(self._homes), self._homes[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Home)
        view = row.entry.view
        due = bool(row.next_day) and row.next_day <= self.context.terminal.today
        return [
            Cell(view.text("door"), "strong"),
            Cell(view.text("head")),
            Cell(masked_phone(view.text("phone"))),
            Cell(row.last_visit or _("never"), "" if row.last_visit else "wait"),
            Cell(row.next_day or "-", "bad" if due else "quiet"),
        ]

    # -- actions ------------------------------------------------------------------------------

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        from armband.client.tui.screens.pages import open_record

        row = self.rows.current
        if isinstance(row, Home):
            open_record(self.app, self.context, row.entry.view.id)

    def action_whose(self) -> None:
        """Another liaison's, or those without one."""
        staff = staff_finder(self.context)

        async def find(typed: str) -> list[Choice[str]]:
            first = [Choice(ORPHANS, _("Households without a liaison"))] if not typed else []
            return [*first, *await staff(typed)]

        def chosen(ref: str | None) -> None:
            if ref is not None:
                self._whose = ref
                self.rows.show()

        self.app.push_screen(PickDialog(_("Whose households?"), find), chosen)

    def action_give(self) -> None:
        """Give the household under the cursor to a liaison."""
        row = self.rows.current
        self._give([row] if isinstance(row, Home) else [])

    def action_give_all(self) -> None:
        """Give all that are listed to a liaison."""
        self._give(self._homes)

    def _give(self, homes: Sequence[Home]) -> None:
        identity = self.context.terminal.identity
        role = Role(identity.role)
        ours = [
            home.entry.view.id
            for home in homes
            if may_write(role, "household", home.entry.view.unit, identity.scope)
        ]
        if not ours:
            self.notify(_("There is nothing here that this terminal may give."), severity="warning")
            return

        def chosen(ref: str | None) -> None:
            if ref is not None:
                start(self, partial(self._assign, ours, ref), group="give")

        title = _("Which liaison? {count} households").format(count=len(ours))
        self.app.push_screen(PickDialog(title, staff_finder(self.context)), chosen)

    async def _assign(self, homes: Sequence[bytes], ref: str) -> None:
        try:
            changed = await assign(self.context.terminal, homes, ref)
        except (InvalidRecord, ClientError) as error:
            self.notify(problem_words(error), severity="error")
        else:
            self.notify(_("{count} households changed").format(count=changed))

    def action_visit(self) -> None:
        """The form of a visit, with the household filled in."""
        from armband.client.tui.screens.edit import EditScreen

        row = self.rows.current
        if isinstance(row, Home):
            view = row.entry.view
            known = {"household": view.id.hex()}
            self.app.push_screen(EditScreen(self.context, "visit", unit=view.unit, known=known))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [
        Column(_("Door"), 12, grow=1),
        Column(_("Head"), 10, grow=2),
        Column(_("Phone"), 11),
        Column(_("Last visit"), 10),
        Column(_("Next date"), 10),
    ]
