"""Choosing which record stands for another one of the same person or door."""

from __future__ import annotations

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.merging import make_same
from armband.client.model import Entry
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import searches
from armband.client.tui.screens.pick import Choice, PickDialog
from armband.client.tui.work import start
from armband.shared.errors import InvalidRecord


def choose_same(screen: DeskScreen, entry: Entry) -> None:
    """Ask for the record that stays; when there is one already, the first line takes it back."""
    view = entry.view
    search = searches(screen.context)[view.kind]

    async def find(typed: str) -> list[Choice[str]]:
        found = [
            Choice(found.ref, found.label, found.note)
            for found in await search(typed)
            if found.ref != view.id.hex()
        ]
        undo = Choice("", _("Not the same as another any more"))
        return [undo, *found] if view.same_as and not typed else found

    async def save(other: str) -> None:
        try:
            await make_same(screen.context.terminal, view.id, view.kind, other or None)
        except (InvalidRecord, ClientError) as error:
            screen.notify(problem_words(error), severity="error")
        else:
            screen.notify(_("Merged; both histories stay.") if other else _("Taken back."))

    def chosen(other: str | None) -> None:
        if other is not None:
            start(screen, lambda: save(other))

    title = _("Which record stays? This one counts nowhere then.")
    screen.app.push_screen(PickDialog(title, find), chosen)
