"""The checkpoint lane (卡点): one line is one check."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Rule

from armband.client.i18n import _
from armband.client.lane import LaneCheck
from armband.client.model import Saved
from armband.client.search.readings import spellings
from armband.client.tui.context import Context
from armband.client.tui.lane_queue import UndoLast
from armband.client.tui.messages import RecordsMoved, RollupsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.lane_places import CheckpointChoice
from armband.client.tui.widgets.figures_line import FiguresLine
from armband.client.tui.widgets.lane_box import LaneBox
from armband.client.tui.widgets.lane_preview import LanePreview
from armband.client.tui.widgets.recent_checks import RecentChecks
from armband.client.tui.work import start


class LaneScreen(DeskScreen):
    """One place to look: the line, and below it what Enter will record."""

    CSS_PATH = "lane.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "undo", "Undo", id="9-undo", tooltip="Void the check that was saved last"),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("escape", "back", show=False),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.where = CheckpointChoice(context)

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """The checkpoint where this terminal stands."""
        return f"{_('Checkpoint')} {self.where.name}{self.where.shift_words}"

    def body(self) -> ComposeResult:
        """Line, what it comes to, last checks, the day's figures."""
        yield Rule()
        yield LaneBox(self.context.terminal, self._save)
        yield Rule()
        yield RecentChecks(self.context, self.where)
        yield Rule()
        yield FiguresLine(self.context)

    def on_mount(self) -> None:
        """Ready to type at once; everything else arrives.

        The dictionary of readings is loaded beside that: the first key need not wait for it.
        """
        start(self, self._settle_in)
        start(self, partial(asyncio.to_thread, spellings, "李"), group="warm-up")

    async def _settle_in(self) -> None:
        await self.where.restore()
        self.show_place()
        self.query_one(RecentChecks).look_again()
        self.query_one(FiguresLine).look_again(subscribe=True)

    @property
    def box(self) -> LaneBox:
        """The line and what stands below it."""
        return self.query_one(LaneBox)

    def on_resize(self, event: Resize) -> None:
        """A higher screen shows more candidates."""
        self.query_one(LanePreview).styles.height = 5 if event.size.height < 34 else 9

    def on_records_moved(self, message: RecordsMoved) -> None:
        """A check may stand elsewhere now; figures of unsent ones too."""
        if message.kinds & {"check", "shift"}:
            self.show_place()
        if "check" in message.kinds:
            self.query_one(RecentChecks).look_again()
            self.query_one(FiguresLine).look_again()
        if message.kinds & {"checkpoint", "unit"}:
            start(self, self._name_again, exclusive=True, group="place")

    async def _name_again(self) -> None:
        await self.where.restore()
        self.show_place()

    def on_rollups_moved(self, _message: RollupsMoved) -> None:
        """Newer figures."""
        self.query_one(FiguresLine).look_again()

    # -- actions ------------------------------------------------------------------------------

    def action_step(self, rows: int) -> None:
        """Along the candidates."""
        self.box.step(rows)

    def action_back(self) -> None:
        """Out of a question, or empty the line."""
        self.box.back()

    def action_undo(self) -> None:
        """Void the check that was saved last."""
        self.box.enqueue(UndoLast(_("undone in the lane")))

    def action_checkpoint(self) -> None:
        """Choose where this terminal stands."""

        def chosen(ref: str | None) -> None:
            if ref is not None:
                start(self, partial(self._stand_at, ref), exclusive=True, group="place")

        self.app.push_screen(self.where.dialog(), chosen)

    async def _stand_at(self, ref: str) -> None:
        await self.where.choose(ref)
        self.show_place()
        self.query_one(RecentChecks).look_again()
        self.query_one(FiguresLine).look_again(subscribe=True)

    # -- saving -------------------------------------------------------------------------------

    async def _save(self, check: LaneCheck) -> Saved:
        draft = self.where.draft(check)
        return (await self.context.terminal.record([draft]))[0]
