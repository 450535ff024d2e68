"""What went wrong, in the user's language, and what would be right."""

from __future__ import annotations

from armband.client.errors import StoreFull, StoreUnusable
from armband.client.i18n import N_, _
from armband.client.i18n.errors import problem_of
from armband.client.i18n.words import field_label, join_words, state_label, step_label
from armband.shared.errors import InvalidRecord, WrongStep
from armband.shared.fields import Field, FieldType
from armband.shared.kinds import CATALOGUE, UNIT, Kind
from armband.shared.right import ID_TAIL, RIGHT, TOO_LARGE, TOO_LONG, TOO_MANY, TOO_SMALL

_RIGHT = {
    FieldType.PHONE: N_("7 to 15 digits, such as 13800000000"),
    FieldType.COUNT: N_("a whole number"),
    FieldType.TEMPERATURE: N_("34.0 to 43.0, such as 36.5"),
    FieldType.TEMPERATURES: N_("each 34.0 to 43.0, with blanks between: 36.5 36.8"),
    FieldType.CHOICE: N_("one of the options"),
    FieldType.CHOICES: N_("some of the options"),
    FieldType.FLAG: N_("yes or no"),
    FieldType.REF: N_("choose one of the list"),
    FieldType.DAY: N_("a day such as 2022-03-31, or +7"),
    FieldType.UNIT: N_("choose one of the list"),
    FieldType.TEXT: N_("a shorter text"),
    FieldType.NOTE: N_("a shorter text"),
}

_OF_TYPES = frozenset({*RIGHT.values(), ID_TAIL, TOO_LONG, TOO_MANY, TOO_SMALL, TOO_LARGE})
"""What the shared core says of any value of a type; a person hears it in shorter words."""


def required_words() -> str:
    """A field was left empty that must not be."""
    return _("must be given")


def right_words(name: str, declared: Field | None) -> str:
    """What a field may hold."""
    if name == "id_tail":
        return _("three digits and a digit or X")
    if name == "birth_year":
        return _("a year from 1900 to 2100")
    if declared is None:
        return _("choose one of the list") if name == UNIT else ""
    return _(_RIGHT.get(declared.type, ""))


def invalid_words(error: InvalidRecord) -> str:
    """What is wrong with a field, without its name."""
    kind = CATALOGUE.get(error.kind)
    declared = kind.fields.get(error.field) if kind else None
    if isinstance(error, WrongStep) and kind is not None:
        return step_words(kind, error)
    if error.problem in {"must be given", "must not be empty"}:
        return required_words()
    right = right_words(error.field, declared) if error.message in _OF_TYPES else ""
    return _("Right: {what}").format(what=right) if right else problem_of(error)


def step_words(kind: Kind, error: WrongStep) -> str:
    """Why a record cannot take a step, with the words of its keys and states."""
    parts = {name: str(value) for name, value in error.parts.items()}
    for name, label in (("step", step_label), ("steps", step_label)):
        if name in parts:
            parts[name] = join_words([label(kind, word) for word in parts[name].split(", ")])
    for name in ("state", "sources"):
        if name in parts:
            parts[name] = join_words([state_label(kind, word) for word in parts[name].split(", ")])
    return _(error.message).format(**parts)


def problem_words(error: Exception) -> str:
    """Any problem that a screen may meet when it asks the engine for something."""
    match error:
        case InvalidRecord():
            return f"{field_label(error.kind, error.field)}: {invalid_words(error)}"
        case StoreFull():
            return _("The disk is full: nothing was saved. Make room and try again.")
        case StoreUnusable():
            return _("The disk refuses: {problem}").format(problem=error)
    return str(error)
