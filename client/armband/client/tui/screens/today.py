"""Today (今日): what is to be done, in order of urgency; Enter does the next thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.i18n.duties import count_words, rank_words
from armband.client.model import NOBODY, Task, Today
from armband.client.tui.context import Context
from armband.client.tui.messages import MeChosen, RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.do_task import do_task
from armband.client.tui.screens.find import staff_finder
from armband.client.tui.screens.pages import open_record
from armband.client.tui.screens.pick import PickDialog
from armband.client.tui.screens.today_rows import (
    Group,
    groups_of,
    row_key,
    rows_between,
    rows_total,
    tasks_wanted,
    today_cells,
    today_columns,
)
from armband.client.tui.text import Cell
from armband.client.tui.urgent import LOOK_EVERY_S, URGENT, bear_duties
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.ids import id_from_hex
from armband.shared.kinds.duties import Rank
from armband.shared.wire import UnitName


class TodayScreen(DeskScreen):
    """Whose tasks and how many above, the tasks below."""

    CSS_PATH = "today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "do", "Do", id="1-do", tooltip="The form or step that does it"),
        Binding("1", "whose", "Mine/all", id="2-whose", tooltip="My tasks, or everyone's"),
        Binding("2", "record", "Record", id="3-record", tooltip="The record behind the task"),
        Binding("tab", "group(1)", "Next group", id="4-group", priority=True),
        Binding("shift+tab", "group(-1)", show=False, priority=True),
        Binding("escape", "all", "All", id="5-all", tooltip="Show every group"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._mine = True
        self._me = ""
        self._my_name = ""
        self._rank: Rank | None = None
        self._units: Mapping[str, UnitName] = {}
        self._known = Today((), {}, {})
        self._leaves_heading = True
        self._drew_clock = False

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Today, and the day."""
        return f"{_('Today')}  {self.context.terminal.today}"

    def body(self) -> ComposeResult:
        """Whose and how many, heading, rows."""
        yield Static("", id="today-head", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            today_columns,
            empty=lambda: _("Nothing is to be done."),
            same=row_key,
            id="today-rows",
        )
        yield Heading(rows)
        yield rows

    @property
    def rows(self) -> PagedList:
        """The list."""
        return self.query_one(PagedList)

    def on_mount(self) -> None:
        """Read, and read again as time goes by."""
        self.rows.focus()
        start(self, self._begin)
        self.set_interval(1.0, self._tick)
        self.set_interval(LOOK_EVERY_S, self._look_by_clock)

    async def _begin(self) -> None:
        await self._learn_who()
        self.rows.show()

    async def _learn_who(self) -> None:
        terminal = self.context.terminal
        self._me = await terminal.me()
        entry = await terminal.entry(id_from_hex(self._me)) if self._me else None
        self._my_name = entry.view.text("name") if entry else ""

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say_head()

    def on_screen_resume(self) -> None:
        """Time has passed while another screen was shown."""
        self._look_by_clock()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody has done something, here or elsewhere."""
        if bear_duties(message.kinds):
            self._look_again()

    def _look_by_clock(self) -> None:
        if self.is_current:
            self.show_place()
            self._look_again()

    def _look_again(self) -> None:
        rows = self.rows
        if rows.loaded:
            self._leaves_heading = isinstance(rows.current, Task)
            rows.show(keep_place=True)

    def _tick(self) -> None:
        """Clocks count down; nothing else needs to be drawn anew."""
        if self._drew_clock and self.is_current:
            self._drew_clock = False
            self.rows.refresh()

    # -- rows ---------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        terminal = self.context.terminal
        who = (self._me or NOBODY) if self._mine else ""
        ranks = () if self._rank is None else (self._rank,)
        self._units = await terminal.units()
        first, count = tasks_wanted(offset, limit)
        todo = await terminal.todo(who, count, offset=first, ranks=ranks)
        self._known = todo
        groups = groups_of(todo)
        return rows_total(groups), rows_between(groups, todo.tasks, first, offset, limit)

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        if isinstance(row, Task) and row.duty.rank in URGENT:
            self._drew_clock = True
        return today_cells(self.context, row, self._units)

    @on(PagedList.Moved)
    def _moved(self) -> None:
        rows = self.rows
        if rows.loaded and self._leaves_heading:
            self._leaves_heading = False
            if isinstance(rows.current, Group):
                rows.action_move(1)
        self._say_head()

    def _say_head(self) -> None:
        if self._mine:
            words = _("Tasks of {name} and of everyone").format(name=self._my_name)
            if not self._me:
                words = _("Tasks of everyone (1: say who you are)")
        else:
            words = _("Everyone's tasks")
        if self._rank is not None:
            words += f"   {_('only')} {rank_words(self._rank)}"
        counts, late = self._known.counts.values(), self._known.late.values()
        self.query_one("#today-head", Static).update(
            f"{words}   {count_words(sum(counts), sum(late))}"
        )

    # -- actions ------------------------------------------------------------------------------

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_do()

    def action_do(self) -> None:
        """Do the task under the cursor; on a heading, show that group alone or all again."""
        row = self.rows.current
        if isinstance(row, Task):
            do_task(self.app, self.context, row)
        elif isinstance(row, Group):
            self._only(None if self._rank is row.rank else row.rank)

    def action_record(self) -> None:
        """The record behind the task."""
        row = self.rows.current
        if isinstance(row, Task):
            open_record(self.app, self.context, row.entry.view.id, row.entry.view.kind)

    def action_group(self, by: int) -> None:
        """Only the next group, after the last one all of them."""
        start(self, partial(self._next_group, by), exclusive=True, group="rank")

    async def _next_group(self, by: int) -> None:
        who = (self._me or NOBODY) if self._mine else ""
        there: list[Rank | None] = [None]
        there += sorted((await self.context.terminal.todo(who, 0)).counts)
        here = there.index(self._rank) if self._rank in there else 0
        self._only(there[(here + by) % len(there)])

    def action_all(self) -> None:
        """Every group."""
        self._only(None)

    def _only(self, rank: Rank | None) -> None:
        self._rank = rank
        self._leaves_heading = True
        self.rows.show()

    def action_whose(self) -> None:
        """My tasks or everyone's; who sits here is asked once."""
        if self._mine and not self._me:
            self._ask_who()
            return
        self._mine = not self._mine
        if self._mine and not self._me:
            self._ask_who()
        self._only(self._rank)

    def _ask_who(self) -> None:
        def chosen(ref: str | None) -> None:
            if ref is None:
                self._mine = False
                self._only(self._rank)
            else:
                start(self, partial(self._be, ref), exclusive=True, group="me")

        find = staff_finder(self.context)
        self.app.push_screen(PickDialog(_("Who of the staff are you?"), find), chosen)

    async def _be(self, ref: str) -> None:
        await self.context.terminal.be(ref)
        await self._learn_who()
        self._mine = True
        self.app.post_message(MeChosen())
        self._only(self._rank)
