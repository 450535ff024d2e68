"""Cells of a register into values of a record's fields, with what a person should hear about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from armband.server.imports.declared import declared_words
from armband.server.imports.table import DataRow
from armband.shared import limits
from armband.shared.fields import Patch
from armband.shared.normal import clean, clean_name, clean_phone, is_none_mark

IdHasher = Callable[[str], str]
"""A citizen's ID number to its hash under the office's key, as hex."""

MAX_NAME = 60
_MAX_SHORT_TEXT = 200

_MAINLAND = re.compile(r"1\d{10}|0\d{9,11}|[2-9]\d{7}|[48]00\d{7}|\+\d{7,15}")
"""Mobile, landline with and without its area code (eight digits), 400 and 800, foreign."""
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1\d{10}$))")
_PHONES_APART = re.compile(r"[/、,;或\n]|\s{2,}")
_COUNT = re.compile(r"(\d{1,6})(?:[人口个位名]|口人)?")
_ID_18 = re.compile(r"[1-9]\d{16}[\dX]")
_ID_15 = re.compile(r"[1-9]\d{14}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_LETTERS = "10X98765432"
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_TAGS_APART = re.compile(r"[、,;/\s+和及]+")
_YEAR = re.compile(r"(19\d\d|20\d\d)(?:\D.*|\d{2}|\d{4})?")

CARE_TAGS: Mapping[str, str] = {
    **declared_words("household", "care"),
    "空巢老人": "elder_alone", "孤寡老人": "elder_alone", "独居": "elder_alone", "高龄": "elder",
    "老年人": "elder", "残疾": "disabled", "重度残疾": "disabled", "低保": "in_need",
    "低保户": "in_need", "困难户": "in_need", "特困": "in_need", "困难家庭": "in_need",
    "隔离": "home_isolation", "孕妇": "expecting", "产妇": "expecting",
}  # fmt: skip
NO_TAG = frozenset({"普通", "一般", "正常", "普通户", "一般户", "居民"})


@dataclass(slots=True)
class Reading:
    """What one row gave: fields of its record, remarks for its note, warnings for the report."""

    fields: Patch = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def set_note(self, row: DataRow) -> None:
        """The note: the register's remark and whatever had no field of its own."""
        parts = [] if is_none_mark(row.text("note")) else [clean(row.text("note"))]
        parts += self.remarks
        if parts:
            self.fields["note"] = "; ".join(parts)[: limits.MAX_TEXT]


def tight(text: str) -> str:
    """A cell without any blanks, in ordinary letters and digits."""
    return "".join(clean(text).split())


def read_name(text: str, into: Reading, name: str) -> str:
    """A person's name into a field; returns it, ``""`` when the cell says none."""
    if is_none_mark(text):
        return ""
    value = clean_name(text)
    if len(value) > MAX_NAME:
        into.warnings.append(f"{name} has more than {MAX_NAME} characters; kept in the note")
        into.remarks.append(value)
        return ""
    into.fields[name] = value
    return value


def read_phone(text: str, into: Reading) -> None:
    """A telephone into ``phone``; what is no whole number stays as typed in ``phone_as_given``."""
    if is_none_mark(text):
        return
    parts = [part for part in _PHONES_APART.split(clean(text)) if part.strip()]
    numbers = [number for part in parts if (number := _one_phone(part)) is not None]
    if not numbers and (whole := _one_phone(text)) is not None:
        numbers, parts = [whole], [text]
    if numbers:
        into.fields["phone"] = numbers[0]
    if len(numbers) == len(parts) == 1:
        into.fields["phone_as_given"] = None  # what stood there before has been put right
        return
    into.fields["phone_as_given"] = text.strip()[:_MAX_SHORT_TEXT]
    if numbers:
        into.warnings.append("phone: more than one number; the first is used, all kept as given")
    else:
        digits = sum(char.isdigit() for char in clean(text))
        into.warnings.append(
            f"phone: {digits} digits are no telephone number (11 for a mobile); kept as given"
        )


def _one_phone(text: str) -> str | None:
    if _EXPONENT.fullmatch(clean(text)):
        return None
    digits = clean_phone(text)
    if digits is None:
        return None
    digits = _COUNTRY.sub("", digits)
    return digits if _MAINLAND.fullmatch(digits) else None


def read_people(text: str, into: Reading) -> None:
    """A number of people such as ``５人`` into ``people``."""
    if is_none_mark(text):
        return
    match = _COUNT.fullmatch(tight(text))
    if match is None or int(match[1]) > 100_000:
        into.warnings.append("people: not a number; kept in the note")
        into.remarks.append(clean(text)[:_MAX_SHORT_TEXT])
    else:
        into.fields["people"] = int(match[1])


def read_id_number(row: DataRow, into: Reading, hasher: IdHasher) -> None:
    """An ID number into its keyed hash and last four characters. The number itself goes nowhere."""
    text = row.text("id_number")
    if is_none_mark(text):
        return
    number = tight(text).upper().lstrip("'")
    if "id_number" in row.blurred or _EXPONENT.fullmatch(tight(text)):
        into.warnings.append(
            "ID number: the spreadsheet held it as a number and rounded it; left out. "
            "Format the column as text"
        )
    elif not (_is_id_18(number) or _ID_15.fullmatch(number)):
        into.warnings.append(
            f"ID number: {len(number)} characters that fail its check (18 characters, the last "
            "a digit or X); left out"
        )
    else:
        into.fields["id_hash"] = hasher(number)
        into.fields["id_tail"] = number[-4:]


def _is_id_18(number: str) -> bool:
    """GB 11643: seventeen digits and a check character by ISO 7064 MOD 11-2."""
    if not number.isascii() or _ID_18.fullmatch(number) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_LETTERS[total % 11] == number[17]


def read_care(text: str, into: Reading) -> None:
    """Care tags such as 独居老人、残疾人 into ``care``; unknown ones go to the note."""
    if is_none_mark(text):
        return
    tags: list[int | str] = []
    for word in _TAGS_APART.split(clean(text)):
        tag = CARE_TAGS.get(word)
        if tag is not None:
            if tag not in tags:
                tags.append(tag)
        elif word and word not in NO_TAG:
            into.warnings.append(
                f"care: {word[:20]!r} is none of {a_word_each(CARE_TAGS)}; kept in the note"
            )
            into.remarks.append(word[:_MAX_SHORT_TEXT])
    if tags:
        into.fields["care"] = tags


def a_word_each(words: Mapping[str, str]) -> str:
    """The first word of each code, for a message."""
    first: dict[str, str] = {}
    for word, code in words.items():
        first.setdefault(code, word)
    return " ".join(first.values())


def read_choice(text: str, words: Mapping[str, str], into: Reading, name: str) -> None:
    """One of ``words`` into a field; another word goes to the note."""
    if is_none_mark(text):
        return
    value = words.get(tight(text).lower())
    if value is None:
        into.warnings.append(f"{name}: not one of {a_word_each(words)}; kept in the note")
        into.remarks.append(clean(text)[:_MAX_SHORT_TEXT])
    else:
        into.fields[name] = value


def read_birth_year(text: str, into: Reading) -> None:
    """A day, month or year of birth into ``birth_year``."""
    if is_none_mark(text):
        return
    match = _YEAR.fullmatch(tight(text))
    if match is None or int(match[1]) > date.max.year:
        into.warnings.append("birth_year: no year from 1900 on; left out")
    else:
        into.fields["birth_year"] = int(match[1])
