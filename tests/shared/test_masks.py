"""What is masked, and that no field can hold an ID number in full."""

from __future__ import annotations

import msgspec
import pytest

from armband.shared.errors import InvalidRecord
from armband.shared.fields import FieldType, Search
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import HIDDEN, masked_name, masked_phone, masked_title, masked_value

PERSONAL = [
    (kind.name, name, declared)
    for kind in CATALOGUE.values()
    for name, declared in kind.fields.items()
    if declared.personal
]


def test_the_usual_masks() -> None:
    assert masked_phone("13812341111") == "138****1111"
    assert masked_name("张三丰") == masked_name("张三") == "张**"
    assert masked_title("household", "3-2-502 王建国") == "3-2-502 王**"
    assert masked_title("resident", "王建国") == "王**"
    assert masked_title("checkpoint", "东门") == "东门"


@pytest.mark.parametrize(("kind", "name", "declared"), PERSONAL)
def test_a_personal_field_that_tells_who_somebody_is_shows_it_to_no_role(
    kind: str, name: str, declared: object
) -> None:
    declared = CATALOGUE[kind].fields[name]
    if declared.type is FieldType.PHONE:
        assert masked_value(declared, "13812341111", names=False) == "138****1111"
    elif declared.search is Search.ID_TAIL or declared.type is FieldType.DIGEST:
        assert masked_value(declared, "123X", names=False) == HIDDEN
    elif declared.search is Search.NAME:
        assert masked_value(declared, "张三丰", names=True) == "张**"
        assert masked_value(declared, "张三丰", names=False) == "张三丰"


def test_the_tail_and_the_hash_of_an_id_number_hold_no_whole_one() -> None:
    number = "41010219900307123X"
    found = 0
    for kind in CATALOGUE.values():
        for name, declared in kind.fields.items():
            if declared.search is Search.ID_TAIL or declared.type is FieldType.DIGEST:
                found += 1
                with pytest.raises((InvalidRecord, msgspec.ValidationError)):
                    kind.check_field(name, number)
    assert found >= 4
