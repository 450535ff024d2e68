"""The locked screen: who, and the PIN. It shows nothing of anybody's work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from armband.client.door import Door
from armband.client.errors import ClientError, Locked
from armband.client.i18n import CHINESE, ENGLISH, _, language, ngettext, set_language
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.widgets.pin_input import PinInput
from armband.client.tui.work import start

_SHOWN = 9
"""People in sight; each of these has a digit."""


class LockScreen(ModalScreen[None]):
    """First who, then the PIN; whoever sat here before is chosen already.

    Args:
        door: the key ring.
        opened: called with who has unlocked.
        facts: what may be said to everybody; asked for each second.
        person: who is chosen at first.
        ask_who: begin with the list even so.
    """

    AUTO_FOCUS = ""
    CSS_PATH = "lock.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "OK", id="1-take"),
        Binding("escape", "who", "Another person", id="2-who"),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("f1", "forgotten", "Forgotten?", id="3-forgotten"),
        Binding("ctrl+l", "language", "中", id="4-language"),
        Binding("ctrl+q", "leave", "Quit", id="5-quit"),
        *(Binding(str(digit), f"choose({digit})", show=False) for digit in range(1, _SHOWN + 1)),
    ]

    def __init__(
        self,
        door: Door,
        opened: Callable[[str], None],
        facts: Callable[[], Sequence[str]] = lambda: (),
        *,
        person: str = "",
        ask_who: bool = False,
    ) -> None:
        super().__init__()
        self._door = door
        self._opened = opened
        self._facts = facts
        people = door.people
        self._at = people.index(person) if person in people else 0
        if ask_who and people:
            # Whoever leaves is not who comes.
            self._at = (self._at + 1) % len(people)
        self._asks_who = len(people) > 1 and (ask_who or person not in people)
        self._said = ""
        self._is_busy = False

    def compose(self) -> ComposeResult:
        """Title, people, PIN, what went wrong, what everybody may know."""
        with Vertical(id="lock"):
            yield Static("", id="lock-title", markup=False)
            yield Static("", id="lock-people", markup=False)
            with Horizontal(id="lock-pin-line"):
                yield Static("", id="lock-pin-label", markup=False)
                yield PinInput(id="lock-pin")
            yield Static("", id="lock-said", markup=False)
            yield Static("", id="lock-help", markup=False)
            yield Static("", id="lock-facts", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Ready to type."""
        self._show()
        self.set_interval(1.0, self.tick)

    @property
    def _person(self) -> str:
        return self._door.people[self._at]

    # -- what is shown ------------------------------------------------------------------------

    def _show(self) -> None:
        self._write("title", _("This terminal is locked"))
        if self._asks_who:
            self._write("people", "\n".join((_("Who are you?"), *self._rows())))
        else:
            self._write("people", self._person)
        self._write("pin-label", _("PIN: "))
        line = self.query_one("#lock-pin-line", Horizontal)
        line.display = not self._asks_who
        self.set_focus(None if self._asks_who else self.query_one(PinInput))
        self.refresh_bindings()
        self.tick()

    def _rows(self) -> list[str]:
        first = max(0, min(self._at - _SHOWN // 2, len(self._door.people) - _SHOWN))
        rows = []
        for index in range(first, min(first + _SHOWN, len(self._door.people))):
            digit = str(index + 1) if index < _SHOWN else " "
            mark = "›" if index == self._at else " "
            rows.append(f" {mark} {digit} {self._door.people[index]}")
        return rows

    def tick(self) -> None:
        """How long to wait, and what everybody may know."""
        said, wait = self._said, self._door.wait_s
        if self._is_busy:
            said = _("One moment ...")
        elif wait:
            words = ngettext("Wait {count} second.", "Wait {count} seconds.", wait)
            said = f"{said} {words.format(count=wait)}".strip()
        self._write("said", said)
        self._write("facts", "\n".join(self._facts()))

    def _write(self, piece: str, text: str) -> None:
        self.query_one(f"#lock-{piece}", Static).update(text)

    # -- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Another person can only be chosen where there is one."""
        if action == "who":
            return len(self._door.people) > 1 and not self._asks_who
        if action == "choose":
            return self._asks_who
        return super().check_action(action, parameters)

    def action_choose(self, number: int) -> None:
        """The person with this digit."""
        if number <= len(self._door.people):
            self._at = number - 1
            self._take_person()

    def action_step(self, rows: int) -> None:
        """Along the people."""
        if len(self._door.people) > 1:
            self._asks_who = True
            self._at = max(0, min(self._at + rows, len(self._door.people) - 1))
            self._show()

    def action_who(self) -> None:
        """Choose another person."""
        self._asks_who = True
        self.query_one(PinInput).value = ""
        self._show()

    def _take_person(self) -> None:
        self._asks_who = False
        self._said = ""
        self.query_one(PinInput).value = ""
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Take the person under the cursor, or try the PIN."""
        if self._asks_who:
            self._take_person()
            return
        line = self.query_one(PinInput)
        if self._is_busy or not line.value:
            return
        pin, line.value = line.value, ""
        if self._door.wait_s:
            self.app.bell()
            self.tick()
            return
        self._is_busy = True
        self.tick()
        start(self, partial(self._try, self._person, pin), group="unlock")

    async def _try(self, person: str, pin: str) -> None:
        try:
            await self._door.unlock(person, pin)
        except Locked:
            words = _("This is not the PIN (wrong {count} in a row).")
            self._said = words.format(count=self._door.failed)
            self.app.bell()
        except (ClientError, OSError) as error:
            self._said = str(error)
        else:
            self._said = ""
            self._opened(person)
        finally:
            self._is_busy = False
            self.tick()

    def action_forgotten(self) -> None:
        """What to do about a forgotten PIN."""
        words = _(
            "Another person of this terminal unlocks it, removes you (menu, People and PINs) and "
            "adds you anew. If nobody can, tell the office: it revokes this terminal and invites "
            "it again. What was not sent is then lost with the PIN: there is no second key."
        )
        shown = self.query_one("#lock-help", Static)
        self._write("help", "" if str(shown.content) else words)

    def action_language(self) -> None:
        """Chinese or English."""
        set_language(ENGLISH if language() == CHINESE else CHINESE)
        self._said = ""
        self._write("help", "")
        self.query_one(KeyBar).retranslate()
        self._show()

    def action_leave(self) -> None:
        """End the program."""
        self.app.exit()
