"""From a record to the list that belongs to it: a round's people, a notice's households."""

from __future__ import annotations

from textual.app import App

from armband.client.i18n import _
from armband.client.model import Entry, Task
from armband.client.ticks import DoorTicks, RoundTicks, StopTicks
from armband.client.tui.context import Context

HAVE_LISTS = frozenset({"notice", "round"})
"""Kinds whose records have a list of their own."""


def open_list(app: App[None], context: Context, entry: Entry) -> None:
    """The list to tick off that a notice or round makes."""
    from armband.client.tui.screens.tick import TickScreen

    terminal = context.terminal
    if entry.view.kind == "round":
        ticks = RoundTicks(terminal, entry.view)
        app.push_screen(TickScreen(context, ticks, lambda: _("Samples")))
    else:
        doors = DoorTicks(terminal, entry.view)
        app.push_screen(TickScreen(context, doors, lambda: _("Households told")))


def open_stops(app: App[None], context: Context) -> None:
    """The day's services at doors."""
    from armband.client.tui.screens.tick import TickScreen

    ticks = StopTicks(context.terminal)
    app.push_screen(TickScreen(context, ticks, lambda: _("Today's doors")))


def open_own_screen(app: App[None], context: Context, entry: Entry) -> None:
    """The screen of a record of `HAVE_LISTS`."""
    if entry.view.kind == "notice":
        from armband.client.tui.screens.notice import NoticeScreen

        app.push_screen(NoticeScreen(context, entry.view.id))
    else:
        open_list(app, context, entry)


def do_from_list(app: App[None], context: Context, task: Task) -> bool:
    """Whether a task is done from a list or a screen of its own, which is open then."""
    match task.duty.form, task.entry.view.kind:
        case "ack", "notice":
            open_own_screen(app, context, task.entry)
        case ("visit", "notice") | ("sample", "round"):
            open_list(app, context, task.entry)
        case "delivery", _kind:
            open_stops(app, context)
        case _:
            return False
    return True
