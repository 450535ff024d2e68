"""Rounds of testing side by side; Enter opens the people of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from armband.client.headless.reports import rounds
from armband.client.i18n import _
from armband.client.i18n.words import state_label
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.lists import open_list
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE
from armband.shared.round_report import RoundReport

READ_EVERY_S = 2.0


class RoundsScreen(DeskScreen):
    """A row for each round: people, sampled, refused, exempt, absent, missing."""

    CSS_PATH = "rounds.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "people", "People", id="1-people", tooltip="Who is sampled, who missing"),
        Binding("2", "record", "Record", id="2-record", tooltip="Start, close or correct it"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._rounds: list[RoundReport] = []
        self._due: Timer | None = None

    def place_words(self) -> str:
        """What it is."""
        return _("Rounds of testing")

    def body(self) -> ComposeResult:
        """Heading and rows."""
        rows = PagedList(
            self._load,
            self._paint,
            self._columns,
            empty=lambda: _("No round of testing yet."),
            same=lambda row: row.round if isinstance(row, RoundReport) else None,
            id="rounds-rows",
        )
        yield Heading(rows)
        yield rows

    def on_mount(self) -> None:
        """Read them."""
        self.query_one(PagedList).focus()
        self._read_again()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody has been sampled."""
        if not message.kinds.isdisjoint({"round", "sample", "resident", "household"}):
            self._read_soon()

    def _read_soon(self) -> None:
        """Whoever ticks fast is heard of once a second: the whole list is read."""
        if self._due is None:
            self._due = self.set_timer(READ_EVERY_S, self._read_again)

    def _read_again(self) -> None:
        self._due = None
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        found = await rounds(self.context.terminal)
        # What is under way stands first: that is where people are to be found.
        self._rounds = sorted(found, key=lambda of: of.state != "open")
        self.query_one(PagedList).show(keep_place=True)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self._rounds), self._rounds[offset : offset + limit]

    def _columns(self) -> list[Column]:
        return [
            Column(_("Day"), 5),
            Column(_("Round"), 10, grow=1),
            Column(_("State"), 9),
            Column(_("People"), 6, right=True),
            Column(_("Sampled"), 7, right=True),
            Column("%", 3, right=True),
            Column(_("Missing"), 7, right=True),
            Column(_("Declined"), 8, right=True, drop=2),
            Column(_("Exempt"), 6, right=True, drop=3),
            Column(_("Absent"), 6, right=True, drop=4),
        ]

    def _paint(self, row: object, _index: int) -> list[Cell]:
        assert isinstance(row, RoundReport)
        total = row.total
        tone = "wait" if total.missing and row.state != "planned" else ""
        return [
            Cell(row.day[5:]),
            Cell(row.name, "strong"),
            Cell(state_label(CATALOGUE["round"], row.state)),
            Cell(str(total.people)),
            Cell(str(total.sampled)),
            Cell(str(total.coverage_pct)),
            Cell(str(total.missing), tone),
            Cell(str(total.refused)),
            Cell(str(total.exempt)),
            Cell(str(total.absent)),
        ]

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_people()

    def action_people(self) -> None:
        """The people of the round under the cursor."""
        row = self.query_one(PagedList).current
        if isinstance(row, RoundReport):
            start(self, partial(self._open, row))

    async def _open(self, row: RoundReport) -> None:
        entry = await self.context.terminal.entry(id_from_hex(row.round))
        if entry is not None:
            open_list(self.app, self.context, entry)

    def action_record(self) -> None:
        """The round itself."""
        row = self.query_one(PagedList).current
        if isinstance(row, RoundReport):
            self.app.push_screen(DetailScreen(self.context, id_from_hex(row.round)))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
