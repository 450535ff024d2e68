"""People and PINs of this terminal: the first person, another one, a new PIN, one who leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from armband.client.door import Door
from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.keyring import SHORTEST_PIN, person_problem
from armband.client.terminal import Terminal
from armband.client.tui.screens.pick import AskDialog, Choice, PickDialog
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.widgets.pin_input import PinInput
from armband.client.tui.work import start

_ADD, _CHANGE, _REMOVE = "+", "=", "-"


class NewPinDialog(ModalScreen[str | None]):
    """A new PIN, typed twice. Escape answers nothing."""

    CSS_PATH: ClassVar = ["pick.tcss", "lock.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "OK", id="1-take"),
        Binding("escape", "leave", "Back", id="2-leave"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, person: str) -> None:
        super().__init__()
        self._person = person

    def compose(self) -> ComposeResult:
        """Whose, how long, twice, what is wrong."""
        with Vertical(id="dialog", classes="ask"):
            yield Static(
                _("The PIN of {person}").format(person=self._person),
                id="dialog-title",
                markup=False,
            )
            note = _("At least {count} digits or letters. Nobody can give it back.")
            yield Static(note.format(count=SHORTEST_PIN), id="dialog-note", markup=False)
            for name, label in (("first", _("new PIN: ")), ("again", _("the same again: "))):
                with Horizontal(classes="pin-line"):
                    yield Static(label, classes="pin-label", markup=False)
                    yield PinInput(id=f"pin-{name}")
            yield Static("", id="dialog-problem", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#pin-first").focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """On to the second line, or answer."""
        first, again = (self.query_one(f"#pin-{name}", PinInput) for name in ("first", "again"))
        problem = ""
        if len(first.value) < SHORTEST_PIN:
            problem = _("a PIN has at least {count} characters").format(count=SHORTEST_PIN)
            first.focus()
        elif not again.value:
            again.focus()
        elif first.value != again.value:
            problem = _("the two are not the same: nothing was changed")
            again.value = ""
            again.focus()
        else:
            self.dismiss(first.value)
            return
        self.query_one("#dialog-problem", Static).update(problem)
        if problem:
            self.app.bell()

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class Pins:
    """What can be done about the people of a terminal, one question after the other.

    Args:
        app: where the questions are asked.
        terminal: who sits here.
        door: the key ring.
        changed: called when who sits here, or whether anybody has to unlock, is different now.
    """

    def __init__(
        self, app: App[None], terminal: Terminal, door: Door, changed: Callable[[], None]
    ) -> None:
        self._app = app
        self._terminal = terminal
        self._door = door
        self._changed = changed

    def ask(self) -> None:
        """What to do."""
        if not self._door.can_have_people:
            words = _("this terminal's store is not encrypted: a PIN would protect nothing")
            self._app.notify(words, severity="warning")
            return
        people = self._door.people
        choices = [Choice(_ADD, _("Add a person") if people else _("Set a PIN: the first person"))]
        if self._terminal.person in people:
            choices.append(Choice(_CHANGE, _("Change my PIN"), self._terminal.person))
        choices += [
            Choice(_REMOVE + name, _("Remove: {person}").format(person=name))
            for name in people
            if name != self._terminal.person or len(people) == 1
        ]
        self._app.push_screen(PickDialog(_("People and PINs"), _find(choices)), self._chosen)

    def _chosen(self, what: str | None) -> None:
        if what == _ADD:
            first = "" if self._door.people else self._terminal.identity.person
            note = _("The name stands in everything that this person records.")
            dialog = AskDialog(_("Who?"), note, self._name_problem, value=first)
            self._app.push_screen(dialog, self._named)
        elif what == _CHANGE:
            self._named(self._terminal.person)
        elif what:
            self._ask_again(what.removeprefix(_REMOVE))

    def _name_problem(self, name: str) -> str:
        if name in self._door.people:
            return _("{person} has a PIN already").format(person=name)
        return person_problem(name)

    def _named(self, person: str | None) -> None:
        if person is None:
            return

        def typed(pin: str | None) -> None:
            if pin is not None:
                start(self._app, partial(self._do, self._door.set_pin(person, pin), "set"))

        self._app.push_screen(NewPinDialog(person), typed)

    def _ask_again(self, person: str) -> None:
        choices = [
            Choice("", _("Back")),
            Choice(person, _("Remove: {person}").format(person=person)),
        ]
        last = _("Nobody will have to unlock this terminal any more.")
        title = last if len(self._door.people) == 1 else _("This PIN opens nothing any more.")

        def sure(answer: str | None) -> None:
            if answer:
                start(self._app, partial(self._do, self._door.remove(answer), "removed"))

        self._app.push_screen(PickDialog(title, _find(choices)), sure)

    async def _do(self, work: Awaitable[None], what: str) -> None:
        try:
            await work
        except (ClientError, OSError) as error:
            self._app.notify(str(error), severity="error")
            return
        if bool(self._door.people) != bool(self._terminal.person):
            await self._terminal.sit_down(self._door.sitting)
        self._changed()
        if what == "removed":
            self._app.notify(_("The PIN is removed."))
        else:
            self._app.notify(
                _(
                    "The PIN is set. Whoever forgets it enrols again; "
                    "nobody can open this store without one."
                ),
                timeout=10,
            )


def _find(choices: Sequence[Choice[str]]) -> Callable[[str], Awaitable[Sequence[Choice[str]]]]:
    async def find(typed: str) -> Sequence[Choice[str]]:
        wanted = typed.strip().lower()
        return [choice for choice in choices if wanted in choice.label.lower()]

    return find
