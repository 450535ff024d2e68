"""The day's figures in one row: what the office confirmed, and what was counted here since."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from armband.client.i18n import _
from armband.client.tui.text import spread
from armband.client.tui.work import start
from armband.shared.days import clock_of
from armband.shared.rollup import Metrics
from armband.shared.rollup_report import CoverageReport

if TYPE_CHECKING:
    from armband.client.tui.context import Context


@dataclass(frozen=True)
class Figures:
    """What the row shows."""

    confirmed: Metrics
    here: Metrics
    coverage: CoverageReport | None
    as_of_ms: int | None


def with_here(confirmed: int, here: int) -> str:
    """A confirmed figure and what was counted here since: ``412+2``."""
    return f"{confirmed}{here:+}" if here else str(confirmed)


def coverage_words(coverage: CoverageReport) -> str:
    """``11/12 网格已报``."""
    return _("{reported}/{expected} grids reported").format(
        reported=coverage.reported, expected=coverage.expected
    )


class FiguresLine(Widget):
    """Today's checks in the units of this terminal."""

    DEFAULT_CSS = "FiguresLine { height: 1; width: 100%; }"

    @dataclass
    class Arrived(Message):
        """Newer figures."""

        figures: Figures

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._desk = context
        self._figures = Figures({}, {}, None, None)

    def look_again(self, *, subscribe: bool = False) -> None:
        """Figures may have changed."""
        start(self, partial(self._load, subscribe), exclusive=not subscribe, group="figures")

    async def _load(self, subscribe: bool) -> None:
        terminal = self._desk.terminal
        scope = terminal.identity.scope
        if not scope:
            return
        unit, day = scope[0], terminal.today
        if subscribe:
            await terminal.watch_rollup(unit, day, day, 0)
        here = await terminal.counted_here(unit, day)
        report = await terminal.rollup(unit, day, 0)
        confirmed: Metrics = {}
        if report is not None:
            for row in report.rows:
                if row.unit == unit and row.day == day:
                    confirmed = row.metrics
        coverage = report.coverage if report else None
        as_of = report.as_of.at if report else None
        self.post_message(self.Arrived(Figures(confirmed, here, coverage, as_of)))

    def on_figures_line_arrived(self, message: Arrived) -> None:
        """Show them."""
        message.stop()
        self._figures = message.figures
        self.refresh()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh()

    def _count(self, metric: str) -> str:
        figures = self._figures
        return with_here(figures.confirmed.get(metric, 0), figures.here.get(metric, 0))

    def render(self) -> RenderResult:
        """Checks on the left, how complete and how fresh on the right."""
        words = _(
            "Today {checks} checks {persons} persons  fever {fever}  "
            "yellow {yellow} red {red}  turned back {back}"
        ).format(
            checks=self._count("checks.total"),
            persons=self._count("checks.persons"),
            fever=self._count("checks.fever"),
            yellow=self._count("checks.code.yellow"),
            red=self._count("checks.code.red"),
            back=self._count("checks.turned_back"),
        )
        figures = self._figures
        right = ""
        if figures.coverage is not None and figures.as_of_ms is not None:
            clock = clock_of(figures.as_of_ms, self._desk.terminal.identity.policy)[:5]
            right = f"{coverage_words(figures.coverage)} " + _("as of {time}").format(time=clock)
        return Content(spread(" " + words, right + " ", self.size.width))
