"""Masked values of one record in full, for a minute, once it is said and recorded why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.screen import Screen
from textual.timer import Timer

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.words import option_label
from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.pick import AskDialog, Choice, PickDialog
from armband.client.tui.work import start
from armband.shared import limits
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import FieldType, Patch
from armband.shared.ids import new_record_id
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import is_masked

SHOWN_S = 60
"""For so long the values stand on the screen."""
_WHY = CATALOGUE["reveal"].fields["why"]
_OTHER = "other"


class Reveals:
    """Of one page: whether its record is shown in full just now.

    Attributes:
        shown: it is.
    """

    def __init__(self, screen: Screen[None], context: Context, changed: Callable[[], None]) -> None:
        self.shown = False
        self._screen = screen
        self._context = context
        self._changed = changed
        self._timer: Timer | None = None

    def can_show(self, entry: Entry | None) -> bool:
        """Whether something of the record is masked now."""
        if entry is None or self.shown:
            return False
        fields = CATALOGUE[entry.view.kind].fields
        names = self._context.names_masked
        return any(
            declared.type is not FieldType.DIGEST
            and is_masked(declared, entry.view.fields.get(name), names=names)
            for name, declared in fields.items()
        )

    def ask(self, entry: Entry) -> None:
        """Ask why, record it, show."""

        def chosen(why: str | None) -> None:
            if why == _OTHER:
                note = _("It is recorded and reaches the office.")
                dialog = AskDialog(_("Why must it be seen?"), note, _note_problem)
                self._screen.app.push_screen(dialog, said)
            elif why is not None:
                start(self._screen, partial(self._record, entry, why, ""))

        def said(note: str | None) -> None:
            if note is not None:
                start(self._screen, partial(self._record, entry, _OTHER, note))

        title = _("Why must it be seen? It is recorded and reaches the office.")
        self._screen.app.push_screen(PickDialog(title, _find), chosen)

    async def _record(self, entry: Entry, why: str, note: str) -> None:
        environment = self._context.environment
        record = new_record_id(environment.now_ms(), environment.random_bytes(10))
        fields: Patch = {"of": entry.view.id.hex(), "of_kind": entry.view.kind, "why": why}
        if note:
            fields["note"] = note
        try:
            # First it is on the disk, then it is shown.
            await self._context.terminal.record([Draft("reveal", record, entry.view.unit, fields)])
        except (InvalidRecord, ClientError) as error:
            self._screen.notify(problem_words(error), severity="error")
            return
        self.shown = True
        self._timer = self._screen.set_timer(SHOWN_S, self.hide)
        self._screen.notify(_("Shown for {count} seconds.").format(count=SHOWN_S))
        self._changed()

    def hide(self) -> None:
        """Mask it again."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.shown:
            self.shown = False
            self._changed()


async def _find(typed: str) -> Sequence[Choice[str]]:
    wanted = typed.strip().lower()
    choices = [Choice(o.code, option_label(_WHY, o.code)) for o in _WHY.options]
    return [choice for choice in choices if wanted in choice.label.lower()]


def _note_problem(text: str) -> str:
    if not text:
        return _("A reason is needed.")
    if len(text) > limits.MAX_TEXT:
        return _("At most {count} characters.").format(count=limits.MAX_TEXT)
    return ""
