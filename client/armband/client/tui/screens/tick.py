"""A list to tick off: one key for each row, taken back with another; works offline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static

from armband.client.i18n import OPTION, _, pgettext
from armband.client.i18n.words import option_label
from armband.client.ticks import NONE, Mark, TickList, TickRow, left
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import unit_finder
from armband.client.tui.screens.pick import PickDialog
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.errors import ArmbandError
from armband.shared.kinds import CATALOGUE
from armband.shared.wire import UnitName

_SORT = CATALOGUE["delivery"].fields["sort"]

READ_EVERY_S = 1.0


class TickScreen(DeskScreen):
    """How far it has come above, the rows below. There is no text to type: letters are keys."""

    CSS_PATH = "tick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", show=False),
        Binding("tab", "left", show=False, priority=True),
        Binding("ctrl+g", "unit", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(
        self, context: Context, ticks: TickList, title: Callable[[], str], *, unit: str = ""
    ) -> None:
        """Make the screen.

        Args:
            context: engine and clock.
            ticks: the list.
            title: what the list is called, asked anew when the language changes.
            unit: only its rows; ``""`` for all of the terminal's scope.
        """
        super().__init__(context)
        self._ticks = ticks
        self._title = title
        self._unit = unit
        self._unit_name = ""
        self._all: list[TickRow] = []
        self._units: dict[str, UnitName] = {}
        self._only_left = False
        self._due: Timer | None = None
        self._saving = asyncio.Lock()
        self._done: list[list[tuple[TickRow, str]]] = []
        """The keys pressed here: the rows, and the status of each before."""

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """The list and what it is about."""
        return f"{self._title()}  {self._ticks.title}"

    def body(self) -> ComposeResult:
        """How far, heading, rows."""
        yield Static("", id="tick-head", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            self._columns,
            empty=lambda: _("Nothing is left here."),
            same=lambda row: row.key if isinstance(row, TickRow) else None,
            id="tick-rows",
        )
        yield Heading(rows)
        yield rows

    @property
    def rows(self) -> PagedList:
        """The list."""
        return self.query_one(PagedList)

    def on_mount(self) -> None:
        """Read the list."""
        for mark in self._ticks.marks:
            self._bindings.bind(mark.key, f"tick('{mark.code}')", show=False)
        if self._ticks.whole is not None:
            self._bindings.bind(self._ticks.whole.key, "tick_household", show=False)
        self.rows.focus()
        self._read_again()

    def keys_now(self) -> list[Binding]:
        """The keys of this list, those that record first."""
        marks = [Binding(m.key, f"tick('{m.code}')", m.label) for m in self._ticks.marks]
        if (whole := self._ticks.whole) is not None:
            marks.append(
                Binding(
                    whole.key,
                    "tick_household",
                    whole.label,
                    tooltip="Everybody of the household of whom nothing is recorded",
                )
            )
        return [
            *marks,
            Binding("u", "undo", "Undo", tooltip="Take the last key back"),
            Binding("tab", "left", "Left/all", tooltip="Only what is left"),
            Binding("ctrl+g", "unit", "Unit", tooltip="Only one unit"),
            Binding("escape", "leave", "Back"),
        ]

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say_head()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody ticks too, here or elsewhere."""
        if not message.kinds.isdisjoint(self._ticks.kinds):
            self._read_soon()

    def _read_soon(self) -> None:
        """Whoever ticks fast is heard of once a second: the whole list is read."""
        if self._due is None:
            self._due = self.set_timer(READ_EVERY_S, self._read_again)

    def _read_again(self) -> None:
        self._due = None
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        self._units = await self.context.terminal.units()
        self._all = await self._ticks.rows(self._unit)
        self._show()

    def _show(self) -> None:
        self.rows.show(keep_place=True)
        self._say_head()

    def _say_head(self) -> None:
        people = sum(row.people for row in self._all)
        waiting = sum(row.people for row in left(self._all, self._ticks))
        percent = 100 * (people - waiting) // people if people else 0
        words = _("{done} of {all} done ({percent} %), {left} left").format(
            done=people - waiting, all=people, percent=percent, left=waiting
        )
        parts = [words, self._unit_name, _("only what is left") if self._only_left else ""]
        self.query_one("#tick-head", Static).update("   ".join(part for part in parts if part))

    # -- rows ---------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        rows = left(self._all, self._ticks) if self._only_left else self._all
        return len(rows), rows[offset : offset + limit]

    def _columns(self) -> list[Column]:
        return [
            Column(_("Status"), 16),
            Column(_("Door"), 14, grow=1),
            Column(_("Name"), 10, grow=2),
            Column(_("Unit"), 10, grow=1, drop=1),
        ]

    def _paint(self, row: object, _index: int) -> list[Cell]:
        assert isinstance(row, TickRow)
        mark = self._mark(row.status)
        unit = self._units.get(row.unit)
        name = row.name
        unnamed = not name and dict(row.extra).get("kind") == "household"
        if row.people > 1 or unnamed:
            more = _("{name}, {count} people") if name else _("{count} people more")
            name = more.format(name=name, count=row.people)
        sort = dict(row.extra).get("sort", "")
        if sort:
            name = f"{option_label(_SORT, sort)}  {name}"
        if mark is None:
            status = Cell("-", "wait")
        else:
            status = Cell(pgettext(OPTION, mark.label), "good" if mark.settles else "bad")
        place = unit.name if unit else row.unit.rpartition("/")[2]
        return [status, Cell(row.door), Cell(name), Cell(place, "quiet")]

    def _mark(self, status: str) -> Mark | None:
        return next((mark for mark in self._ticks.marks if mark.code == status), None)

    # -- actions ------------------------------------------------------------------------------

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_tick(self._ticks.marks[0].code)

    def action_tick(self, code: str) -> None:
        """Record it, and on to the next row."""
        if self._ticks.shut:
            self.notify(self._ticks.shut, severity="warning")
            return
        row = self.rows.current
        if not isinstance(row, TickRow) or row.status == code:
            return
        self._done.append([(row, row.status)])
        self._set([row], code)
        if not (self._only_left and self._ticks.is_done(code)):
            self.rows.action_move(1)

    def action_tick_household(self) -> None:
        """Record everybody of a household of whom nothing is recorded yet."""
        row, whole = self.rows.current, self._ticks.whole
        if self._ticks.shut:
            self.notify(self._ticks.shut, severity="warning")
            return
        members = self._ticks.household_of(row, self._all) if isinstance(row, TickRow) else []
        if whole is None or not members:
            self.app.bell()
            return
        assert isinstance(row, TickRow)
        at, last = (self._all.index(each) for each in (row, members[-1]))
        self._done.append([(member, member.status) for member in members])
        self._set(members, whole.code)
        if not self._only_left:
            self.rows.action_move(max(0, last - at) + 1)

    def action_undo(self) -> None:
        """Take the last key back."""
        if not self._done:
            self.app.bell()
            return
        pressed = self._done.pop()
        by_status: dict[str, list[TickRow]] = {}
        for row, before in pressed:
            now = next((other for other in self._all if other.key == row.key), None)
            if now is not None:
                by_status.setdefault(before or NONE, []).append(now)
        for before, rows in by_status.items():
            self._set(rows, before)

    def _set(self, rows: Sequence[TickRow], code: str) -> None:
        shown = "" if code == NONE else code
        keys = {row.key for row in rows}
        self._all = [
            replace(other, status=shown) if other.key in keys else other for other in self._all
        ]
        self._show()
        start(self, partial(self._save, rows, code), group="save")

    async def _save(self, rows: Sequence[TickRow], code: str) -> None:
        # One after the other: what the last key recorded of a row is what the next one corrects.
        async with self._saving:
            # People of one household are listed where its door is.
            fresh = await self._ticks.rows(rows[0].unit)
            known = {other.key: other for other in fresh}
            found = [known.get(row.key, row) for row in rows]
            try:
                if len(found) == 1:
                    await self._ticks.tick(found[0], code)
                else:
                    await self._ticks.tick_all(found, code)
            except ArmbandError:
                self._read_again()
                raise

    def action_left(self) -> None:
        """Only what is left, or everything."""
        self._only_left = not self._only_left
        self.rows.show()
        self._say_head()

    def action_unit(self) -> None:
        """Only the rows of one unit."""

        def chosen(unit: str | None) -> None:
            if unit is not None:
                self._unit = unit
                known = self._units.get(unit)
                self._unit_name = known.name if known else unit
                self._read_again()

        find = unit_finder(self.context, everything=_("All units"))
        self.app.push_screen(PickDialog(_("Which unit?"), find), chosen)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
