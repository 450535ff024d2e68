"""What a ledger's row shows for each kind, derived from the kind's declaration."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from armband.client.i18n import N_, _
from armband.client.i18n.entries import STANDING_TONE, person_of_check, standing_word
from armband.client.i18n.words import field_label
from armband.client.model import Entry, Standing
from armband.client.tui.context import Context
from armband.client.tui.text import Cell, Column, widest
from armband.shared.fields import FieldType
from armband.shared.kinds import CATALOGUE, Kind

_WIDTHS = {
    FieldType.TEXT: (10, 3),
    FieldType.NOTE: (8, 3),
    FieldType.PHONE: (11, 0),
    FieldType.COUNT: (4, 0),
    FieldType.TEMPERATURE: (4, 0),
    FieldType.TEMPERATURES: (9, 1),
    FieldType.CHOICE: (8, 1),
    FieldType.CHOICES: (10, 2),
    FieldType.FLAG: (4, 0),
    FieldType.REF: (10, 3),
    FieldType.DAY: (10, 0),
    FieldType.TIME: (11, 0),
}
"""Cells that a type of field needs, and its share of what is left over."""

_SHORT_TITLES = {
    "Temperature": N_("Temp"),
    "Code seen": N_("Code"),
    "Head of household": N_("Head"),
}
"""Labels that are too long for a column."""
COMMON_CODES = ("green", "yellow", "red")
"""The colours whose words a column must hold whole."""
CODE_TONES = {"green": "good", "yellow": "wait", "red": "bad"}
"""The colour beside the word for a health code; the word is always there."""


def ledger_columns(kind: Kind) -> list[Column]:
    """The kind's columns and the record's standing."""
    columns = []
    for place, name in enumerate(kind.columns):
        declared = kind.fields[name]
        width, grow = _WIDTHS.get(declared.type, (8, 1))
        title = _column_title(kind, name)
        if declared.type is FieldType.CHOICE:
            width = widest(declared, COMMON_CODES if name == "code" else ())
        width = max(width, cell_len(title))
        right = declared.type in {FieldType.COUNT, FieldType.TEMPERATURE}
        drop = place if place > 2 else 0
        columns.append(Column(title, width, grow, right, drop))
    columns.append(Column(_("Standing"), max(cell_len(_("Standing")), standing_width())))
    return columns


def _column_title(kind: Kind, name: str) -> str:
    if kind.name == "check" and name == "resident":
        return _("Who")
    label = kind.fields[name].label
    return _(_SHORT_TITLES[label]) if label in _SHORT_TITLES else field_label(kind.name, name)


def ledger_cells(context: Context, entry: Entry) -> Sequence[Cell]:
    """A record's row."""
    view = entry.view
    kind = CATALOGUE[view.kind]
    void = bool(view.void or view.same_as)
    cells = []
    for name in kind.columns:
        if view.kind == "check" and name == "resident":
            text = person_of_check(entry, names_masked=context.names_masked)
        else:
            text = context.words(kind.fields[name], view.fields.get(name), entry.names)
        tone = ""
        if void:
            tone = "quiet"
        elif name == "code":
            tone = CODE_TONES.get(str(view.fields.get(name)), "")
        elif name == "temp_tenths" and _is_fever(context, view.fields.get(name)):
            tone = "bad"
        cells.append(Cell(text, tone))
    cells.append(standing_cell(entry))
    return cells


def standing_width() -> int:
    """Cells of the longest word that `standing_cell` gives."""
    words = [standing_word(standing) for standing in Standing]
    return max(map(cell_len, (*words, _("Conflict"), _("Voided"), _("Merged"))))


def standing_cell(entry: Entry) -> Cell:
    """Voided, in conflict, or where its newest change stands."""
    if entry.view.void:
        return Cell(_("Voided"), "quiet")
    if entry.view.same_as:
        return Cell(_("Merged"), "quiet")
    if entry.view.conflicts:
        return Cell(_("Conflict"), "wait")
    return Cell(standing_word(entry.standing), STANDING_TONE[entry.standing])


def _is_fever(context: Context, value: object) -> bool:
    return isinstance(value, int) and value >= context.terminal.identity.policy.fever_tenths
