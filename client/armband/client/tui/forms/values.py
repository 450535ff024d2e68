"""Typed text of a form to values, with problems in the user's language."""

from __future__ import annotations

from armband.client.i18n import _
from armband.client.tui.problems import invalid_words, required_words, right_words
from armband.shared.errors import InvalidRecord
from armband.shared.fields import FieldType, Value
from armband.shared.kinds import Kind
from armband.shared.text_values import parse_field


class FieldProblem(ValueError):
    """What is wrong with a field; its text is in the user's language."""


def read_field(kind: Kind, name: str, text: str, today: str, *, needed: bool) -> Value:
    """A field's value as typed; None when it is empty.

    Raises:
        FieldProblem: with what would be right; also when it is ``needed`` and empty.
    """
    declared = kind.fields.get(name)
    if not text:
        if needed:
            raise FieldProblem(required_words())
        return None
    if declared is None or declared.type in {FieldType.REF, FieldType.UNIT}:
        if not text.startswith("="):
            raise FieldProblem(_("Right: {what}").format(what=right_words(name, declared)))
        return text[1:].partition(" ")[0]
    try:
        value = parse_field(kind, name, text, today)
        kind.check_field(name, value)
    except InvalidRecord as error:
        raise FieldProblem(invalid_words(error)) from None
    return value
