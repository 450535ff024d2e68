"""What of a personal field may be seen before somebody asks to see it. Pure.

Telephones are masked for everyone; names for roles that work with many people whom they do not
know. ID numbers need no mask: no field holds one (`resident.id_hash`, `resident.id_tail`).
"""

from __future__ import annotations

from armband.shared.fields import Field, FieldType, Search, Value
from armband.shared.roles import Role

NAMES_MASKED_FOR = frozenset({Role.CHECKPOINT, Role.STREET})
"""A gate that everybody passes, and a desk that holds the registers of sixty thousand people. In
grid and community people are known by name, and are looked after by name."""
HIDDEN = "****"
_PEOPLE = frozenset({"resident", "returnee", "inquiry"})
"""Kinds whose records are called by the names of people who live here."""


def masked_phone(phone: str) -> str:
    """A telephone that others at the screen may see: 13812341111 is ``138****1111``.

    The usual mask here, and of ASCII: an ellipsis is two cells wide on some terminals.
    """
    if len(phone) < 7:
        return phone
    return phone[:3] + "*" * max(1, len(phone) - 7) + phone[-4:]


def masked_name(name: str) -> str:
    """The first character of a name, and nothing of how long it is: 张三 is ``张**``."""
    return f"{name[0]}**" if name else name


def masked_title(kind: str, title: str) -> str:
    """What a record is called, names masked: ``3-2-502 王建国`` is ``3-2-502 王**``."""
    if kind == "household":
        door, gap, name = title.partition(" ")
        return f"{door}{gap}{masked_name(name)}"
    return masked_name(title) if kind in _PEOPLE else title


def masked_value(declared: Field, value: Value, *, names: bool) -> Value:
    """The value as it may be seen; the value itself where nothing of it is masked.

    Args:
        declared: the field.
        value: as stored.
        names: whether names are masked, too.
    """
    if not isinstance(value, str) or not value:
        return value
    if declared.type is FieldType.PHONE:
        return masked_phone(value)
    if not declared.personal:
        return value
    if declared.search is Search.NAME:
        return masked_name(value) if names else value
    if declared.search is Search.ID_TAIL or not declared.on_form:
        # What the program fills in is an ID's hash, or a telephone that was no telephone.
        return HIDDEN
    return value


def is_masked(declared: Field, value: Value, *, names: bool) -> bool:
    """Whether there is more to see than `masked_value` shows."""
    return masked_value(declared, value, names=names) != value
