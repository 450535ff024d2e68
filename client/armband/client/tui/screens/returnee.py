"""A returnee's page: day 5 of 14, every day with its temperatures, who answers, who came along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.course_days import CourseDay, Mark, course_days
from armband.client.i18n import _
from armband.client.i18n.words import kind_label
from armband.client.model import Entry, LedgerQuery
from armband.client.tui.context import Context
from armband.client.tui.screens.record_page import RecordPage
from armband.client.tui.screens.returnee_words import (
    day_columns,
    facts_of,
    spot_cell,
    told_of,
)
from armband.client.tui.text import Cell
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.shared.days import day_of
from armband.shared.fields import Patch
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.isolation import Course, course_of
from armband.shared.kinds.returnee_duties import followup_known
from armband.shared.kinds.returnee_flow import ACTIVE, PEOPLE

KIND = CATALOGUE["returnee"]
WITH = "travels_with"
_SHARED = ("arrived", "came_from", "transport", "number", "source", "risk", "channel", "household")
"""What a companion has in common with whoever they came with."""
MOST_FOLLOWUPS = 1000
MOST_COMPANIONS = 50


class ReturneeScreen(RecordPage):
    """Facts above, the days below; Enter records what is open on the day under the cursor."""

    CSS_PATH = "returnee.tcss"
    CONCERNS = frozenset({"returnee", "followup"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "record", "Record", id="1-record", tooltip="What is open on that day"),
        Binding("1", "due", "Due now", id="2-due", tooltip="The follow-up that is due now"),
        Binding("2", "fields", "All fields", id="3-fields", tooltip="Correct, void, history"),
        Binding("3", "next_step", "Begin/release", id="4-step", tooltip="Begin, then release"),
        Binding("4", "companion", "Companion", id="5-with", tooltip="Somebody who came along"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context, record)
        self.days: list[CourseDay] = []
        self._companions: list[Entry] = []
        self._at_today = False

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Who."""
        name = self.entry.view.text("name") if self.entry else ""
        return f"{kind_label('returnee')}  {name}".rstrip()

    def body(self) -> ComposeResult:
        """Facts, how far it has come, the days."""
        yield FactList(id="returnee-facts")
        yield Static("", id="returnee-told", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            day_columns,
            empty=lambda: _("No days are ordered yet: 3 begins the measure."),
            same=lambda row: row.number if isinstance(row, CourseDay) else None,
            id="returnee-days",
        )
        yield Heading(rows)
        yield rows

    async def read(self) -> None:
        """The record, what was seen of it, and who came along."""
        terminal = self.context.terminal
        self.entry = await terminal.entry(self.record)
        if self.entry is None:
            return
        view, about = self.entry.view, self.record.hex()
        seen = await terminal.ledger(LedgerQuery("followup", about=about), 0, MOST_FOLLOWUPS)
        head = view.text(WITH) or about
        others = await terminal.ledger(LedgerQuery("returnee", about=head), 0, MOST_COMPANIONS)
        first = await terminal.entry(id_from_hex(head)) if head != about else None
        around = [*([first] if first else []), *others.entries]
        self._companions = [e for e in around if e.view.id != self.record]
        course, policy = course_of(view.fields), terminal.identity.policy
        ended = view.fields.get("ended_at")
        over = day_of(ended, policy) if isinstance(ended, int) else ""
        now_ms = self.context.environment.now_ms()
        views = [entry.view for entry in seen.entries]
        self.days = course_days(course, views, now_ms, policy, over) if course else []
        self.show()

    def show(self) -> None:
        """Facts, how far it has come, the days."""
        self.show_place()
        self.refresh_bindings()
        if self.entry is None:
            return
        self.query_one(FactList).facts = facts_of(self.context, self.entry, self._companions)
        self.query_one("#returnee-told", Static).update(
            told_of(self.context, self.entry, self.days)
        )
        self.query_one(PagedList).show(keep_place=self._at_today)

    # -- days ---------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self.days), self.days[offset : offset + limit]

    @on(PagedList.Moved)
    def _moved(self) -> None:
        """Start at today."""
        rows = self.query_one(PagedList)
        if self._at_today or not rows.loaded or not self.days:
            return
        self._at_today = True
        today = self.context.terminal.today
        rows.cursor = next((n for n, day in enumerate(self.days) if day.day == today), 0)

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, CourseDay)
        today = row.day == self.context.terminal.today
        mark = ">" if today else " "
        first = Cell(f"{mark}{row.number}", "strong" if today else "")
        return [first, Cell(row.day[5:]), *(spot_cell(self.context, spot) for spot in row.spots)]

    # -- actions ------------------------------------------------------------------------------

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Recording and steps need the right to write, and a course that runs."""
        if action not in {"record", "due", "next_step", "companion"}:
            return True
        if self.entry is None or not self.may_change:
            return False
        return action == "companion" or self.entry.view.text("state") in ACTIVE

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_record()

    def action_record(self) -> None:
        """The follow-up that is open on the day under the cursor."""
        day = self.query_one(PagedList).current
        if isinstance(day, CourseDay):
            self._follow_up(day, day.open_slot())

    def action_due(self) -> None:
        """The first follow-up that is due now, else the newest that was missed."""
        for mark, days in ((Mark.DUE, self.days), (Mark.MISSED, self.days[::-1])):
            for day in days:
                for spot in day.spots:
                    if spot.mark is mark:
                        self._follow_up(day, spot.slot)
                        return
        self.notify(_("Nothing is due now."))

    def _follow_up(self, day: CourseDay, slot: str) -> None:
        course = self._course()
        if course is None or self.entry is None or not self.check_action("record", ()):
            return
        if not slot:
            self.notify(_("Everything of that day is recorded; 2 shows all fields."))
            return
        known = followup_known(self.record.hex(), course, day.number, slot)
        self._form("followup", known, f"{self.record.hex()}/{day.day}/{slot}")

    def _course(self) -> Course | None:
        return course_of(self.entry.view.fields) if self.entry else None

    def action_companion(self) -> None:
        """Somebody who came along: the same journey, another person."""
        if self.entry is None:
            return
        fields = self.entry.view.fields
        people = [f"{role}_{part}" for role in PEOPLE for part in ("name", "phone")]
        known: Patch = {n: fields[n] for n in (*_SHARED, *people) if fields.get(n) is not None}
        head = self.entry.view.text(WITH) or self.record.hex()
        self._form("returnee", {**known, WITH: head}, f"with/{self.record.hex()}")

    def _form(self, kind: str, known: Patch, task: str) -> None:
        from armband.client.tui.screens.edit import EditScreen

        assert self.entry is not None
        unit = self.entry.view.unit
        self.app.push_screen(EditScreen(self.context, kind, unit=unit, known=known, task=task))
