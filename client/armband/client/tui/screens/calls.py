"""Calls (来电): two keystrokes save one; then who called, the policy text, or a case."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.words import moment_text, option_label
from armband.client.tui.context import Context
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.problems import invalid_words, problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import searches
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.work import start
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch, Value
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.call import TOPIC_OPTIONS

KIND = CATALOGUE["call"]
_ASKED = ("caller", "phone", "note")


class CallDialog(ModalScreen[str | None]):
    """What is the call about? The digit saves it."""

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "about('policy')", "Policy question", id="1-1"),
        Binding("2", "about('returnee')", "Returnee check", id="1-2"),
        Binding("3", "about('request')", "Request", id="1-3"),
        Binding("escape", "leave", "Back", id="2-leave"),
    ]

    def compose(self) -> ComposeResult:
        """The question, and the three answers."""
        topics = KIND.fields["topic"]
        rows = [
            f"  {number}  {option_label(topics, option.code)}"
            for number, option in enumerate(TOPIC_OPTIONS, 1)
        ]
        with Vertical(id="dialog", classes="ask"):
            yield Static(_("A call: what about?"), id="dialog-title", markup=False)
            yield Static("\n".join(rows), id="dialog-note", markup=False)
        yield KeyBar()

    def action_about(self, topic: str) -> None:
        """Answer."""
        self.dismiss(topic)

    def action_leave(self) -> None:
        """It was no call."""
        self.dismiss(None)


class CallScreen(DeskScreen):
    """A call that is saved already: who it was, what was said, what comes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="1-save"),
        Binding("ctrl+n", "case", "Make a case", id="2-case", tooltip="A case out of this call"),
        Binding("ctrl+o", "policy", "Policy texts", id="3-policy", tooltip="What is in force"),
        Binding("escape", "save", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context, record: bytes, topic: str, at_ms: int) -> None:
        super().__init__(context)
        self.record = record
        self.topic = topic
        self._at_ms = at_ms
        self._saving = False

    def place_words(self) -> str:
        """What the call is about."""
        return f"{_('Call')}  {option_label(KIND.fields['topic'], self.topic)}"

    def body(self) -> ComposeResult:
        """That it is saved, then what may be added."""
        yield Static("", id="call-note", markup=False)
        yield RecordForm(KIND, searches(self.context), names=_ASKED, id="call-form")

    @property
    def form(self) -> RecordForm:
        """The form."""
        return self.query_one(RecordForm)

    def on_mount(self) -> None:
        """Say that it is saved."""
        self._say()
        self.form.focus_on(_ASKED[0])
        if self.topic == "policy":
            self.action_policy()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say()

    def _say(self) -> None:
        terminal = self.context.terminal
        clock = moment_text(self._at_ms, terminal.identity.policy, terminal.today)
        words = _("The call of {clock} is saved. What follows may stay empty; Esc saves it, too.")
        self.query_one("#call-note", Static).update(f" {words.format(clock=clock)}\n")

    @on(RecordForm.Finished)
    def _finished(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Keep what was added, and go back."""
        self._keep(then_case=False)

    def action_case(self) -> None:
        """Keep what was added; a case begins with it."""
        self._keep(then_case=True)

    def _keep(self, *, then_case: bool) -> None:
        patch = self.form.read(self.context.terminal.today)
        if patch is None or self._saving:
            self.app.bell()
            return
        self._saving = True
        given: Patch = {name: value for name, value in patch.items() if value is not None}
        start(self, partial(self._save, given, then_case=then_case), group="save")

    async def _save(self, given: Patch, *, then_case: bool) -> None:
        try:
            if given:
                await self.context.terminal.change(self.record, given)
        except InvalidRecord as error:
            self._saving = False
            self.form.say_problem(error.field, invalid_words(error))
            return
        except ClientError as error:
            self._saving = False
            self.notify(problem_words(error), severity="error")
            return
        app = self.app
        self.dismiss(None)
        if then_case:
            from armband.client.tui.screens.edit import EditScreen

            known = case_of_call(self.record, given)
            key = f"call:{self.record.hex()}"
            app.push_screen(EditScreen(self.context, "case", known=known, task=key))

    def action_policy(self) -> None:
        """Look up what is in force."""
        from armband.client.tui.screens.policy_texts import PolicyTextsScreen

        self.app.push_screen(PolicyTextsScreen(self.context))


def case_of_call(call: bytes, told: Patch) -> dict[str, Value]:
    """What a case holds already when it comes of a call."""
    note = str(told.get("note") or "")
    known: dict[str, Value] = {
        "call": call.hex(),
        "channel": "phone",
        "reporter": told.get("caller"),
        "reporter_phone": told.get("phone"),
        "brief": note[:200],
    }
    return {name: value for name, value in known.items() if value}


async def save_call(context: Context, topic: str) -> CallScreen:
    """Save a call at once; its screen."""
    terminal = context.terminal
    record, at_ms = terminal.new_id(), context.environment.now_ms()
    unit = min(terminal.identity.scope, key=lambda code: code.count("/"), default="")
    await terminal.record([Draft(KIND.name, record, unit, {"topic": topic, "at": at_ms})])
    return CallScreen(context, record, topic, at_ms)
