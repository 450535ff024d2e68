"""Where the terminal stands: the checkpoint that its checks belong to."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.i18n import _
from armband.client.i18n.places import path_words
from armband.client.i18n.words import stretch_text
from armband.client.lane import LaneCheck
from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.screens.pick import Choice, PickDialog
from armband.shared.drafts import Draft
from armband.shared.ids import id_from_hex, new_record_id

CHECKPOINT = "checkpoint"
"""The preference that keeps the chosen checkpoint, as an id in hex."""


class CheckpointChoice:
    """The chosen checkpoint, remembered from one day to the next."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.ref = ""
        self._unit = ""
        self._name = ""

    @property
    def name(self) -> str:
        """Where one stands, in words."""
        return self._name or _("not chosen (F2)")

    @property
    def shift_words(self) -> str:
        """Which shift stands here now, ``""`` when none is known."""
        terminal = self._context.terminal
        span = terminal.shift_at(self.ref)
        if span is None:
            return ""
        words = stretch_text(span.from_ms, span.to_ms, terminal.identity.policy, span.day)
        return f" {words}"

    @property
    def unit(self) -> str:
        """The unit that checks here hang on."""
        scope = self._context.terminal.identity.scope
        return self._unit or (scope[0] if scope else "")

    async def restore(self) -> None:
        """Take up the last choice, as far as that checkpoint is still known here."""
        terminal = self._context.terminal
        ref = await terminal.preference(CHECKPOINT)
        entry = await terminal.entry(id_from_hex(ref)) if ref else None
        if entry is None or entry.view.void:
            self.ref, self._unit, self._name = "", "", ""
            units = await terminal.units()
            if self.unit:
                self._name = path_words(self.unit, units).rpartition(" ")[2]
            return
        self.ref, self._unit = ref, entry.view.unit
        self._name = entry.view.text("name")

    async def choose(self, ref: str) -> None:
        """Stand there from now on; ``""`` is no checkpoint, only the unit."""
        await self._context.terminal.set_preference(CHECKPOINT, ref)
        await self.restore()

    def dialog(self) -> PickDialog[str]:
        """Ask for a checkpoint."""

        async def find(typed: str) -> Sequence[Choice[str]]:
            terminal = self._context.terminal
            units = await terminal.units()
            entries = [e for e in await terminal.checkpoints() if not e.view.void]
            wanted = typed.strip().lower()
            found = [
                _choice(entry, path_words(entry.view.unit, units))
                for entry in entries
                if wanted in entry.view.text("name").lower()
            ]
            none = Choice("", _("No checkpoint"), _("checks belong to the unit"))
            return found if wanted else [*found, none]

        return PickDialog(_("Where does this terminal stand?"), find)

    def draft(self, check: LaneCheck) -> Draft:
        """A check made here, as a record; time and day are the recorder's."""
        environment = self._context.environment
        fields = check.fields()
        if self.ref:
            fields["checkpoint"] = self.ref
        record = new_record_id(environment.now_ms(), environment.random_bytes(10))
        return Draft("check", record, self.unit, fields)


def _choice(entry: Entry, place: str) -> Choice[str]:
    return Choice(entry.view.id.hex(), entry.view.text("name"), place)
