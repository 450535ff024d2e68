"""What all screens have in common: the title row, the footer, and how news reaches them."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from armband.client.tui.context import Context
from armband.client.tui.messages import (
    IdentityMoved,
    RecordsMoved,
    RollupsMoved,
    StatusMoved,
    UrgentMoved,
)
from armband.client.tui.widgets.key_bar import KeyBar
from armband.client.tui.widgets.title_line import TitleLine
from armband.client.tui.widgets.urgent_line import UrgentLine


def retranslate(root: Widget) -> None:
    """Let every piece below ``root`` ask again for its words."""
    for widget in root.walk_children(Widget, with_self=False):
        again = getattr(widget, "retranslate", None)
        if again is not None:
            again()


class DeskScreen(Screen[None]):
    """A screen with the title row above and the keys below its body.

    It talks to the engine in workers only; news from the engine comes as messages.
    """

    AUTO_FOCUS = ""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    @abstractmethod
    def place_words(self) -> str:
        """Where one is, for the title row."""

    @abstractmethod
    def body(self) -> ComposeResult:
        """The pieces between the title row and the keys."""

    def compose(self) -> ComposeResult:
        """Title, what cannot wait, body, keys."""
        yield TitleLine()
        yield UrgentLine(self.context)
        yield from self.body()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known at once."""
        self.show_place()
        self.query_one(TitleLine).status = self.context.terminal.status

    def show_place(self) -> None:
        """Write the title anew."""
        person, words = self.context.terminal.person, self.place_words()
        self.query_one(TitleLine).place = f"{person} · {words}" if person else words

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.show_place()
        retranslate(self)

    def on_status_moved(self, message: StatusMoved) -> None:
        """The sync line has changed."""
        self.query_one(TitleLine).status = message.status

    def on_identity_moved(self, _message: IdentityMoved) -> None:
        """Role or scope has changed: other keys may work now."""
        self.show_place()
        self.refresh_bindings()

    def on_urgent_moved(self, _message: UrgentMoved) -> None:
        """What cannot wait is something else now."""
        self.query_one(UrgentLine).look_again()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Records of some kinds may look different."""

    def on_rollups_moved(self, message: RollupsMoved) -> None:
        """Figures have changed."""
