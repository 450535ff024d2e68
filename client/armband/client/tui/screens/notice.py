"""A notice or a call-up: what it says, one key to answer it, and who has not answered, by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.acks import acknowledge
from armband.client.headless.reports import acks
from armband.client.i18n import _
from armband.client.i18n.words import (
    field_label,
    join_words,
    moment_text,
    option_label,
)
from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.lists import open_list
from armband.client.tui.screens.record_page import RecordPage
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import masked_phone
from armband.shared.notice_report import AckReport, Person

_KIND = CATALOGUE["notice"]
_ANSWER = CATALOGUE["ack"].fields["answer"]
_POSTS = CATALOGUE["staff"].fields["posts"]
_TOLD = ("sort", "text", "posts", "until", "sender")


class NoticeScreen(RecordPage):
    """What is said above, the people below: first those who have not answered."""

    CSS_PATH = "notice.tcss"
    CONCERNS = frozenset({"notice", "ack", "staff", "post"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "Acknowledge", id="1-ack", tooltip="Say that you know"),
        Binding("1", "coming", "Coming", id="2-coming", tooltip="Answer the call-up"),
        Binding("2", "cannot", "Cannot", id="3-cannot", tooltip="You cannot come"),
        Binding("3", "doors", "Households told", id="4-doors", tooltip="Tick off who was told"),
        Binding("4", "record", "Record", id="5-record", tooltip="Fields and history; correct"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context, record)
        self._report: AckReport | None = None
        self._places: dict[str, str] = {}
        self._me = ""

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """What sort, and its title."""
        if self.entry is None:
            return _(_KIND.label)
        view = self.entry.view
        return f"{option_label(_KIND.fields['sort'], view.text('sort'))}  {view.text('title')}"

    def body(self) -> ComposeResult:
        """What is said, how many have answered, the people."""
        yield FactList(id="notice-facts")
        yield Static("", id="notice-head", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            self._columns,
            empty=lambda: _("Nobody is expected to answer."),
            same=lambda row: (row.staff, row.name) if isinstance(row, Person) else None,
            id="notice-people",
        )
        yield Heading(rows)
        yield rows

    async def read(self) -> None:
        """The notice, and who has answered."""
        terminal = self.context.terminal
        self.entry = await terminal.entry(self.record)
        if self.entry is None:
            return
        self._me = await terminal.me()
        self._report = await acks(terminal, self.entry.view)
        units = await terminal.units()
        self._places = {code: unit.name for code, unit in units.items()}
        self.show()
        self.query_one(PagedList).show(keep_place=True)

    def show(self) -> None:
        """What is said, how many have answered."""
        self.show_place()
        self.refresh_bindings()
        entry, report = self.entry, self._report
        if entry is None or report is None:
            return
        facts = []
        for name in _TOLD:
            text = self.context.words(_KIND.fields[name], entry.view.fields.get(name), entry.names)
            if text:
                facts.append((field_label("notice", name), Cell(text)))
        self.query_one("#notice-facts", FactList).facts = facts
        words = _("{answered} of {expected} have answered").format(
            answered=len(report.answered), expected=report.expected
        )
        mine = self._mine()
        if mine is not None:
            words += "   " + _("your answer: {answer}").format(
                answer=option_label(_ANSWER, mine.answer)
            )
        self.query_one("#notice-head", Static).update(words)

    def _mine(self) -> Person | None:
        if self._report is None:
            return None
        person = self.context.terminal.identity.person
        for found in (*self._report.answered, *self._report.others):
            if found.staff == self._me if self._me else found.name == person:
                return found
        return None

    # -- rows ---------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        report = self._report
        rows = [*report.missing, *report.answered, *report.others] if report else []
        return len(rows), rows[offset : offset + limit]

    def _columns(self) -> list[Column]:
        return [
            Column(_("Answer"), 12),
            Column(_("Name"), 10),
            Column(_("Posts"), 12, grow=2),
            Column(_("Phone"), 11),
            Column(_("Unit"), 14, grow=1, drop=1),
            Column(_("Note"), 8, grow=1, drop=2),
        ]

    def _paint(self, row: object, _index: int) -> list[Cell]:
        assert isinstance(row, Person)
        terminal = self.context.terminal
        answer = Cell(_("no answer"), "bad")
        if row.answer:
            at = moment_text(row.at, terminal.identity.policy, terminal.today)
            tone = "wait" if row.answer == "cannot" else "good"
            answer = Cell(f"{option_label(_ANSWER, row.answer)} {at[:5]}", tone)
        posts = join_words([option_label(_POSTS, post) for post in row.posts])
        place = self._places.get(row.unit) or row.unit.rpartition("/")[2]
        return [
            answer,
            Cell(row.name, "strong"),
            Cell(posts),
            Cell(masked_phone(row.phone)),
            Cell(place, "quiet"),
            Cell(row.note),
        ]

    # -- actions ------------------------------------------------------------------------------

    @property
    def _called(self) -> bool:
        return self.entry is not None and self.entry.view.text("sort") == "call_up"

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """A call-up is answered with coming or not; a notice is known."""
        if action in {"coming", "cannot"}:
            return self._called
        if action == "doors":
            return self.entry is not None and bool(self.entry.view.fields.get("households"))
        return True

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_answer()

    def action_answer(self) -> None:
        """I know; of a call-up, I come."""
        self._give("coming" if self._called else "seen")

    def action_coming(self) -> None:
        """I come."""
        self._give("coming")

    def action_cannot(self) -> None:
        """I cannot come."""
        self._give("cannot")

    def _give(self, answer: str) -> None:
        """Record the answer of whoever sits here; another one corrects it."""
        mine = self._mine()
        if self.entry is not None and (mine is None or mine.answer != answer):
            start(self, partial(self._answer, self.entry, answer), group="answer")

    async def _answer(self, entry: Entry, answer: str) -> None:
        await acknowledge(self.context.terminal, entry, answer)
        self.app.notify(_("Answered: {answer}").format(answer=option_label(_ANSWER, answer)))

    def action_doors(self) -> None:
        """The households to be told."""
        if self.entry is not None:
            open_list(self.app, self.context, self.entry)

    def action_record(self) -> None:
        """All fields and the history."""
        self.app.push_screen(DetailScreen(self.context, self.record))
