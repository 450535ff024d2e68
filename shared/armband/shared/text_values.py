"""Between text that people type and the values of fields. Pure; forms and commands share it.

`parse_field` takes what hands and IMEs produce (full-width digits, ``36。8``, ``３人``, labels as
well as codes) and either gives the field's value or says what would be right. `field_text` is its
inverse: a value as text that parses back to itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from armband.shared.days import add_days, is_day
from armband.shared.errors import InvalidRecord, InvalidUnit
from armband.shared.fields import Field, FieldType, Option, Search, Value
from armband.shared.kinds.declare import RESERVED, UNIT, Kind
from armband.shared.normal import clean, clean_door, clean_name, clean_phone, without_controls
from armband.shared.right import ID_TAIL, RIGHT, Parts, right_for
from armband.shared.units import check_unit

GIVEN_SHOWN = 40
"""Characters of what was typed that a message repeats."""
Labels = Callable[[Option], str]
"""What an option is called on the screen, beside its code and its English label."""

_POINTS = str.maketrans("。·", "..")
_TEMPERATURE = re.compile(r"([0-9]{2})\.?([0-9])(?:°c|°|度|c)?")
_COUNT = re.compile(r"([0-9]{1,9})(?:\.0+)?[人户个位名口年]?")
_TIME = re.compile(r"[0-9]{1,16}")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.点时]?([0-9]{2})分?|[点时])?")
_LIST_GAPS = re.compile(r"[\s,，、;；/]+")
_CHOICE_GAPS = re.compile(r"[,，、;；/\n]+")
_DAY_PARTS = re.compile(r"(?:([0-9]{4})[-/.年])?([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_DAY_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_STEP = re.compile(r"[+-][0-9]{1,4}")
_DAY_WORDS = {
    **dict.fromkeys(("today", "今天", "今日"), 0),
    **dict.fromkeys(("tomorrow", "明天", "明日"), 1),
    **dict.fromkeys(("yesterday", "昨天", "昨日"), -1),
}
_YES = frozenset({"yes", "y", "true", "1", "on", "是", "有", "对"})
_NO = frozenset({"no", "n", "false", "0", "off", "否", "无", "没有", "不"})
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[0-9]{3}[0-9X]")
_HEX_ID = re.compile(r"[0-9a-f]{32}")


class _Wrong(ValueError):
    """What would be right, where it is not what `right.RIGHT` says of the field's type."""


def parse_field(
    kind: Kind, name: str, text: str, today: str, labels: Labels = lambda option: option.label
) -> Value:
    """The value of a field as typed; None when the text is empty.

    Args:
        kind: the record's kind.
        name: one of its fields, or ``unit``, ``void`` or ``reason``.
        text: as typed.
        today: the office's day, for ``+7``, ``3-31`` and ``today``.
        labels: what options are called in the user's language.

    Raises:
        InvalidRecord: no such field, or the text is not what it can hold; says what would be.
    """
    declared = kind.fields.get(name)
    if declared is None and name not in RESERVED:
        known = ", ".join(kind.fields)
        raise InvalidRecord(kind.name, name, "is no field; there are: {names}", {"names": known})
    if not clean(text):
        return None
    try:
        value = _reserved(name, text) if declared is None else _typed(declared, text, today, labels)
    except _Wrong as error:
        message, parts = _right(declared, error)
        given = clean(text)[:GIVEN_SHOWN]
        raise InvalidRecord(kind.name, name, message, parts, given) from None
    if value == []:
        return None  # separators and nothing between them
    kind.check_field(name, value)
    return value


def _right(declared: Field | None, error: _Wrong) -> tuple[str, Parts]:
    if error.args:
        return str(error), {}
    return (RIGHT[FieldType.UNIT], {}) if declared is None else right_for(declared)


