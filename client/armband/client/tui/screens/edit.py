"""A form over any kind: a new record, a correction, or the mending of a refused operation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.places import path_words
from armband.client.i18n.words import field_label, kind_label
from armband.client.model import Entry, Refused
from armband.client.tui.context import Context
from armband.client.tui.forms.draft_keeper import DraftKeeper
from armband.client.tui.forms.last_answers import keep_answers, last_answers
from armband.client.tui.forms.lookalikes import Lookalikes
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.forms.texts import form_fields, form_texts
from armband.client.tui.messages import RecordSaved, SaveFailed
from armband.client.tui.problems import invalid_words, problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.detail import reason_problem
from armband.client.tui.screens.find import reference_names, searches
from armband.client.tui.screens.pages import open_record
from armband.client.tui.screens.pick import AskDialog
from armband.client.tui.widgets.paged_list import PagedList
from armband.client.tui.work import start
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch, Value
from armband.shared.ids import new_record_id
from armband.shared.kinds import CATALOGUE, UNIT
from armband.shared.kinds.declare import REASON
from armband.shared.masks import masked_value


class EditScreen(DeskScreen):
    """The fields of one record; saving leaves the screen."""

    CSS_PATH = "edit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="1-save"),
        Binding("f9", "alike", "Found", id="2-alike", tooltip="Records that look like this one"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(
        self,
        context: Context,
        kind: str,
        *,
        unit: str = "",
        entry: Entry | None = None,
        refused: Refused | None = None,
        known: Mapping[str, Value] | None = None,
        task: str = "",
    ) -> None:
        """Make the screen.

        Args:
            context: engine and clock.
            kind: of the record.
            unit: of a new record, to start with.
            entry: the record to correct; None makes a new one.
            refused: the operation of the tray to mend.
            known: what a new record holds already; what the form does not show is saved, too.
            task: the key of the duty that it does: each has a draft of its own.
        """
        super().__init__(context)
        self.kind = CATALOGUE[kind]
        self.entry = entry
        self.refused = refused
        self._unit = unit
        self._known = dict(known or {})
        self._before: Patch = {}
        self._start: dict[str, str] = {}
        self._masked: dict[str, tuple[str, Value]] = {}
        self._saving = False
        changes = refused is not None and not refused.is_new
        self._names = tuple(refused.patch) if refused and changes else form_fields(self.kind)
        form = "/".join(("new", kind, task) if task else ("new", kind))
        if entry is not None:
            form = f"edit/{entry.view.id.hex()}"
        if refused is not None:
            form = f"mend/{refused.op.hex()}"
        self._drafts = DraftKeeper(self, form, context.terminal)

    def place_words(self) -> str:
        """What is made or changed."""
        label = kind_label(self.kind.name)
        if self.refused is not None:
            return f"{_('Mend and send again')}  {label}"
        if self.entry is None:
            return f"{_('New record')}  {label}"
        title = self.context.title(self.entry)
        return f"{_('Correct')}  {label}  {title}"

    def body(self) -> ComposeResult:
        """The form."""
        names = [name for name in self._names if name == UNIT or name in self.kind.fields]
        yield RecordForm(self.kind, searches(self.context), names=names, id="edit-form")
        yield Lookalikes(self.context, self.kind)

    def on_mount(self) -> None:
        """Fill in what is there, then what a crash left behind."""
        self.form.focus_on(self.form.names[0])
        start(self, self._fill)

    @property
    def form(self) -> RecordForm:
        """The form."""
        return self.query_one(RecordForm)

    async def _fill(self) -> None:
        units = await self.context.terminal.units()
        patch: Patch = {}
        names: dict[str, str] = {}
        if self.entry is not None:
            patch = {**self.entry.view.fields, UNIT: self.entry.view.unit}
            names = dict(self.entry.names)
        elif self.refused is not None:
            patch = dict(self.refused.patch)
        else:
            patch = {**await last_answers(self.context.terminal, self.kind), **self._known}
            if self._unit or len(self.context.terminal.identity.scope) == 1:
                patch[UNIT] = self._unit or self.context.terminal.identity.scope[0]
            names = await reference_names(self.context, self.kind, patch)
        unit = patch.get(UNIT)
        if isinstance(unit, str) and unit:
            names[unit] = path_words(unit, units)
        texts = form_texts(self.kind, patch, names)
        if self.entry is not None:
            self._masked = self._masks(patch)
            texts |= {name: mask for name, (mask, _value) in self._masked.items()}
        self._start = texts
        self._before = {name: patch.get(name) for name in self.form.names}
        left = await self._drafts.left_behind()
        self.form.fill({**texts, **left})
        if left:
            self.notify(_("This is what was typed here before; nothing is saved yet."))

    def _masks(self, patch: Patch) -> dict[str, tuple[str, Value]]:
        """What stands in the form for values that are masked, and these values."""
        names = self.context.names_masked
        shown = {
            name: masked_value(self.kind.fields[name], patch[name], names=names)
            for name in self.form.names
            if name in self.kind.fields and patch.get(name) is not None
        }
        return {n: (str(mask), patch[n]) for n, mask in shown.items() if mask != patch[n]}

    @on(RecordForm.Edited)
    def _edited(self) -> None:
        """Keep what differs from the record: the rest may be newer when the draft is taken up."""
        texts = self.form.texts()
        if self.entry is None and self.refused is None:
            self.query_one(Lookalikes).look(texts)
        changed = {
            name: texts.get(name, "")
            for name in self.form.names
            if texts.get(name, "") != self._start.get(name, "")
        }
        self._drafts.keep(changed)

    @on(RecordForm.Finished)
    def _finished(self) -> None:
        self.action_save()

    # -- saving -------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Save, or say what is wrong. A second press while saving saves nothing twice."""
        if self._saving:
            return
        patch = self.form.read(self.context.terminal.today, self._masked)
        if patch is None:
            self.app.bell()
            return
        if self.entry is None:
            self._save(patch)
            return
        changed = {name: value for name, value in patch.items() if value != self._before[name]}
        if not changed:
            self.notify(_("Nothing is changed."))
            return

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._save({**changed, REASON: reason})

        labels = [field_label(self.kind.name, name) for name in changed]
        note = _("Changed: {fields}").format(fields=", ".join(labels))
        self.app.push_screen(AskDialog(_("Why correct it?"), note, reason_problem), answered)

    def _save(self, patch: Patch) -> None:
        self._saving = True
        start(self, partial(self._saved, patch), group="save")

    async def _saved(self, patch: Patch) -> None:
        terminal = self.context.terminal
        try:
            if self.refused is not None:
                saved = await terminal.mend(self.refused.op, patch)
            elif self.entry is not None:
                saved = await terminal.change(self.entry.view.id, patch)
            else:
                draft = self._draft(patch)
                if await terminal.entry(draft.id) is not None:
                    self.post_message(SaveFailed(next(iter(draft.fields)), _already_here()))
                    return
                saved = (await terminal.record([draft]))[0]
                await keep_answers(terminal, self.kind, draft.fields)
        except InvalidRecord as error:
            self.post_message(SaveFailed(error.field, invalid_words(error)))
        except ClientError as error:
            self.post_message(SaveFailed("", problem_words(error)))
        else:
            await self._drafts.drop()
            self.post_message(RecordSaved(saved))

    def _draft(self, patch: Patch) -> Draft:
        environment = self.context.environment
        hidden = {n: value for n, value in self._known.items() if n not in self.form.names}
        whole = {**hidden, **patch}
        fields: Patch = {name: value for name, value in whole.items() if value is not None}
        unit = fields.pop(UNIT)
        office = self.context.terminal.identity.office
        record = self.kind.natural_id(office, str(unit), fields) or new_record_id(
            environment.now_ms(), environment.random_bytes(10)
        )
        return Draft(self.kind.name, record, str(unit), fields)

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

    # -- records that look alike ---------------------------------------------------------------

    @on(Lookalikes.Shown)
    def _alike_shown(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """There is a way to records that look alike while there are some."""
        return action != "alike" or bool(self.query(Lookalikes).filter(".-some"))

    def action_alike(self) -> None:
        """To the records that look like this one."""
        self.query_one(Lookalikes).rows.focus()

    @on(PagedList.Chosen)
    def _open_alike(self, event: PagedList.Chosen) -> None:
        if isinstance(event.row, Entry):
            open_record(self.app, self.context, event.row.view.id)

    def action_leave(self) -> None:
        """From the records that look alike into the form; else back, with a draft kept."""
        if self.query_one(Lookalikes).rows.has_focus:
            self.form.focus_on(self.form.names[0])
            return
        self.dismiss(None)


def _already_here() -> str:
    """The same door is the same record: a new one would write over it."""
    return _("It is in the register already: find it in the ledger and correct it there.")
