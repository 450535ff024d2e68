"""A record's values as the texts of a form."""

from __future__ import annotations

from collections.abc import Mapping

from armband.shared.fields import Field, FieldType, Value
from armband.shared.kinds import UNIT, Kind
from armband.shared.text_values import field_text


def form_fields(kind: Kind) -> tuple[str, ...]:
    """The fields that people fill: required ones first, then the unit, then the rest."""
    filled = [name for name, declared in kind.fields.items() if declared.on_form]
    required = [name for name in filled if name in kind.required]
    return (*required, UNIT, *(name for name in filled if name not in kind.required))


def form_texts(kind: Kind, fields: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, str]:
    """Each field's text, as its control takes it; empty fields are left out.

    Args:
        kind: the declaration.
        fields: values; may hold ``unit``.
        names: hex id or unit code to what to call it.
    """
    texts = {}
    for name, value in fields.items():
        declared = kind.fields.get(name)
        text = _text(declared, value, names)
        if text and (declared is not None or name == UNIT):
            texts[name] = text
    return texts


def _text(declared: Field | None, value: Value, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if declared is None or declared.type in {FieldType.REF, FieldType.UNIT}:
        return f"={value} {names.get(str(value), str(value)[:8])}"
    if isinstance(value, list) and declared.type is FieldType.CHOICES:
        return ",".join(str(code) for code in value)
    return field_text(declared, value)