def field_text(declared: Field | None, value: Value) -> str:
    """A value as text that `parse_field` reads back; ``""`` for an empty field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        gap = " " if declared is not None and declared.type is FieldType.TEMPERATURES else ", "
        return gap.join(_single_text(declared, item) for item in value)
    return _single_text(declared, value)


def _single_text(declared: Field | None, value: int | str) -> str:
    degrees = (FieldType.TEMPERATURE, FieldType.TEMPERATURES)
    if isinstance(value, int) and declared is not None and declared.type in degrees:
        return f"{value // 10}.{value % 10}"
    if isinstance(value, int) and declared is not None and declared.type is FieldType.CLOCK:
        return clock_text(value)
    return str(value)


def clock_text(minute_of_day: int) -> str:
    """A time of day as ``HH:MM``."""
    return f"{minute_of_day // 60:02}:{minute_of_day % 60:02}"


def _reserved(name: str, text: str) -> Value:
    return _unit(clean(text)) if name == UNIT else clean(text)


def _typed(declared: Field, text: str, today: str, labels: Labels) -> Value:
    plain = clean(text)
    if declared.type is FieldType.CHOICE:
        return _choice(declared, plain, labels)
    if declared.type is FieldType.CHOICES:
        return _choices(declared, text, labels)
    if declared.type is FieldType.DAY:
        return _day(plain.lower(), today)
    if declared.type is FieldType.NOTE:
        return _note(text)
    parser = _PARSERS.get(declared.type)
    return _text(declared, plain) if parser is None else parser(plain)


def _text(declared: Field, plain: str) -> str:
    if declared.search is Search.NAME:
        return clean_name(plain)
    if declared.search is Search.DOOR:
        return clean_door(plain)
    if declared.search is Search.ID_TAIL:
        tail = plain.upper().replace(" ", "")
        if not _ID_NUMBER.fullmatch(tail):
            raise _Wrong(ID_TAIL)
        return tail[-4:]
    return plain


def _note(text: str) -> str:
    """A note keeps its lines and its punctuation."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return without_controls(lines).strip()


def _phone(plain: str) -> str:
    digits = clean_phone(plain)
    if digits is None:
        raise _Wrong
    return digits


def _count(plain: str) -> int:
    found = _COUNT.fullmatch(plain.replace(" ", ""))
    if found is None:
        raise _Wrong
    return int(found[1])


def _temperature(plain: str) -> int:
    found = _TEMPERATURE.fullmatch(plain.lower().translate(_POINTS).replace(" ", ""))
    tenths = int(found[1] + found[2]) if found else 0
    if not 340 <= tenths <= 430:
        raise _Wrong
    return tenths


def _temperatures(plain: str) -> list[int | str]:
    return [_temperature(part) for part in _LIST_GAPS.split(plain) if part]


def _flag(plain: str) -> bool:
    word = plain.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _Wrong


def _time(plain: str) -> int:
    if _TIME.fullmatch(plain) is None:
        raise _Wrong
    return int(plain)


def _clock(plain: str) -> int:
    """``8``, ``08:30``, ``8.30`` or ``2000``; ``24:00`` is the end of the day, midnight."""
    found = _CLOCK.fullmatch(plain.replace(" ", ""))
    hours, minutes = (int(part or 0) for part in found.groups()) if found else (99, 0)
    if minutes > 59 or hours * 60 + minutes > 1440:
        raise _Wrong
    return (hours * 60 + minutes) % 1440


def _unit(plain: str) -> str:
    try:
        return check_unit(plain.lower())
    except InvalidUnit:
        raise _Wrong from None


def _hex_id(plain: str) -> str:
    if _HEX_ID.fullmatch(plain.lower()) is None:
        raise _Wrong
    return plain.lower()


_PARSERS: dict[FieldType, Callable[[str], Value]] = {
    FieldType.PHONE: _phone,
    FieldType.COUNT: _count,
    FieldType.TEMPERATURE: _temperature,
    FieldType.TEMPERATURES: _temperatures,
    FieldType.FLAG: _flag,
    FieldType.TIME: _time,
    FieldType.CLOCK: _clock,
    FieldType.UNIT: _unit,
    FieldType.REF: _hex_id,
    FieldType.DIGEST: _hex_id,
}


def _choice(declared: Field, plain: str, labels: Labels) -> str:
    """An option by its code, its label in either language, or its number from 1."""
    word = plain.casefold()
    for option in declared.options:
        if word in (option.code, option.label.casefold(), clean(labels(option)).casefold()):
            return option.code
    if word.isdecimal() and 1 <= int(word) <= len(declared.options):
        return declared.options[int(word) - 1].code
    raise _Wrong


def _choices(declared: Field, text: str, labels: Labels) -> list[int | str]:
    """Options between commas; between blanks too, where that leaves no label torn."""
    codes: list[int | str] = []
    for part in _CHOICE_GAPS.split(unicodedata.normalize("NFKC", text)):
        plain = clean(part)
        if not plain:
            continue
        try:
            codes.append(_choice(declared, plain, labels))
        except _Wrong:
            codes.extend(_choice(declared, word, labels) for word in plain.split(" "))
    return list(dict.fromkeys(codes))


def _day(plain: str, today: str) -> str:
    """A day: in full, without the year, or counted from today."""
    if plain in _DAY_WORDS:
        return add_days(today, _DAY_WORDS[plain])
    if _DAY_STEP.fullmatch(plain):
        return add_days(today, int(plain))
    found = _DAY_DIGITS.fullmatch(plain) or _DAY_PARTS.fullmatch(plain)
    if found is not None:
        year, month, day = found.groups()
        text = f"{year or today[:4]}-{int(month):02}-{int(day):02}"
        if is_day(text):
            return text
    raise _Wrong
