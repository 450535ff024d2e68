"""One record: all its fields, its conflicts, its history; correct, void, settle."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.entries import STANDING_TONE, standing_word
from armband.client.i18n.places import path_words
from armband.client.i18n.words import author_word, field_label, kind_label, moment_text, step_label
from armband.client.model import Entry, History, Standing
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.pick import AskDialog
from armband.client.tui.screens.reveal import Reveals
from armband.client.tui.text import Cell
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.work import start
from armband.shared.errors import InvalidRecord
from armband.shared.fields import FieldType, Value
from armband.shared.kinds import CATALOGUE, UNIT
from armband.shared.kinds.declare import MAX_VOID_REASON, REASON
from armband.shared.kinds.workflow import DIGITS, STEP, Step
from armband.shared.permissions import Right, Role, may_write, only_hands_in, roles_with
from armband.shared.wire import UnitName

RIGHTS = {
    "correct": Right.WRITE,
    "void": Right.ADMINISTER,
    "settle": Right.SETTLE,
    "same": Right.ADMINISTER,
}
"""What each key of this page asks for."""


class DetailScreen(DeskScreen):
    """Facts above, history below; digits act."""

    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "correct", "Correct", id="1-correct", tooltip="Change fields, with a reason"),
        Binding("2", "void", "Void", id="2-void", tooltip="Void the record, with a reason"),
        Binding("3", "settle", "Settle", id="3-settle", tooltip="Choose between two values"),
        *(Binding(str(digit), f"step({digit})", show=False) for digit in DIGITS),
        Binding("f9", "reveal", "Show", id="7-reveal", tooltip="Masked values, with a reason"),
        Binding("0", "same", "Same as", id="8-same", tooltip="Another record is of the same"),
        Binding("escape", "leave", "Back", id="9-leave"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
    ]

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context)
        self.record = record
        self.entry: Entry | None = None
        self.history: History | None = None
        self._place = ""
        self._units: Mapping[str, UnitName] = {}
        self._reveals = Reveals(self, context, self._show)

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Kind and title."""
        if self.entry is None:
            return _("Ledger")
        title = self.context.title(self.entry, masked=not self._reveals.shown)
        return f"{kind_label(self.entry.view.kind)}  {title}"

    def body(self) -> ComposeResult:
        """Facts, then the history."""
        yield FactList(id="detail-facts")
        yield Static("", id="detail-head", markup=False)
        yield FactList(id="detail-history")

    def on_mount(self) -> None:
        """Read the record."""
        self._read_again()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._show()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody may have changed it."""
        if self.entry is None or self.entry.view.kind in message.kinds:
            self._read_again()

    def _read_again(self) -> None:
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        terminal = self.context.terminal
        self.entry = await terminal.entry(self.record)
        if self.entry is not None:
            self._units = await terminal.units()
            self._place = path_words(self.entry.view.unit, self._units)
        self._show()
        self.history = await terminal.history(self.record)
        self._show()

    def _show(self) -> None:
        self.show_place()
        self.refresh_bindings()
        if self.entry is not None:
            self.query_one("#detail-facts", FactList).facts = self._facts(self.entry)
        words = _("History")
        if self.history is not None and not self.history.complete:
            words += "  " + _("(offline: only what this terminal knows)")
        self.query_one("#detail-head", Static).update(words)
        if self.history is not None:
            self.query_one("#detail-history", FactList).facts = self._operations(self.history)

    def _state(self, entry: Entry) -> list[tuple[str, Cell]]:
        """Where the record stands in its workflow; above everything else."""
        workflow = CATALOGUE[entry.view.kind].workflow
        if workflow is None:
            return []
        declared = CATALOGUE[entry.view.kind].fields[workflow.field]
        words = self.context.words(declared, entry.view.fields.get(workflow.field), entry.names)
        if workflow.field in entry.view.conflicts:
            told = _("two people took different steps; settle which one stands")
            return [(_("State"), Cell(f"{words}  ! {told}", "wait"))]
        return [(_("State"), Cell(words, "good"))]

    def _facts(self, entry: Entry) -> list[tuple[str, Cell]]:
        view = entry.view
        kind = CATALOGUE[view.kind]
        facts = []
        if view.void:
            facts.append((_("Voided"), Cell(view.void, "bad")))
        if view.same_as:
            name = entry.names.get(view.same_as) or view.same_as[:8]
            told = _("counts nowhere; both histories stay")
            facts.append((_("Same as"), Cell(f"{name}  ({told})", "wait")))
        facts += self._state(entry)
        for name, declared in kind.fields.items():
            value = view.fields.get(name)
            if kind.workflow is not None and name == kind.workflow.field:
                continue
            if declared.type is FieldType.DIGEST or (value is None and not declared.on_form):
                continue
            text = self.context.words(declared, value, entry.names, masked=not self._reveals.shown)
            if name in view.conflicts:
                facts.append(
                    (field_label(kind.name, name), Cell(f"{text}  ! {_('Conflict')}", "wait"))
                )
            elif text:
                facts.append((field_label(kind.name, name), Cell(text)))
        facts.append((_("Unit"), Cell(f"{self._place}  {view.unit}", "quiet")))
        if view.text(REASON):
            facts.append((_("Reason"), Cell(view.text(REASON))))
        standing = entry.standing
        facts.append((_("Standing"), Cell(standing_word(standing), STANDING_TONE[standing])))
        if only_hands_in(Role(self.context.terminal.identity.role), view.kind):
            told = _("as it was written here; what becomes of it is not sent to this terminal")
            facts.append(("", Cell(told, "quiet")))
        return facts

    # -- history ------------------------------------------------------------------------------

    def _operations(self, history: History) -> list[tuple[str, Cell]]:
        """Newest first: when and who, what was set, where it stands."""
        terminal = self.context.terminal
        facts = []
        for row in reversed(history.entries):
            when = moment_text(row.at_ms, terminal.identity.policy, terminal.today)
            doubt = f"! {_('clock in doubt')}  " if row.suspect else ""
            standing = standing_word(row.standing)
            words = f"{doubt}{self._patch_words(row.patch)}  [{standing}]"
            tone = "" if row.standing is Standing.HELD else STANDING_TONE[row.standing]
            facts.append((f"{when} {author_word(row.author)}", Cell(words, tone)))
        return facts

    def _patch_words(self, patch: dict[str, Value]) -> str:
        kind = CATALOGUE[self.entry.view.kind] if self.entry else None
        names = self.entry.names if self.entry else {}
        parts = []
        for name, value in patch.items():
            declared = kind.fields.get(name) if kind else None
            if name == STEP and kind is not None:
                parts.append(step_label(kind, str(value)))
                continue
            if name == UNIT:
                unit = self._units.get(str(value))
                words = unit.name if unit else str(value)
            elif declared is None:
                words = str(value)
            elif not declared.on_form:
                continue
            else:
                words = self.context.words(declared, value, names)
            label = field_label(kind.name, name) if kind else name
            if name == REASON:
                label = _("Reason")
            parts.append(f"{label} {words or '-'}")
        return "  ".join(parts)

    # -- actions ------------------------------------------------------------------------------

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """What may be done depends on the role, on voiding and on conflicts."""
        if action == "reveal":
            return self._reveals.can_show(self.entry)
        return action not in RIGHTS or self._may_change(action)

    def _may_change(self, action: str) -> bool:
        entry = self.entry
        if entry is None or entry.view.void:
            return False
        view, identity = entry.view, self.context.terminal.identity
        role = Role(identity.role)
        if not may_write(role, view.kind, view.unit, identity.scope):
            return False
        if role not in roles_with(RIGHTS[action], view.kind):
            return False
        if action == "same":
            return view.kind != UNIT
        return bool(view.conflicts) if action == "settle" else True

    def action_correct(self) -> None:
        """Change fields."""
        from armband.client.tui.screens.edit import EditScreen

        if self.entry is not None:
            self.app.push_screen(EditScreen(self.context, self.entry.view.kind, entry=self.entry))

    def action_settle(self) -> None:
        """Choose between the values of a conflict."""
        from armband.client.tui.screens.settle import SettleScreen

        self.app.push_screen(SettleScreen(self.context, self.record))

    def action_void(self) -> None:
        """Void, once a reason is given."""

        def answered(reason: str | None) -> None:
            if reason is not None:
                start(self, partial(self._void, reason))

        note = _("The record stays in the ledger as voided and counts nowhere.")
        self.app.push_screen(AskDialog(_("Why void it?"), note, reason_problem), answered)

    async def _void(self, reason: str) -> None:
        try:
            await self.context.terminal.void(self.record, reason)
        except (InvalidRecord, ClientError) as error:
            self.notify(problem_words(error), severity="error")
        else:
            self.notify(_("Voided."))

    def action_reveal(self) -> None:
        """Show what is masked, for a minute, once it is said why."""
        if self.entry is not None:
            self._reveals.ask(self.entry)

    def on_screen_suspend(self) -> None:
        """Another screen lies over it: nothing stays shown underneath."""
        self._reveals.hide()

    def action_same(self) -> None:
        """Choose the record that stands for this one, or take that back."""
        from armband.client.tui.screens.same import choose_same

        if self.entry is not None:
            choose_same(self, self.entry)

    # -- steps --------------------------------------------------------------------------------

    def steps(self) -> Mapping[int, Step]:
        """The steps that lead on from where the record stands, if this terminal may take them."""
        entry = self.entry
        if entry is None or not self.check_action("correct", ()):
            return {}
        workflow = CATALOGUE[entry.view.kind].workflow
        if workflow is None or workflow.field in entry.view.conflicts:
            return {}
        return workflow.keys(entry.view.text(workflow.field))

    def keys_now(self) -> list[Binding]:
        """The keys of the steps, for footer, help and menu."""
        return [
            Binding(str(digit), f"step({digit})", step.label)
            for digit, step in self.steps().items()
        ]

    def action_step(self, digit: int) -> None:
        """Take a step, once what it asks for is given."""
        step = self.steps().get(digit)
        if self.entry is not None and step is not None:
            from armband.client.tui.screens.step import StepScreen

            self.app.push_screen(StepScreen(self.context, self.entry, step))

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Along the history."""
        self.query_one("#detail-history", FactList).scroll_relative(y=rows, animate=False)


def reason_problem(text: str) -> str:
    """What is wrong with a reason."""
    if not text:
        return _("A reason is needed.")
    if len(text) > MAX_VOID_REASON:
        return _("At most {count} characters.").format(count=MAX_VOID_REASON)
    return ""
