"""A form for any kind of record, made from the kind's declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from armband.client.i18n import N_
from armband.client.i18n.words import field_label
from armband.client.tui.forms.controls import (
    ChoiceControl,
    Control,
    ControlChanged,
    ControlDone,
    RefControl,
    Search,
    TextControl,
)
from armband.client.tui.forms.values import FieldProblem, read_field
from armband.client.tui.text import fit
from armband.shared.fields import FieldType, Patch, Value
from armband.shared.kinds import UNIT, Kind

_CHOSEN = (FieldType.CHOICE, FieldType.CHOICES, FieldType.FLAG)


class FieldRow(Vertical):
    """A field: its name, its control, and what is wrong with it beneath."""

    DEFAULT_CSS = """
    FieldRow { height: auto; }
    FieldRow Horizontal { height: auto; }
    FieldRow .label { width: auto; height: 1; }
    FieldRow .problem { display: none; height: auto; }
    FieldRow.-wrong .problem { display: block; }
    """

    def __init__(self, kind: str, name: str, control: Control, *, required: bool) -> None:
        super().__init__()
        self.kind = kind
        self.field = name
        self.control = control
        self.required = required

    def compose(self) -> ComposeResult:
        """Name and control in a row, the problem below."""
        with Horizontal():
            yield Static("", classes="label", markup=False)
            yield self.control
        yield Static("", classes="problem", markup=False)

    def label(self, width: int) -> None:
        """Write the name in ``width`` cells; a required field has a star at its end."""
        words = field_label(self.kind, self.field) + (" *" if self.required else "")
        self.query_one(".label", Static).update(fit(words, width) + "  ")
        self.query_one(".problem", Static).styles.margin = (0, 0, 0, width + 2)

    def problem(self, words: str) -> None:
        """Say what is wrong, ``""`` for nothing."""
        self.set_class(bool(words), "-wrong")
        self.query_one(".problem", Static).update(f"! {words}" if words else "")


class RecordForm(VerticalScroll, can_focus=False):
    """The fields of a kind. Enter goes on to the next field and at the last one asks to save."""

    DEFAULT_CSS = "RecordForm { height: 1fr; }"

    class Edited(Message):
        """Something was typed."""

    class Finished(Message):
        """Enter on the last field."""

    def __init__(
        self,
        kind: Kind,
        search: Mapping[str, Search],
        *,
        names: Sequence[str],
        texts: Mapping[str, str] | None = None,
        needs: frozenset[str] | None = None,
        id: str | None = None,  # noqa: A002 textual's name
    ) -> None:
        """Make a form.

        Args:
            kind: whose declaration it follows.
            search: per kind of a reference (and ``unit``), how to find what is typed.
            names: the fields to show, in order; may hold ``unit``.
            texts: field to text, to start with.
            needs: the fields that must not stay empty; those without which no record of the kind
                is complete, if not given.
            id: textual's.
        """
        super().__init__(id=id)
        self.kind = kind
        self.names = tuple(names)
        self.needs = (kind.required | {UNIT}) if needs is None else needs
        self._start = dict(texts or {})
        self._rows = {name: self._make_row(name, search) for name in self.names}

    def _make_row(self, name: str, search: Mapping[str, Search]) -> FieldRow:
        declared = self.kind.fields.get(name)
        control: Control
        if declared is None:
            control = RefControl(name, search[UNIT], N_("name of the unit"))
        elif declared.type in _CHOSEN:
            control = ChoiceControl(name, declared, optional=name not in self.needs)
        elif declared.type is FieldType.REF:
            hint = _HINTS.get(declared.ref, N_("name, initials or end of phone"))
            control = RefControl(name, search[declared.ref], hint)
        elif declared.type is FieldType.UNIT:
            control = RefControl(name, search[UNIT], N_("name of the unit"))
        else:
            control = TextControl(name, declared.hint)
        return FieldRow(self.kind.name, name, control, required=name in self.needs)

    def compose(self) -> ComposeResult:
        """A row per field."""
        yield from self._rows.values()

    def on_mount(self) -> None:
        """Write the names and what the form starts with."""
        self.retranslate()
        self.fill(self._start)

    def retranslate(self) -> None:
        """Show the names in the language in use."""
        labels = [field_label(self.kind.name, name) for name in self.names]
        width = max((cell_len(label) + 2 for label in labels), default=0)
        for row in self._rows.values():
            row.label(width)

    # -- what is typed ------------------------------------------------------------------------

    def control(self, name: str) -> Control:
        """The control of a field."""
        return self._rows[name].control

    def texts(self) -> dict[str, str]:
        """Everything typed, as a draft keeps it; empty fields are left out."""
        return {name: text for name, row in self._rows.items() if (text := row.control.text)}

    def fill(self, texts: Mapping[str, str]) -> None:
        """Put a draft's texts into the fields; fields that it does not name become empty."""
        for name, row in self._rows.items():
            row.control.text = texts.get(name, "")
            row.problem("")

    def read(
        self, today: str, masked: Mapping[str, tuple[str, Value]] | None = None
    ) -> Patch | None:
        """What is typed as values, or None when a field is wrong: then each says what is.

        A field left empty is None in the patch. A field whose text is still the mask that
        ``masked`` names for it keeps the value beside the mask.
        """
        patch: Patch = {}
        wrong: FieldRow | None = None
        for name, row in self._rows.items():
            mask, kept = (masked or {}).get(name, ("", None))
            if mask and row.control.text == mask:
                patch[name] = kept
                continue
            try:
                needed = name in self.needs
                patch[name] = read_field(self.kind, name, row.control.text, today, needed=needed)
            except FieldProblem as problem:
                row.problem(str(problem))
                wrong = wrong or row
            else:
                row.problem("")
        if wrong is None:
            return patch
        self.focus_on(wrong.field)
        return None

    def say_problem(self, name: str, words: str) -> bool:
        """Show a problem beside its field; False when the form has no such field."""
        row = self._rows.get(name)
        if row is None:
            return False
        row.problem(words)
        self.focus_on(name)
        return True

    # -- moving -------------------------------------------------------------------------------

    def focus_on(self, name: str) -> None:
        """Go to a field."""
        control = self._rows[name].control
        target: Widget = control
        if isinstance(control, RefControl):
            target = control.query_one("LineInput")
        target.focus()

    @on(ControlChanged)
    def _changed(self, event: ControlChanged) -> None:
        event.stop()
        self._rows[event.field].problem("")
        self.post_message(self.Edited())

    @on(ControlDone)
    def _done(self, event: ControlDone) -> None:
        event.stop()
        place = self.names.index(event.field) + 1
        if place < len(self.names):
            self.focus_on(self.names[place])
        else:
            self.post_message(self.Finished())


_HINTS = {
    "household": N_("door, name, initials or end of phone"),
    "resident": N_("name, initials or end of phone"),
    "staff": N_("name, initials or end of phone"),
    "checkpoint": N_("name or initials"),
    "notice": N_("name or initials"),
    "round": N_("name or initials"),
}
