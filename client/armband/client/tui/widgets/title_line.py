"""The first row: where one is, and the truth about sync, always in sight."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from armband.client.i18n import _
from armband.client.model import SyncStatus
from armband.client.tui.text import fit


def sync_words(status: SyncStatus) -> list[tuple[str, str]]:
    """The sync line in pieces of (words, tone), the most important last."""
    words = [
        (_("Written {count}").format(count=status.written), ""),
        (_("Held {count}").format(count=status.held), "good"),
        (_("Waiting {count}").format(count=status.waiting), "wait" if status.waiting else ""),
    ]
    if status.refused:
        words.append((_("Refused {count}").format(count=status.refused), "bad"))
    if status.conflicts:
        words.append((_("Conflicts {count}").format(count=status.conflicts), "wait"))
    if status.revoked:
        words.append((_("REVOKED"), "bad"))
    elif status.fork:
        words.append((_("COPIED FILE"), "bad"))
    elif not status.connected:
        words.append((_("Offline"), "wait"))
    elif not status.office_writable:
        words.append((_("Office cannot write"), "bad"))
    return words


class TitleLine(Widget):
    """Title on the left, sync on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "title--place",
        "title--good",
        "title--wait",
        "title--bad",
    }
    DEFAULT_CSS = """
    TitleLine { dock: top; height: 1; width: 100%; }
    """
    place: reactive[str] = reactive("")
    status: reactive[SyncStatus | None] = reactive(None)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh()

    def render(self) -> RenderResult:
        """The row."""
        pieces = sync_words(self.status) if self.status else []
        words = Content("")
        for text, tone in pieces:
            styled = (
                Content.styled(text, self.get_visual_style(f"title--{tone}"))
                if tone
                else Content(text)
            )
            words += Content("  ") + styled
        words += Content(" ")
        room = self.size.width - cell_len(words.plain)
        place = Content.styled(fit(" " + self.place, room), self.get_visual_style("title--place"))
        return place + words
