"""A step of a record: what it asks for, and one key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.words import field_label, kind_label
from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.forms.draft_keeper import DraftKeeper
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.forms.texts import form_texts
from armband.client.tui.messages import RecordSaved, SaveFailed
from armband.client.tui.problems import invalid_words, problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import reference_names, searches
from armband.client.tui.text import Cell
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.work import start
from armband.shared.errors import InvalidRecord
from armband.shared.fields import FieldType, Patch, Value
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.workflow import STEP, Step


class StepScreen(DeskScreen):
    """The record in short, the fields of the step; saving leaves the screen.

    State, time and person of the step are filled by the recorder.
    """

    CSS_PATH = "step.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="1-save"),
        Binding("enter", "save", show=False),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(
        self,
        context: Context,
        entry: Entry,
        step: Step,
        *,
        known: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(context)
        self.entry = entry
        self.kind = CATALOGUE[entry.view.kind]
        self.step = step
        self._known = dict(known or {})
        self._start: dict[str, str] = {}
        self._saving = False
        filled = {step.moment, step.person}
        needed = [name for name in step.needs if name not in filled]
        self._names = tuple(dict.fromkeys((*step.asks, *needed)))
        form = f"step/{entry.view.id.hex()}/{step.name}"
        self._drafts = DraftKeeper(self, form, context.terminal)

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """The step, and the record."""
        title = self.context.title(self.entry)
        return f"{_(self.step.label)}  {kind_label(self.kind.name)}  {title}"

    def body(self) -> ComposeResult:
        """The record in short, what happens, the form."""
        yield FactList(id="step-facts")
        yield Static("", id="step-note", markup=False)
        yield RecordForm(
            self.kind,
            searches(self.context),
            names=self._names,
            needs=frozenset(self.step.needs),
            id="step-form",
        )

    @property
    def form(self) -> RecordForm:
        """The form."""
        return self.query_one(RecordForm)

    def on_mount(self) -> None:
        """Fill in what is there."""
        self._show()
        if self._names:
            self.form.focus_on(self._names[0])
        start(self, self._fill)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._show()

    def _show(self) -> None:
        view = self.entry.view
        facts = []
        for name in self.kind.columns:
            declared = self.kind.fields[name]
            if name in self._names or declared.type is FieldType.DIGEST:
                continue
            text = self.context.words(declared, view.fields.get(name), self.entry.names)
            if text:
                facts.append((field_label(self.kind.name, name), Cell(text)))
        self.query_one(FactList).facts = facts
        words = _("Enter or ^S: {step}. The time and your name are recorded with it.")
        self.query_one("#step-note", Static).update(words.format(step=_(self.step.label)))

    async def _fill(self) -> None:
        kept = {n: v for n, v in self.entry.view.fields.items() if n not in self.step.clears}
        fields = {**kept, **self._known}
        patch: Patch = {name: fields.get(name) for name in self._names}
        names = await reference_names(self.context, self.kind, patch)
        self._start = form_texts(self.kind, patch, {**self.entry.names, **names})
        left = await self._drafts.left_behind()
        self.form.fill({**self._start, **left})

    @on(RecordForm.Edited)
    def _edited(self) -> None:
        texts = self.form.texts()
        self._drafts.keep({n: t for n, t in texts.items() if t != self._start.get(n, "")})

    @on(RecordForm.Finished)
    def _finished(self) -> None:
        self.action_save()

    # -- saving -------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Take the step, or say what is missing. A second press saves nothing twice."""
        if self._saving:
            return
        patch = self.form.read(self.context.terminal.today)
        if patch is None:
            self.app.bell()
            return
        before = self.entry.view.fields
        changed = {n: value for n, value in patch.items() if value != before.get(n)}
        hidden = {n: v for n, v in self._known.items() if n not in self._names}
        self._saving = True
        whole: Patch = {**hidden, **changed, STEP: self.step.name}
        start(self, partial(self._save, whole), group="save")

    async def _save(self, patch: Patch) -> None:
        try:
            saved = await self.context.terminal.change(self.entry.view.id, patch)
        except InvalidRecord as error:
            self.post_message(SaveFailed(error.field, invalid_words(error)))
        except ClientError as error:
            self.post_message(SaveFailed("", problem_words(error)))
        else:
            await self._drafts.drop()
            self.post_message(RecordSaved(saved))

    def on_save_failed(self, message: SaveFailed) -> None:
        """Say what is wrong; everything typed stays."""
        message.stop()
        self._saving = False
        self.app.bell()
        if not (message.field and self.form.say_problem(message.field, message.problem)):
            self.notify(message.problem, severity="error", timeout=10)

    def on_record_saved(self, message: RecordSaved) -> None:
        """Back, with the good news."""
        message.stop()
        self.app.notify(_("Saved."))
        self.dismiss(None)

    def action_leave(self) -> None:
        """Back; what is typed stays as a draft."""
        self.dismiss(None)
