"""The visit form (走访): one contact with a household, then the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.entries import standing_word
from armband.client.i18n.words import moment_text, option_label
from armband.client.model import Entry, LedgerQuery
from armband.client.tui.context import Context
from armband.client.tui.forms.controls import RefControl
from armband.client.tui.forms.draft_keeper import DraftKeeper
from armband.client.tui.forms.last_answers import keep_answers, last_answers
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.messages import RecordSaved, SaveFailed
from armband.client.tui.problems import invalid_words, problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import searches
from armband.client.tui.work import start
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.ids import id_from_hex, new_record_id
from armband.shared.kinds import CATALOGUE, UNIT

KIND = CATALOGUE["visit"]
FORM = "new/visit"
HOUSEHOLD = "household"


class VisitScreen(DeskScreen):
    """The form, and above it what is known of the household that was chosen."""

    CSS_PATH = "visit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="1-save"),
        # An input would cut with this key before the screen hears of it.
        Binding("ctrl+x", "empty", "Empty", id="2-empty", tooltip="Empty the form", priority=True),
    ]

    @dataclass
    class Known(Message):
        """The household's last visit is looked up."""

        ref: str
        unit: str
        last: Entry | None

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._drafts = DraftKeeper(self, FORM, context.terminal)
        self._known: VisitScreen.Known | None = None
        self._looked_up = ""
        self._saving = False
        self._last: dict[str, str] = {}

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """New visit."""
        return _("New visit")

    def body(self) -> ComposeResult:
        """What is known, then the form."""
        yield Static("", id="visit-note", markup=False)
        names = [name for name, declared in KIND.fields.items() if declared.on_form]
        yield RecordForm(KIND, searches(self.context), names=names, id="visit-form")

    @property
    def form(self) -> RecordForm:
        """The form."""
        return self.query_one(RecordForm)

    def on_mount(self) -> None:
        """Ready to type; a draft comes back."""
        self.form.focus_on(HOUSEHOLD)
        start(self, self._take_up_draft)

    async def _take_up_draft(self) -> None:
        self._last = await last_answers(self.context.terminal, KIND)
        left = await self._drafts.left_behind()
        self.form.fill({**self._last, **left, **self.form.texts()})
        if left:
            control = self.form.control(HOUSEHOLD)
            assert isinstance(control, RefControl)
            self._looked_up = control.ref
            self._say(_("This is what was typed here before; nothing is saved yet."), "wait")

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._show_known()

    def _say(self, words: str, tone: str) -> None:
        note = self.query_one("#visit-note", Static)
        note.update(words)
        note.set_classes(f"note-{tone}")

    # -- the household ------------------------------------------------------------------------

    @on(RecordForm.Edited)
    def _edited(self) -> None:
        texts = self.form.texts()
        self._drafts.keep({n: t for n, t in texts.items() if t != self._last.get(n)})
        self._household_changed()

    def _household_changed(self) -> None:
        control = self.form.control(HOUSEHOLD)
        assert isinstance(control, RefControl)
        if control.ref == self._looked_up:
            return
        self._looked_up = control.ref
        self._known = None
        self._say("", "quiet")
        if control.ref:
            start(self, partial(self._look_up, control.ref), exclusive=True, group="known")

    async def _look_up(self, ref: str) -> None:
        """Find the last visit, so that nobody visits twice unawares."""
        terminal = self.context.terminal
        household = await terminal.entry(id_from_hex(ref))
        unit = household.view.unit if household else ""
        page = await terminal.ledger(LedgerQuery("visit", about=ref), 0, 1)
        self.post_message(self.Known(ref, unit, next(iter(page.entries), None)))

    def on_visit_screen_known(self, message: Known) -> None:
        """Show the last visit; one of today is likely the same one."""
        if message.ref == self._looked_up:
            self._known = message
            self._show_known()

    def _show_known(self) -> None:
        known = self._known
        if known is None:
            return
        if known.last is None:
            self._say(_("No earlier visit to this household."), "quiet")
            return
        view = known.last.view
        at = view.fields.get("at")
        terminal = self.context.terminal
        when = (
            moment_text(at, terminal.identity.policy, terminal.today) if isinstance(at, int) else ""
        )
        words = "  ".join(
            (
                when,
                option_label(KIND.fields["channel"], view.text("channel")),
                option_label(KIND.fields["outcome"], view.text("outcome")),
                standing_word(known.last.standing),
            )
        )
        if view.text("day") == terminal.today:
            told = _("! Visited today already: {visit}. Saving records one more.")
            self._say(told.format(visit=words), "wait")
        else:
            self._say(_("Last visit: {visit}").format(visit=words), "quiet")

    # -- saving -------------------------------------------------------------------------------

    @on(RecordForm.Finished)
    def _finished(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Save, or say what is wrong. A second press while saving saves nothing twice."""
        if self._saving:
            return
        patch = self.form.read(self.context.terminal.today)
        if patch is None:
            self.app.bell()
            return
        self._saving = True
        start(self, partial(self._save, patch), group="save")

    async def _save(self, patch: Patch) -> None:
        terminal = self.context.terminal
        fields: Patch = {name: value for name, value in patch.items() if value is not None}
        household = await terminal.entry(id_from_hex(str(fields[HOUSEHOLD])))
        unit = household.view.unit if household else ""
        environment = self.context.environment
        record = new_record_id(environment.now_ms(), environment.random_bytes(10))
        try:
            saved = await terminal.record([Draft(KIND.name, record, unit, fields)])
        except InvalidRecord as error:
            self.post_message(SaveFailed(error.field, invalid_words(error)))
        except ClientError as error:
            self.post_message(SaveFailed("", problem_words(error)))
        else:
            await keep_answers(terminal, KIND, fields)
            self._last = await last_answers(terminal, KIND)
            await self._drafts.drop()
            self.post_message(RecordSaved(saved[0]))

    def on_save_failed(self, message: SaveFailed) -> None:
        """Say what is wrong; everything typed stays."""
        message.stop()
        self._saving = False
        self.app.bell()
        field = HOUSEHOLD if message.field == UNIT else message.field
        if not (field and self.form.say_problem(field, message.problem)):
            self._say(_("Not saved: {problem}").format(problem=message.problem), "bad")

    def on_record_saved(self, message: RecordSaved) -> None:
        """Say what was saved and be ready for the next one."""
        message.stop()
        self._saving = False
        control = self.form.control(HOUSEHOLD)
        assert isinstance(control, RefControl)
        told = _("Saved: {visit}").format(visit=control.label)
        self.form.fill(self._last)
        self._looked_up, self._known = "", None
        self.form.focus_on(HOUSEHOLD)
        self._say(told, "good")

    def action_empty(self) -> None:
        """Empty the form and forget its draft."""
        self.form.fill({})
        self._looked_up, self._known = "", None
        self.form.focus_on(HOUSEHOLD)
        self._say("", "quiet")
        start(self, self._drafts.drop)
