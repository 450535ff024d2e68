"""The board (汇总): figures by unit, how complete and how fresh they are, down to the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.i18n.places import path_words
from armband.client.i18n.words import join_words
from armband.client.tui.context import Context
from armband.client.tui.figures import ALARMING, GROUPS, figure_text, figure_title
from armband.client.tui.messages import RecordsMoved, RecordsWanted, RollupsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.figures_line import coverage_words
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.days import add_days, clock_of
from armband.shared.permissions import totals_scope
from armband.shared.rollup import Metrics
from armband.shared.rollup_report import RollupReport
from armband.shared.units import in_scope, parent_of, unit_order
from armband.shared.wire import UnitName

MISSING_SHOWN = 8
"""Names of missing grids that are shown at once; the rest is a number."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line: a unit, or what of the whole was counted here."""

    unit: str
    name: str
    confirmed: Metrics
    here: Metrics
    is_total: bool = False
    is_here: bool = False
    silent: bool = False
    """A grid that has not reported on the day."""


@dataclass
class _Shown:
    report: RollupReport | None = None
    rows: list[BoardRow] = field(default_factory=list)
    units: dict[str, UnitName] = field(default_factory=dict)


class BoardScreen(DeskScreen):
    """A unit's own figures first, then those of the units below it."""

    CSS_PATH = "board.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "down", "Into", id="1-down", tooltip="Into the unit under the cursor"),
        Binding("escape,backspace", "up", "Out", id="2-up", tooltip="To the unit above"),
        Binding("tab", "group(1)", "Figures", id="3-group", tooltip="Other figures", priority=True),
        Binding("shift+tab", "group(-1)", show=False, priority=True),
        Binding("left", "day(-1)", "Day before", id="4-before"),
        Binding("right", "day(1)", "Day after", id="5-after"),
        Binding("ctrl+r", "rows", "Records", id="6-rows", tooltip="The records behind the figures"),
    ]

    class Arrived(Message):
        """Newer figures."""

        def __init__(self, unit: str, day: str, shown: _Shown) -> None:
            super().__init__()
            self.unit = unit
            self.day = day
            self.shown = shown

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        scope = context.terminal.identity.scope
        self.unit = min(scope, key=lambda code: (code.count("/"), code), default="")
        self.back = 0
        """How many days before today."""
        self._group = 0
        self._shown = _Shown()

    @property
    def day(self) -> str:
        """The day that is looked at; it follows the calendar."""
        return add_days(self.context.terminal.today, -self.back)

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Board and day."""
        day = _("today") if self.back == 0 else self.day
        return f"{_('Board')}  {_(GROUPS[self._group].label)}  {day}"

    def body(self) -> ComposeResult:
        """Where, how complete, heading, rows."""
        yield Static("", id="board-where", markup=False)
        yield Static("", id="board-coverage", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            self._columns,
            empty=lambda: _("No figures yet: the office has not been reached."),
            id="board-rows",
        )
        yield Heading(rows)
        yield rows

    def on_mount(self) -> None:
        """Show what is known, and keep it new."""
        self.query_one(PagedList).focus()
        self._go(self.unit)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say_where()

    # -- figures ------------------------------------------------------------------------------

    def _go(self, unit: str) -> None:
        self.unit = unit
        self.query_one(PagedList).forget()
        self._look_again(subscribe=True)

    def _look_again(self, *, subscribe: bool = False) -> None:
        start(self, partial(self._fetch, subscribe), exclusive=not subscribe, group="figures")

    async def _fetch(self, subscribe: bool) -> None:
        terminal, unit, day = self.context.terminal, self.unit, self.day
        if not unit:
            return
        if subscribe:
            await terminal.watch_rollup(unit, day, day, 1)
        shown = _Shown(await terminal.rollup(unit, day, 1), units=await terminal.units())
        here = await terminal.counted_here(unit, day)
        shown.rows = await self._rows(unit, day, shown, here)
        self.post_message(self.Arrived(unit, day, shown))

    async def _rows(self, unit: str, day: str, shown: _Shown, here: Metrics) -> list[BoardRow]:
        confirmed: dict[str, Metrics] = {}
        missing: frozenset[str] = frozenset()
        if shown.report is not None:
            confirmed = {row.unit: row.metrics for row in shown.report.rows if row.day == day}
            missing = frozenset(shown.report.coverage.missing)
        below = sorted((c for c in shown.units if parent_of(c) == unit), key=unit_order)
        rows = [
            BoardRow(
                unit, _("Confirmed by the office"), confirmed.get(unit, {}), {}, is_total=True
            ),
            BoardRow(unit, _("Counted here since"), {}, here, is_here=True),
        ]
        for code in below:
            own = await self.context.terminal.counted_here(code, day) if here else {}
            rows.append(
                BoardRow(
                    code,
                    shown.units[code].name,
                    confirmed.get(code, {}),
                    own,
                    silent=code in missing,
                )
            )
        return rows

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        if (message.unit, message.day) == (self.unit, self.day):
            self._shown = message.shown
            self.query_one(PagedList).show(keep_place=True)
            self.query_one(Heading).refresh()
            self._say_where()

    def on_rollups_moved(self, _message: RollupsMoved) -> None:
        """Newer figures from the office."""
        self._look_again()

    def on_records_moved(self, _message: RecordsMoved) -> None:
        """What is counted here may be another number."""
        self._look_again()

    # -- showing ------------------------------------------------------------------------------

    def _say_where(self) -> None:
        units = self._shown.units
        self.query_one("#board-where", Static).update(path_words(self.unit, units))
        report = self._shown.report
        words = _("The office has confirmed nothing for this day yet.")
        if report is not None:
            policy = self.context.terminal.identity.policy
            clock = clock_of(report.as_of.at, policy)[:5]
            words = f"{coverage_words(report.coverage)}  {_('as of {time}').format(time=clock)}"
            words += self._missing_words(report.coverage.missing)
        self.query_one("#board-coverage", Static).update(words)

    def _missing_words(self, missing: Sequence[str]) -> str:
        if not missing:
            return ""
        units = self._shown.units
        names = [units[code].name if code in units else code for code in missing[:MISSING_SHOWN]]
        more = len(missing) - len(names)
        words = "  " + _("missing: {names}").format(names=join_words(names))
        return words + (" " + _("and {count} more").format(count=more) if more else "")

    def _metrics(self) -> tuple[str, ...]:
        return GROUPS[self._group].metrics

    def _columns(self) -> Sequence[Column]:
        columns = [Column(_("Unit"), 23, grow=4)]
        for place, metric in enumerate(self._metrics(), 1):
            title = figure_title(metric)
            width = max(6, cell_len(title))
            columns.append(Column(title, width, grow=1, right=True, drop=place if place > 2 else 0))
        return columns

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        rows = self._shown.rows
        return len(rows), rows[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, BoardRow)
        name = row.name
        if row.is_total:
            name = _("Confirmed by the office")
        elif row.is_here:
            name = _("Counted here since")
        elif row.silent:
            name = f"{name}  {_('not reported')}"
        tone = "strong" if row.is_total else "wait" if row.is_here or row.silent else ""
        cells = [Cell(name, tone)]
        for metric in self._metrics():
            text = figure_text(metric, row.confirmed, row.here)
            count = row.confirmed.get(metric, 0) + row.here.get(metric, 0)
            figure_tone = "wait" if row.is_here and count else "quiet" if not count else ""
            if metric in ALARMING and count:
                figure_tone = "bad"
            cells.append(Cell(text.lstrip("0") if row.is_here and count else text, figure_tone))
        return cells

    # -- actions ------------------------------------------------------------------------------

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_down()

    def action_down(self) -> None:
        """Into the unit under the cursor, or into its records when it has no units below."""
        row = self.query_one(PagedList).current
        if not isinstance(row, BoardRow):
            return
        if row.is_total or row.is_here:
            self.action_rows()
        elif any(parent_of(code) == row.unit for code in self._shown.units):
            self._go(row.unit)
        else:
            self._records_of(row.unit)

    def action_up(self) -> None:
        """To the unit above, up to the office: everybody sees its totals, nobody else's people."""
        above = parent_of(self.unit)
        if above and in_scope(
            above, totals_scope(self.context.terminal.identity.scope, is_script=False)
        ):
            self._go(above)
        else:
            self.app.bell()

    def action_group(self, by: int) -> None:
        """Other figures."""
        self._group = (self._group + by) % len(GROUPS)
        self.show_place()
        self.query_one(PagedList).retranslate()
        self.query_one(Heading).refresh()

    def action_day(self, by: int) -> None:
        """Another day; not one to come."""
        self.back = max(0, self.back - by)
        self.show_place()
        self._look_again(subscribe=True)

    def action_rows(self) -> None:
        """The records behind the figures of this unit."""
        self._records_of(self.unit)

    def _records_of(self, unit: str) -> None:
        kinds = ("check", "visit", "household")
        self.post_message(RecordsWanted(kinds[self._group], unit, self.day))
