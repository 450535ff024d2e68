"""How a kind declares its fields, and what follows from a declaration.

A kind's body is a msgspec Struct whose annotations carry a `Field`: the same line gives the type
that a value must have, the words on the form, the ledger's column, the export's head and the
search. Labels are English message ids; the terminal translates them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from armband.shared import limits

Value = None | bool | int | str | list[int | str]
"""What a field may hold on the wire. ``None`` clears a field; a reference is the hex of an id."""

Patch = dict[str, Value]
"""Field name to new value."""


class FieldType(enum.Enum):
    """What a field holds, as forms, lists and exports treat it."""

    TEXT = "text"
    NOTE = "note"
    PHONE = "phone"
    COUNT = "count"
    TEMPERATURE = "temperature"
    """Tenths of a degree Celsius."""
    TEMPERATURES = "temperatures"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    REF = "ref"
    DAY = "day"
    TIME = "time"
    """UTC milliseconds."""
    CLOCK = "clock"
    """Minutes after midnight by the office's clocks."""
    UNIT = "unit"
    DIGEST = "digest"
    """A keyed hash; never shown."""


class Search(enum.Enum):
    """How a field is found: which index terms it gives."""

    NO = "no"
    NAME = "name"
    PHONE = "phone"
    DOOR = "door"
    ID_TAIL = "id_tail"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the code that is stored (never reused) and its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """What a kind says about one of its fields beside its type.

    Attributes:
        label: English message id of the field's name.
        type: see `FieldType`.
        options: of a choice.
        ref: the kind a reference points to.
        personal: says who somebody is; masked where the reader's role wants it.
        on_form: whether people fill it; the rest is set by the program.
        search: how the field is found.
        hint: English message id of what to type.
        any_is_right: values that people gave unseen of each other are no conflict: the newest
            serves as well as any, and nobody is asked.
        sticky: the form of a new record starts with the last answer given here. Never for what was
            found out or decided: an outcome, a code, a temperature.
    """

    label: str
    type: FieldType = FieldType.TEXT
    options: tuple[Option, ...] = ()
    ref: str = ""
    personal: bool = False
    on_form: bool = True
    search: Search = Search.NO
    hint: str = ""
    any_is_right: bool = False
    sticky: bool = False


def choice(
    label: str, options: tuple[Option, ...], *, on_form: bool = True, sticky: bool = False
) -> Field:
    """A field that holds one of ``options``."""
    return Field(label, FieldType.CHOICE, options=options, on_form=on_form, sticky=sticky)


# The value types that bodies use. Bounds that a typing mistake would break stand here.
Text = Annotated[str, msgspec.Meta(max_length=200)]
Note = Annotated[str, msgspec.Meta(max_length=limits.MAX_TEXT)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{7,15}$")]
"""Digits alone, with an optional leading plus: 7 (a local number) to 15 (ITU-T E.164)."""
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Tenths = Annotated[int, msgspec.Meta(ge=340, le=430)]
"""A body temperature in tenths of a degree: 34.0 to 43.0 is plausible."""
Ref = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
"""The id of another record, in hex."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
MinuteOfDay = Annotated[int, msgspec.Meta(ge=0, le=1439)]
Millis = Annotated[int, msgspec.Meta(ge=0, le=1 << 52)]
IdTail = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3}[0-9X]$")]
"""The last four characters of a citizen's ID number (GB 11643), the check letter in upper case."""
Tags = Annotated[list[Text], msgspec.Meta(max_length=limits.MAX_LIST)]
Temperatures = Annotated[list[Tenths], msgspec.Meta(max_length=50)]
Sex = Literal["male", "female"]
