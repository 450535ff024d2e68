"""What to call a record, and where it stands in a ledger. Pure.

A title is what the kind's declaration searches as a door or a name: ``3-2-502 王建国`` for a
household, the name of a person, a checkpoint, a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from armband.shared.fields import FieldType, Search
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import Kind, View

_ID = re.compile("[0-9a-f]{32}")
_DIGITS = re.compile("[0-9]+")
_NUMBER_WIDTH = 6
_MS_WIDTH = 14
_titled: dict[str, tuple[tuple[str, Search], ...]] = {}
_references: dict[str, tuple[tuple[str, str], ...]] = {}


def _title_fields(kind: Kind) -> tuple[tuple[str, Search], ...]:
    if kind.name not in _titled:
        roles = [
            (name, declared.search)
            for name, declared in kind.fields.items()
            if declared.search in (Search.DOOR, Search.NAME)
        ]
        _titled[kind.name] = tuple(sorted(roles, key=lambda role: role[1] is not Search.DOOR))
    return _titled[kind.name]


def references(kind: Kind) -> tuple[tuple[str, str], ...]:
    """The kind's reference fields: ``(field, kind it points to)``."""
    if kind.name not in _references:
        _references[kind.name] = tuple(
            (name, declared.ref)
            for name, declared in kind.fields.items()
            if declared.type is FieldType.REF
        )
    return _references[kind.name]


def title_of(view: View) -> str:
    """What to call the record; ``""`` when only the people or doors it refers to name it."""
    kind = CATALOGUE.get(view.kind)
    if kind is None:
        return ""
    parts = (view.text(name) for name, _role in _title_fields(kind))
    return " ".join(part for part in parts if part)


def about(view: View) -> tuple[bytes, ...]:
    """The people, doors and the like by whose names the record is found."""
    kind = CATALOGUE.get(view.kind)
    if kind is None:
        return ()
    texts = (view.text(name) for name, target in references(kind) if _names_others(target))
    # And the record that stands for this one: it is asked for which were merged into it.
    named = (*texts, view.same_as)
    return tuple(dict.fromkeys(bytes.fromhex(text) for text in named if _is_id(text)))


def _names_others(kind: str) -> bool:
    return kind in CATALOGUE and CATALOGUE[kind].names_others


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def sort_key(view: View, title: str) -> str:
    """Where the record stands: by day and time when its kind is dated, else by title.

    Numbers inside a title compare as numbers; doors of one unit stand together.
    """
    kind = CATALOGUE.get(view.kind)
    if kind is not None and kind.dated:
        at = view.fields.get("at")
        at_ms = at if isinstance(at, int) else 0
        return f"{view.text(kind.dated)} {at_ms:0{_MS_WIDTH}}"
    natural = _DIGITS.sub(lambda run: run.group().zfill(_NUMBER_WIDTH), title)
    by_door = kind is not None and any(role is Search.DOOR for _n, role in _title_fields(kind))
    return f"{view.unit} {natural}" if by_door else natural


def dated_bounds(day_from: str, day_to: str) -> tuple[str, str]:
    """The sort keys of the days ``day_from`` to ``day_to``, either of which may be open."""
    return day_from, f"{day_to} ~" if day_to else "~"


def names_wanted(views: Iterable[View]) -> tuple[bytes, ...]:
    """The records that these views refer to, without repeats."""
    wanted: dict[bytes, None] = {}
    for view in views:
        kind = CATALOGUE.get(view.kind)
        for name, _target in references(kind) if kind else ():
            text = view.text(name)
            if _is_id(text):
                wanted[bytes.fromhex(text)] = None
        if view.same_as:
            wanted[bytes.fromhex(view.same_as)] = None
    return tuple(wanted)
