"""What would be right, where a value is not: one message id for each type of field and each bound.

The messages are English; the terminal translates them. Those with bounds name them in braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from armband.shared.fields import Field, FieldType

RIGHT: Mapping[FieldType, str] = {
    FieldType.TEXT: "must be a text",
    FieldType.NOTE: "must be a text",
    FieldType.PHONE: "a telephone has 7 to 15 digits, such as 13800001111",
    FieldType.COUNT: "a whole number, such as 3",
    FieldType.TEMPERATURE: "a temperature from 34.0 to 43.0, such as 36.5 or 365",
    FieldType.TEMPERATURES: "a temperature from 34.0 to 43.0, such as 36.5 or 365",
    FieldType.CHOICE: "one of {options}",
    FieldType.CHOICES: "one of {options}",
    FieldType.FLAG: "yes or no",
    FieldType.REF: "the id of a record: 32 hexadecimal digits",
    FieldType.DAY: "a day, such as 2022-03-31, 3-31 or +7",
    FieldType.TIME: "UTC milliseconds since 1970, such as 1648684800000",
    FieldType.CLOCK: "a time of day, such as 08:30 or 2000",
    FieldType.UNIT: "words of a-z, 0-9 and '-' joined by '/', such as lianhu/yangguang/a1/g3",
    FieldType.DIGEST: "the id of a record: 32 hexadecimal digits",
}
ID_TAIL = "the last four of the ID number, such as 123X"
TOO_LONG = "at most {most} characters"
TOO_MANY = "at most {most} of them"
TOO_SMALL = "at least {least}"
TOO_LARGE = "at most {most}"
EMPTY = "must not be empty"

_OWN_BOUNDS = (FieldType.TEMPERATURE, FieldType.TEMPERATURES, FieldType.CLOCK)
"""Types whose message says the bounds as people write them."""
Parts = dict[str, object]
_LENGTH = re.compile(r"Expected `(\w+)` of length (<=|>=) (\d+)")
_BOUND = re.compile(r"Expected `\w+` (<=|>=) (-?\d+)")


def right_for(declared: Field) -> tuple[str, Parts]:
    """What a field of this type may hold: the message and its parts."""
    message = RIGHT[declared.type]
    if "{options}" in message:
        return message, {"options": ", ".join(option.code for option in declared.options)}
    return message, {}


def right_instead(declared: Field, complaint: str) -> tuple[str, Parts]:
    """What would be right, from what msgspec says of a value that it cannot convert."""
    if length := _LENGTH.match(complaint):
        if length[2] == ">=":
            return EMPTY, {}
        return (TOO_LONG if length[1] == "str" else TOO_MANY), {"most": int(length[3])}
    bound = _BOUND.match(complaint)
    if bound and declared.type not in _OWN_BOUNDS:
        if bound[1] == ">=":
            return TOO_SMALL, {"least": int(bound[2])}
        return TOO_LARGE, {"most": int(bound[2])}
    return right_for(declared)
