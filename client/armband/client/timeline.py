"""A place of an inquiry typed in one line: ``3-31 0830-0915 人民医院; 李四 13800001111``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from armband.client.i18n import N_
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from armband.shared.normal import clean, clean_phone
from armband.shared.text_values import parse_field

STAY = CATALOGUE["stay"]
_APART = re.compile(r"[;；]")
_SPAN = re.compile(r"([0-9]{1,2}[:：.]?[0-9]{2})(?:\s*[-—~～至到]\s*([0-9]{1,2}[:：.]?[0-9]{2}))?")
_DAY = re.compile(r"[+-]?[0-9]{1,4}(?:[-/.月][0-9]{1,2}日?){1,2}|-[0-9]{1,3}|今天|昨天|前天|today")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,17}[0-9]")
_TRIM = " ,，、:：()（）"


def read_stay(text: str, day: str, today: str) -> Patch:
    """The fields of a place, without its inquiry.

    Args:
        text: day (else that of the place before), times, place; after a semicolon with whom.
        day: of the place before.
        today: the office's day.

    Raises:
        InvalidRecord: no place, or a day or time that is none.
    """
    first, *rest = _APART.split(clean(text), maxsplit=1)
    words = first.strip()
    patch: Patch = {"day": day}
    if found := _DAY.match(words):
        asked = "-2" if found[0] == "前天" else found[0]
        patch["day"] = parse_field(STAY, "day", asked, today)
        words = words[found.end() :].strip()
    if found := _SPAN.match(words):
        for name, clock in zip(("begins_min", "ends_min"), found.groups(), strict=True):
            if clock is not None:
                patch[name] = parse_field(STAY, name, clock, today)
        words = words[found.end() :].strip()
    if not words:
        raise InvalidRecord("stay", "place", N_("day, times, place; with whom"))
    patch["place"] = words
    if rest and rest[0].strip():
        patch["people"] = rest[0].strip()
    return patch


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody named at a place."""

    name: str
    phone: str


def contacts_in(people: str) -> list[Contact]:
    """Who is named in a text such as ``李四 13800001111、王五``, in order."""
    found = []
    for part in re.split(r"[、,，;；\n]+", people):
        phone = next((n for m in _PHONE.findall(part) if (n := clean_phone(m))), "")
        name = _PHONE.sub("", part).strip(_TRIM)
        if name or phone:
            found.append(Contact(name, phone))
    return found
