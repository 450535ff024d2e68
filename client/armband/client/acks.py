"""Acknowledging a notice: for the person who sits here, else for the terminal itself."""

from __future__ import annotations

from armband.client.model import Entry, Saved
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import kind_named
from armband.shared.units import in_scope, is_within


async def acknowledge(terminal: Terminal, notice: Entry, answer: str, note: str = "") -> Saved:
    """Record the answer, or correct the one that this person has given before.

    Args:
        answer: a code of the field ``answer`` of acknowledgements.

    Raises:
        InvalidRecord: there is no such answer.
    """
    identity = terminal.identity
    fields: Patch = {"notice": notice.view.id.hex(), "answer": answer}
    fields["terminal"] = identity.terminal
    if identity.person:
        fields["by"] = identity.person
    me = await terminal.me()
    if me:
        fields["staff"] = me
    if note:
        fields["note"] = note
    unit = _place(notice.view.unit, identity.scope)
    kind = kind_named("ack")
    record = kind.natural_id(identity.office, unit, fields) or terminal.new_id()
    return (await terminal.record([Draft(kind.name, record, unit, fields)]))[0]


def _place(unit: str, scope: tuple[str, ...]) -> str:
    """Where the acknowledgement hangs: within the notice's unit, so that its sender reads it."""
    if in_scope(unit, scope):
        return unit
    return next((own for own in scope if is_within(own, unit)), scope[0])
