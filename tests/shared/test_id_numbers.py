"""A whole ID number is kept nowhere: every field of every kind refuses it."""

from __future__ import annotations

import pytest

from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch, Value
from armband.shared.id_numbers import holds_id_number, is_id_number, without_id_numbers
from armband.shared.kinds import CATALOGUE
from support.full_records import FULL


def numbers(stem: str) -> list[str]:
    return [stem + last for last in "0123456789X" if is_id_number(stem + last)]


def test_one_check_character_fits() -> None:
    (number,) = numbers("41010219900307001")
    assert number[:17] == "41010219900307001"
    assert is_id_number(number.lower())
    assert not is_id_number(number[:-1])
    assert numbers("41010219901307001") == [], "there is no thirteenth month"


def test_it_is_found_among_words_and_in_lists() -> None:
    (number,) = numbers("41010219900307001")
    for text in (number, f"身份证{number}，住3-2-502", f"ID:{number}"):
        assert holds_id_number(text)
        assert number not in without_id_numbers(text)
        assert number[-4:] in without_id_numbers(text)
    assert holds_id_number(["x", number])
    innocent: tuple[Value, ...] = ("13812341111", "1" * 18, f"1{number}", number[:-1], 5, None)
    for value in innocent:
        assert not holds_id_number(value)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_no_field_of_a_kind_takes_one_not_even_one_of_a_newer_release(kind: str) -> None:
    (number,) = numbers("41010219900307001")
    declared = CATALOGUE[kind]
    new: Patch = {**FULL[kind][0], "unit": "o/c1"}
    if declared.workflow is not None:
        new[declared.workflow.field] = declared.workflow.starts[0]
    for name in (*declared.fields, "note", "void", "reason", "newer_field"):
        with pytest.raises(InvalidRecord) as refused:
            declared.check_patch({name: f"a {number} b"})
        with pytest.raises(InvalidRecord):
            declared.check_new({**new, name: f"a {number} b"})
        assert number not in str(refused.value)
