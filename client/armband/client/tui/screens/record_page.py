"""What the pages of single records have in common: facts, a line, a list of what belongs to it."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.pages import open_fields
from armband.client.tui.widgets.paged_list import PagedList
from armband.client.tui.work import start
from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import Role, may_write


class RecordPage(DeskScreen):
    """Reads its record and what belongs to it when it opens, and whenever one of them moves."""

    CONCERNS: ClassVar[frozenset[str]]
    """The kinds of record that the page shows something of."""

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context)
        self.record = record
        self.entry: Entry | None = None

    @abstractmethod
    async def read(self) -> None:
        """Read the record and what belongs to it, then `show`."""

    @abstractmethod
    def show(self) -> None:
        """Show what was read, in the language in use."""

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(PagedList).focus()
        self._read_again()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self.show()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Something was added or changed, here or elsewhere."""
        if message.kinds & self.CONCERNS:
            self._read_again()

    def _read_again(self) -> None:
        start(self, self.read, exclusive=True, group="read")

    @property
    def may_change(self) -> bool:
        """Whether this terminal may change the record."""
        if self.entry is None or self.entry.view.void:
            return False
        view, identity = self.entry.view, self.context.terminal.identity
        return may_write(Role(identity.role), view.kind, view.unit, identity.scope)

    def action_fields(self) -> None:
        """Every field, corrections, history."""
        open_fields(self.app, self.context, self.record)

    def action_next_step(self) -> None:
        """The step that comes next, if the record's kind has one from here."""
        flow = CATALOGUE[self.entry.view.kind].workflow if self.entry else None
        offered = flow.offered(self.entry.view.text(flow.field)) if flow and self.entry else ()
        if offered and self.entry is not None:
            from armband.client.tui.screens.step import StepScreen

            self.app.push_screen(StepScreen(self.context, self.entry, offered[0]))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)
