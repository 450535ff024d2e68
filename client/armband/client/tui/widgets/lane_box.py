"""The lane's line and what stands below it: reading, entering, asking, saving in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from armband.client.i18n import _
from armband.client.lane import (
    MATCHES_WANTED,
    Incomplete,
    LaneCheck,
    LaneOutcome,
    Wrong,
    parse,
    resolve,
    settle,
)
from armband.client.model import Saved
from armband.client.terminal import Terminal
from armband.client.tui.forms.draft_keeper import DraftKeeper
from armband.client.tui.lane_answers import ANSWER_SILENCE_S, TypedAside, answered
from armband.client.tui.lane_queue import (
    CameBack,
    Kept,
    LaneQueue,
    Line,
    News,
    NothingToUndo,
    Question,
    UndoLast,
    Undone,
)
from armband.client.tui.lane_show import (
    candidates_of,
    idle_preview,
    outcome_preview,
    question_preview,
    why_it_came_back,
)
from armband.client.tui.lane_words import check_words, lane_columns
from armband.client.tui.widgets.lane_preview import LanePreview, Preview
from armband.client.tui.widgets.line_input import LineInput
from armband.client.tui.work import start

_SETTLING_S = 0.02
UNSAVED = "lane"
"""The draft that keeps lines which were entered and wait behind a question."""


class LaneBox(Vertical):
    """One place to look: the line, and below it what Enter will record.

    Args:
        terminal: the engine.
        save: a whole check to its record.
    """

    DEFAULT_CSS = "LaneBox { height: auto; }"

    class Read(Message):
        """A typed line is looked up."""

        def __init__(self, text: str, outcome: LaneOutcome) -> None:
            super().__init__()
            self.text = text
            self.outcome = outcome

    class Happened(Message):
        """The queue has something to say."""

        def __init__(self, news: News) -> None:
            super().__init__()
            self.news = news

    def __init__(self, terminal: Terminal, save: Callable[[LaneCheck], Awaitable[Saved]]) -> None:
        super().__init__()
        self._terminal = terminal
        self.queue = LaneQueue(terminal, self._look_up, save, self._tell)
        self._outcome: LaneOutcome | None = None
        self._outcome_of = ""
        self._chosen = -1
        self._said = Preview()
        self._returned: list[CameBack] = []
        self._back = ("", "")
        """A line that came back into the input, and why."""
        self._queue_words = ""
        self._aside = TypedAside()
        self._answer_timer: Timer | None = None
        self._unsaved: DraftKeeper | None = None

    def compose(self) -> ComposeResult:
        """The line with what waits to be saved, and what it comes to."""
        with Horizontal(id="lane-line"):
            yield Static(" > ", classes="prompt", markup=False)
            yield LineInput(id="lane-text")
            yield Static("", id="lane-queue", markup=False)
        yield LanePreview(lane_columns(), id="lane-preview")

    def on_mount(self) -> None:
        """Ready to type at once; lines that an earlier end left unsaved come back."""
        self.line.focus()
        self.show()
        self._unsaved = DraftKeeper(self.screen, UNSAVED, self._terminal)
        start(self, self._take_up_unsaved)

    @property
    def line(self) -> LineInput:
        """Where one types."""
        return self.query_one("#lane-text", LineInput)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        preview = self.query_one(LanePreview)
        preview.columns = lane_columns()
        self._said = Preview()
        self.show()

    # -- lines that are entered and not saved ---------------------------------------------------

    async def _take_up_unsaved(self) -> None:
        assert self._unsaved is not None
        left = await self._unsaved.left_behind()
        self._returned.extend(CameBack(Line(left[key])) for key in sorted(left))
        if self.queue.question is None:
            self._take_up()

    def keep_line(self) -> None:
        """Keep also what is not entered yet: somebody else may sit here next."""
        self._keep_unsaved(self._aside.text, self.line.value)

    async def settled(self) -> None:
        """Wait until what was entered is saved, or waits for an answer."""
        # ASYNC110 asks for an event; a question ends the wait, too.
        while self.queue.running and self.queue.question is None:  # noqa: ASYNC110 two things end it
            await asyncio.sleep(_SETTLING_S)

    def _keep_unsaved(self, *typed: str) -> None:
        """What waits behind a question, or came back, survives a crash; most lines are saved
        before there is anything to keep."""
        lines = [*(back.line.text for back in self._returned), *self.queue.texts(), *typed]
        if self._unsaved is not None:
            self._unsaved.keep({f"{n:04}": text for n, text in enumerate(lines) if text})

    # -- reading the line ---------------------------------------------------------------------

    @on(Input.Changed, "#lane-text")
    def _typed(self, event: Input.Changed) -> None:
        since_s = self._aside.since_last_key(asyncio.get_running_loop().time())
        if self.queue.question is not None:
            self._typed_while_asked(self.queue.question, event.value, since_s)
            return
        self._chosen = -1
        self._outcome = None
        text = event.value
        if not text.strip():
            self.show()
            return
        parsed = parse(text)
        if not parsed.pieces:
            self._read(text, resolve(parsed, {}, self._terminal.identity.policy))
            return
        start(self, partial(self._look_up_and_tell, text), exclusive=True, group="look-up")

    async def _look_up_and_tell(self, text: str) -> None:
        self.post_message(self.Read(text, await self._look_up(text)))

    async def _look_up(self, text: str) -> LaneOutcome:
        parsed = parse(text)
        terminal = self._terminal
        found = await asyncio.gather(
            *(terminal.match([piece.terms], MATCHES_WANTED) for piece in parsed.pieces)
        )
        matches = dict(zip(parsed.pieces, found, strict=True))
        return resolve(parsed, matches, terminal.identity.policy)

    @on(Read)
    def _is_read(self, message: Read) -> None:
        if message.text == self.line.value and self.queue.question is None:
            self._read(message.text, message.outcome)

    def _read(self, text: str, outcome: LaneOutcome) -> None:
        self._outcome, self._outcome_of = outcome, text
        self.show()

    # -- showing ------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the line, or the question, comes to now."""
        question = self.queue.question
        policy = self._terminal.identity.policy
        preview = self._said if self._said.message else idle_preview()
        if question is not None:
            preview = question_preview(question, self._chosen, policy)
        elif self.line.value.strip():
            if self._outcome is None:
                return  # what stands there stays until the line is looked up
            came_back, why = self._back
            why = why if came_back == self.line.value else ""
            preview = outcome_preview(self._outcome, self._chosen, why, policy)
        self.query_one(LanePreview).show(preview)
        self._show_queue(len(self.queue) - (1 if question else 0))

    def _show_queue(self, waiting: int) -> None:
        words = _("{count} to save").format(count=waiting) if waiting > 0 else ""
        if words != self._queue_words:  # each update lays the row out anew
            self._queue_words = words
            self.query_one("#lane-queue", Static).update(words)

    def _say(self, words: str, tone: str) -> None:
        self._said = Preview(words, tone)
        self.show()

    # -- keys ---------------------------------------------------------------------------------

    @on(Input.Submitted, "#lane-text")
    def _entered(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if self.queue.question is not None:
            self._entered_while_asked(self.queue.question, text)
        elif text:
            self._enter_line(event.value)

    def _enter_line(self, text: str) -> None:
        outcome = self._outcome if self._outcome_of == text else None
        if isinstance(outcome, Wrong | Incomplete) and self._chosen < 0:
            self.app.bell()
            return
        if outcome is not None and self._chosen >= 0:
            chosen = candidates_of(outcome)[self._chosen]
            outcome = settle(chosen, self._terminal.identity.policy)
        self.enqueue(Line(text, outcome))

    def enqueue(self, item: Line | UndoLast) -> None:
        """Put a line, or an undo, behind what is being saved."""
        if isinstance(item, Line):
            self._outcome, self._chosen = None, -1
            self.line.value = ""
        self.queue.put(item)
        self._keep_unsaved()
        if not self.queue.running:
            start(self, self.queue.run, group="queue")
        self.show()

    def step(self, rows: int) -> None:
        """Along the candidates."""
        question = self.queue.question
        if question is not None and not question.is_decision:
            count = len(question.candidates)
        elif self._outcome is not None and question is None:
            count = len(candidates_of(self._outcome))
            count = 0 if count < 2 else count
        else:
            return
        self._chosen = max(-1, min(self._chosen + rows, count - 1))
        self.show()

    def back(self) -> None:
        """Out of a question: the line comes back. Else the line is emptied."""
        if self.queue.question is not None:
            self.queue.answer(None)
        else:
            self.line.value = ""
            self._said = Preview()
            self.show()

    # -- answering ----------------------------------------------------------------------------

    def _typed_while_asked(self, question: Question, text: str, since_s: float) -> None:
        if self._answer_timer is not None:
            self._answer_timer.stop()
            self._answer_timer = None
        if self._aside.continues(text, since_s):
            self._put_into_line(self._aside.take() + text)
        elif answered(question, text) is not None:
            self._answer_timer = self.set_timer(ANSWER_SILENCE_S, self._silence)

    def _silence(self) -> None:
        self._answer_timer = None
        question = self.queue.question
        if question is not None:
            check = answered(question, self.line.value)
            if check is not None:
                self._give(check)

    def _entered_while_asked(self, question: Question, text: str) -> None:
        check = answered(question, text)
        if check is not None:
            self._give(check)
        elif not text and self._chosen >= 0 and not question.is_decision:
            self._give(question.candidates[self._chosen])
        elif text:
            self.enqueue(Line(text))
        else:
            self.app.bell()

    def _give(self, check: LaneCheck) -> None:
        self._chosen = -1
        self.line.value = ""
        self.queue.answer(check)

    # -- what the queue says ------------------------------------------------------------------

    def _tell(self, news: News) -> None:
        self.post_message(self.Happened(news))

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        match message.news:
            case Question():
                self.app.bell()
                self._chosen = -1
                self._aside.put(self.line.value)
                self.line.value = ""
            case Kept(_, check):
                self._say(_("Saved: {check}").format(check=check_words(check)), "good")
            case Undone(check):
                self._say(_("Undone: {check}").format(check=check_words(check)), "wait")
            case NothingToUndo():
                self._say(_("Nothing left to undo here."), "quiet")
            case CameBack() as returned:
                self._came_back(returned)
        if self.queue.question is None:
            self._take_up()
        self._keep_unsaved()
        self.show()

    def _came_back(self, returned: CameBack) -> None:
        words = why_it_came_back(returned)
        if words:
            self.app.bell()
        if returned.line.text:
            self._returned.append(returned)
            words = f"{returned.line.text}: {words}" if words else ""
        self._said = Preview(words, "bad")

    def _take_up(self) -> None:
        """Put back into the line what was set aside, or a line that was not saved."""
        if self._aside.text:
            self._put_into_line(self._aside.take() + self.line.value)
        elif self._returned and not self.line.value and not len(self.queue):
            returned = self._returned.pop(0)
            self._back = (returned.line.text, why_it_came_back(returned))
            self._put_into_line(returned.line.text)

    def _put_into_line(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)
