"""From a task to what does it: a form with what is known filled in, or a step of the record."""

from __future__ import annotations

from textual.app import App

from armband.client.i18n import _
from armband.client.i18n.words import kind_label
from armband.client.model import Task
from armband.client.tui.context import Context
from armband.client.tui.screens.lists import do_from_list
from armband.client.tui.screens.pages import open_record
from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import Role, may_write


def do_task(app: App[None], context: Context, task: Task) -> None:
    """Open the form or the step; the record alone where this terminal may not do it."""
    if do_from_list(app, context, task):
        return
    duty, view = task.duty, task.entry.view
    identity = context.terminal.identity
    kind = view.kind if duty.step else duty.form
    if kind not in CATALOGUE:
        open_record(app, context, view.id, view.kind)
        return
    if not may_write(Role(identity.role), kind, view.unit, identity.scope):
        words = _("This terminal may not make one: {kind}.").format(kind=kind_label(kind))
        app.notify(words, severity="warning")
        open_record(app, context, view.id, view.kind)
        return
    workflow = CATALOGUE[kind].workflow
    if duty.step and workflow is not None and duty.step in workflow.by_name:
        from armband.client.tui.screens.step import StepScreen

        step = workflow.by_name[duty.step]
        app.push_screen(StepScreen(context, task.entry, step, known=duty.prefill))
        return
    from armband.client.tui.screens.edit import EditScreen

    app.push_screen(EditScreen(context, kind, unit=view.unit, known=duty.prefill, task=duty.key))
