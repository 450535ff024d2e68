"""The last contact is too long ago: what waits can be sent or exported, and nothing is read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from armband.client.door import Door
from armband.client.errors import ClientError
from armband.client.i18n import _, ngettext
from armband.client.terminal import Terminal
from armband.client.tui.screens.pick import AskDialog
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.widgets.title_line import sync_words
from armband.client.tui.work import start


class ExpiredScreen(ModalScreen[None]):
    """Stays until the office has been heard."""

    CSS_PATH = "lock.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "export", "Into a file", id="1-export"),
        Binding("ctrl+q", "leave", "Quit", id="2-quit"),
    ]

    def __init__(self, terminal: Terminal, door: Door) -> None:
        super().__init__()
        self._terminal = terminal
        self._door = door

    def compose(self) -> ComposeResult:
        """What has happened, what is safe, what there is to do."""
        with Vertical(id="lock"):
            yield Static(_("No contact with the office for too long"), id="lock-title")
            yield Static("", id="lock-why", markup=False)
            yield Static("", id="lock-said", markup=False)
            yield Static("", id="lock-facts", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Say it, and go on saying how it stands."""
        days = self._terminal.identity.policy.offline_days
        words = ngettext(
            "Nothing is shown {count} day after the last contact.",
            "Nothing is shown {count} days after the last contact.",
            days,
        )
        more = _(
            "Nothing is lost. This terminal goes on trying to reach the office: bring it to a "
            "network. As soon as the office answers, what waits is sent and everything is here "
            "again. 1 writes what waits into a file for the office."
        )
        why = self.query_one("#lock-why", Static)
        why.update(f"{words.format(count=days)}\n\n{more}")
        self.tick()
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """How it stands."""
        words = (text for text, _tone in sync_words(self._terminal.status))
        self.query_one("#lock-facts", Static).update("  ".join(words))

    def action_export(self) -> None:
        """Ask where to, and write what waits."""
        target = Path.home() / f"unsent-{self._terminal.today}.armband"

        def chosen(path: str | None) -> None:
            if path is not None:
                start(self, partial(self._export, Path(path).expanduser()))

        note = _("At the office: armband-server take FILE. Here they wait until the next sync.")
        dialog = AskDialog(_("Into which file?"), note, _path_problem, value=str(target))
        self.app.push_screen(dialog, chosen)

    async def _export(self, target: Path) -> None:
        try:
            done = await self._door.export(target)
        except (ClientError, OSError) as error:
            self._say(str(error))
            return
        if done.operations:
            words = _("{count} operations are in {file}")
            self._say(words.format(count=done.operations, file=target))
        else:
            self._say(_("Nothing waits: no file was made."))

    def _say(self, words: str) -> None:
        self.query_one("#lock-said", Static).update(words)

    def action_leave(self) -> None:
        """End the program."""
        self.app.exit()


def _path_problem(text: str) -> str:
    return "" if text else _("A name is needed.")
