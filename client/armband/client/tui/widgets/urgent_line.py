"""A row on every screen while something cannot wait. It takes no key and no focus."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from armband.client.i18n import _, ngettext
from armband.client.i18n.duties import about_words, left_words
from armband.client.i18n.words import kind_label
from armband.client.tui.context import Context
from armband.client.tui.text import spread


class UrgentLine(Widget):
    """What it is, about whom, how long there is; and the key to it."""

    DEFAULT_CSS = """
    UrgentLine { height: 1; width: 100%; display: none; }
    UrgentLine.-some { display: block; }
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._desk = context

    def on_mount(self) -> None:
        """Count down."""
        self.look_again()
        self.set_interval(1.0, self._tick)

    def look_again(self) -> None:
        """The tasks are others now."""
        self.set_class(bool(self._desk.urgent.tasks), "-some")
        self.refresh()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh()

    def _tick(self) -> None:
        if self.display and self.screen.is_current:
            self.refresh()

    def render(self) -> RenderResult:
        """The row."""
        urgent = self._desk.urgent
        if not urgent.tasks:
            return Content("")
        first = urgent.tasks[0]
        terminal = self._desk.terminal
        count = ngettext("{count} waits for you", "{count} wait for you", urgent.count)
        left = left_words(first.due_ms, self._desk.environment.now_ms())
        about = about_words(first.entry, terminal.identity.policy, terminal.today)
        kind = kind_label(first.entry.view.kind)
        count = count.format(count=urgent.count)
        words = f" ! {count}  {left}  {_(first.duty.what)}: {kind} {about}"
        return Content(spread(words, _("F4 today") + " ", self.size.width))
